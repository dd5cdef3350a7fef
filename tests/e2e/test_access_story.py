"""From a look-up to an answered question, and a sealed access that opens on its day; people in browsers."""

import gzip
import json
import re
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from app.demo.people import make_citizen
from tests.e2e.data_pages import DataPages, Desk, InvestigatorPages, LookUpPages
from tests.e2e.service import Service, SignIn
from tests.e2e.visitors import TIMEOUT_MS, Visitor

pytestmark = pytest.mark.slow

PHONE = 320
CASE = "STORY-4711"
GROUND = "Hanbit District Court, warrant 2026-31"
QUESTION = "I have not moved. Why did you read my address?"
ANSWER = "Our colleague opened the wrong file. We are sorry."
SEALED_DAYS = 30


@pytest.fixture(scope="module")
def citizen(town: Service) -> SignIn:
    return town.sign_ins("citizen")[0]


@pytest.fixture(scope="module")
def number(citizen: SignIn) -> str:
    """The citizen's resident registration number."""
    return next(person.identity for person in map(make_citizen, range(600)) if person.email == citizen.email)


def wait_for_mail(town: Service, citizen: SignIn, subject: str) -> str:
    """The path of the link in a mail that is on its way; the mail says nothing more than that."""
    deadline = time.monotonic() + TIMEOUT_MS / 1000
    while (text := town.find_mail(citizen.email, subject)) is None:
        assert time.monotonic() < deadline, f"no mail “{subject}”"
        time.sleep(0.3)
    assert CASE not in text
    assert GROUND not in text
    found = re.search(r"http://\S+", text)
    assert found is not None
    return urlsplit(found[0]).path


def close_epoch(town: Service) -> int:
    """Do what the worker does once a day; the epoch's number."""
    done = town.run("-m", "flask", "--app", "wsgi", "access-records", "close-epoch")
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[1].rstrip(":"))


def verify(town: Service, file: Path, *options: str) -> dict[str, str]:
    """Verify a proof file by the auditor's command with the logs' keys; check -> what was found."""
    keys = [read_text(f"{town.url}/ledger{log}/vkey").strip() for log in ("", "/map")]
    done = town.run(
        *("-m", "app.auditor", "access", str(file), "--json", "--vkey", keys[0], "--map-vkey", keys[1]),
        *options,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return {item["check"]: item["detail"] for item in json.loads(done.stdout)["checks"]}


def unpacked(file: Path) -> dict[str, Any]:
    """What a proof file says, as anybody reads it with gunzip."""
    return dict(json.loads(gzip.decompress(file.read_bytes())))


def read_text(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def test_a_look_up_is_seen_proved_questioned_and_answered(
    browser: Browser, town: Service, citizen: SignIn, number: str, tmp_path: Path
) -> None:
    official, colleague = town.sign_ins("agency_official")[:2]
    # Given an official who looks a citizen up
    with Visitor(browser, town.url) as looking:
        looking.sign_in(official)
        pages = LookUpPages(looking)
        pages.open()
        pages.fill(number, CASE, purpose="address-change", category="address")
        pages.press()
        pages.expect_data()
        assert looking.complaints == []

    # And another one who tries without a purpose, and is refused
    with Visitor(browser, town.url) as curious:
        curious.sign_in(colleague)
        pages = LookUpPages(curious)
        pages.open()
        pages.fill(number, "STORY-1", purpose="", category="address")
        pages.press()
        expect(curious.page.get_by_text("No data without a purpose").first).to_be_visible()
        pages.expect_no_data()

    # When the citizen opens the link in the mail, on a phone
    path = wait_for_mail(town, citizen, "Somebody looked at your data")
    with Visitor(browser, town.url, PHONE) as person:
        person.sign_in(citizen)
        data = DataPages(person)
        data.open(path)
        # Then the entry is there, and the refused attempt is not
        expect(data.entry(CASE)).to_be_visible()
        expect(data.entry("STORY-1")).to_have_count(0)
        assert person.is_within_width()

        # And the day's proof file holds by command
        proof = data.download_proof(close_epoch(town), tmp_path)
        assert any(CASE in json.dumps(entry) for entry in unpacked(proof)["entries"])
        verify(town, proof)

        # When they ask for the reason
        data.open(path)
        data.ask(CASE, QUESTION)
        expect(person.page.get_by_text("Your question is on its way to the agency.")).to_be_visible()
        assert person.is_within_width()
        assert person.complaints == []

    # And somebody else at the agency answers
    with Visitor(browser, town.url) as answering:
        answering.sign_in(colleague)
        desk = Desk(answering)
        desk.open_first_question()
        expect(answering.page.get_by_text(QUESTION)).to_be_visible()
        desk.answer("no", ANSWER)
        expect(answering.page.get_by_text("The answer is on its way.")).to_be_visible()
        assert answering.complaints == []

    # Then the citizen is told, and reads it
    path = wait_for_mail(town, citizen, "News about your question")
    with Visitor(browser, town.url, PHONE) as person:
        person.sign_in(citizen)
        person.open(path)
        expect(person.page.get_by_text(ANSWER)).to_be_visible()
        expect(person.page.get_by_text("The access was wrong").first).to_be_visible()
        assert person.is_within_width()
        assert person.complaints == []


def test_a_sealed_access_opens_by_itself_with_its_original_time(
    browser: Browser, town: Service, citizen: SignIn, number: str, tmp_path: Path
) -> None:
    # Given an investigator who looks a citizen up under seal
    (investigator,) = town.sign_ins("investigator")
    before = datetime.now(UTC)
    with Visitor(browser, town.url) as looking:
        looking.sign_in(investigator)
        pages = InvestigatorPages(looking)
        pages.open()
        pages.fill(number, "STORY-9", purpose="identity-check", category="address")
        pages.seal(GROUND, (before + timedelta(days=SEALED_DAYS)).date())
        pages.press()
        pages.expect_data()
        assert looking.complaints == []

    # When the citizen looks, there is nothing of it, in the list or in the file
    with Visitor(browser, town.url, PHONE) as person:
        person.sign_in(citizen)
        data = DataPages(person)
        data.open("/data/")
        expect(data.entry("STORY-9")).to_have_count(0)
        earlier = data.download_proof(close_epoch(town), tmp_path)
        assert "STORY-9" not in json.dumps(unpacked(earlier))
        verify(town, earlier)
    assert town.find_mail(citizen.email, "An access that was sealed") is None

    # When its day has come
    town.jump(SEALED_DAYS + 1)
    number_of_epoch = close_epoch(town)
    path = wait_for_mail(town, citizen, "An access that was sealed")
    with Visitor(browser, town.url, PHONE) as person:
        person.sign_in(citizen)
        data = DataPages(person)
        data.open(path)
        # Then it is there with its ground
        expect(data.entry("STORY-9")).to_contain_text(GROUND)
        assert person.is_within_width()
        later = data.download_proof(number_of_epoch, tmp_path)
        assert person.complaints == []

    # And the ledger proves that it bears the time at which it happened
    found = verify(town, later, "--earlier", str(earlier))
    assert found["access:opened-seals"] == "1 opened"
    (opened,) = unpacked(later)["opened"]
    assert 0 <= opened["at"] - int(before.timestamp()) < TIMEOUT_MS
    assert opened["content"]["accessed_at"] == opened["at"]
