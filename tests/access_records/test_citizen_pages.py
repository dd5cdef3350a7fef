"""What a citizen sees of who looked at their data, and what is withheld."""

import csv
import gzip
import io
import json
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.access_records.models import PurposeCode
from app.access_records.queries.timeline import Filters, list_entries
from app.access_records.services.epochs import close_epoch
from app.access_records.services.notices import send_daily_notices
from app.access_records.services.records import record_accesses
from app.accounts.models import Account
from app.accounts.policy import Role
from app.core.access_verification import verify_access_proof
from app.extensions import db as database
from app.ledger.services.sequencer import sequence_batch
from app.platform import clock
from app.platform.tables import neutralise
from app.platform.transaction import transaction
from tests.access_records.kit import Country, found_country
from tests.conftest import csrf_token


@pytest.fixture(autouse=True)
def _own_time():
    yield
    clock.set_offset(timedelta())


@pytest.fixture
def country(people, db) -> Country:
    """The first person has an account."""
    made = found_country()
    account_id = people.create("mina")
    people.create("nobody")
    people.create("overseer", Role.OVERSIGHT)
    with transaction():
        database.session.get_one(Account, account_id).person_id = made.person_ids[0]
        for code, disclosure, days in (("inheritance", "neutral", 0), ("fraud-check", "delayed", 30)):
            if database.session.get(PurposeCode, code) is None:
                database.session.add(
                    PurposeCode(
                        code=code, dpv="dpv:X", text=f"Secret {code}", text_ko=code,
                        disclosure=disclosure, delay_days=days,
                    )
                )  # fmt: skip
    return made


@pytest.fixture
def mina(people, country) -> FlaskClient:
    return people.sign_in("mina")


def look(country: Country, **changes: object) -> None:
    with transaction():
        record_accesses([country.access(country.person_ids[0], **changes)])


def subjects(app) -> list[str]:
    """What the mails that were sent since the last look are about; reading them takes them away."""
    paths = sorted((Path(app.config["DATA_DIR"]) / "mail").glob("*.eml"))
    found = [message_from_bytes(path.read_bytes(), policy=policy.default)["Subject"] for path in paths]
    for path in paths:
        path.unlink()
    return found


def test_the_list_says_who_why_and_what(country, mina) -> None:
    look(country)
    page = mina.get("/data/").text
    for text in (
        "Welfare benefit",
        "2026-118",
        "Social Security Act, article 7",
        "Ministry of Welfare",
        "Address",
    ):
        assert text in page
    assert "official-7" not in page


def test_neutral_and_delayed_purposes_do_not_say_what_for(country, mina, people) -> None:
    look(country, purpose_code="inheritance", case_number="CASE-N")
    look(country, purpose_code="fraud-check", case_number="CASE-D", unit="Fraud squad")
    close_epoch()
    sequence_batch()
    file = mina.get("/data/proof.json.gz").data
    shown = {
        address: mina.get(address).text for address in ("/data/", "/data/export.json", "/data/export.csv")
    }
    for address, text in (*shown.items(), ("the proof file", gzip.decompress(file).decode())):
        for secret in ("Secret", "CASE-N", "CASE-D", "Fraud squad", "fraud-check", '"inheritance"'):
            assert secret not in text, (address, secret)
    report = verify_access_proof(file)
    assert report.valid
    assert report.proof is not None
    assert report.proof.count == 2
    clock.set_offset(timedelta(days=31))
    try:
        assert "CASE-D" in people.sign_in("mina").get("/data/export.csv").text
    finally:
        clock.set_offset(timedelta())


def test_the_proof_file_is_downloaded_and_holds(country, mina) -> None:
    assert (
        mina.get("/data/proof.json.gz", headers={"Accept": "application/json"}).get_json()["code"]
        == "no-proof-yet"
    )
    look(country)
    close_epoch()
    sequence_batch()
    response = mina.get("/data/proof.json.gz")
    assert "attachment" in response.headers["Content-Disposition"]
    assert verify_access_proof(response.data).valid
    assert "No outside witness" in mina.get("/data/").text
    look(country)
    close_epoch()
    sequence_batch()
    assert verify_access_proof(mina.get("/data/proof.json.gz").data, earlier=response.data).valid


def test_filters_are_addresses(country, mina) -> None:
    look(country, case_number="CASE-1")
    agency = f"/data/?agency={country.agency_id}"
    assert "CASE-1" in mina.get(agency).text
    assert "CASE-1" not in mina.get("/data/?first_on-day=1&first_on-month=1&first_on-year=2099").text
    assert "CASE-1" not in mina.get("/data/?last_on-day=1&last_on-month=1&last_on-year=2001").text
    assert mina.get("/data/?agency=x&page=-3&first_on-day=x").status_code == 200


def test_a_delayed_access_is_not_found_by_what_it_hides(country, mina) -> None:
    look(country, purpose_code="fraud-check")
    page = mina.get("/data/").text
    assert "details are shown later" in page
    assert "Ministry of Welfare" not in page
    look(country)
    assert "details are shown later" in mina.get("/data/").text
    assert "details are shown later" not in mina.get(f"/data/?agency={country.agency_id}").text
    assert "details are shown later" not in mina.get(f"/data/?system={country.system_id}").text


def test_downloads_hold_everything_and_start_no_formula(country, mina) -> None:
    look(country, case_number='=HYPERLINK("http://x")', unit="@SUM(1)")
    rows = list(csv.DictReader(io.StringIO(mina.get("/data/export.csv").data.decode("utf-8-sig"))))
    assert rows[0]["case_number"].startswith("'=")
    assert rows[0]["unit"] == "'@SUM(1)"
    assert json.loads(mina.get("/data/export.json").data)[0]["unit"] == "@SUM(1)"
    assert [neutralise(text) for text in ("+1", "-1", "1", "")] == ["'+1", "'-1", "1", ""]


def test_mail_at_once_daily_or_never(app, country, mina) -> None:
    at_once = "Somebody looked at your data"
    look(country)
    assert subjects(app) == [at_once]
    look(country, purpose_code="fraud-check")
    assert subjects(app) == []
    for choice in ("daily", "never", "always"):
        form = {"notify": choice, "csrf_token": csrf_token(mina)}
        assert mina.post("/data/notifications", data=form).status_code == 303
        look(country)
        assert subjects(app) == []
        if choice == "daily":
            clock.set_offset(timedelta(days=1, minutes=5))
            assert send_daily_notices() == 1
            assert send_daily_notices() == 0
            assert subjects(app) == ["Who looked at your data since yesterday"]
            clock.set_offset(timedelta())


def test_an_account_without_a_person_is_told_how(people, country) -> None:
    client = people.sign_in("nobody")
    assert "identity card" in client.get("/data/").text
    for address in ("/data/proof.json.gz", "/data/export.json", "/data/export.csv"):
        assert client.get(address).status_code == 409


def test_public_counts_and_the_desk_of_oversight(people, country, mina) -> None:
    assert "No access was ever sealed" in mina.get("/data/sealed").text
    close_epoch()
    assert mina.get("/data/oversight/0/statement.txt").status_code == 404
    assert mina.get("/data/oversight/").status_code == 403


def test_a_day_of_the_filter_begins_at_the_town_s_midnight(country) -> None:
    person = country.person_ids[0]
    just_after = datetime(2026, 11, 2, 15, 5, tzinfo=UTC)
    just_before = just_after - timedelta(minutes=10)
    with transaction():
        record_accesses([country.access(person, accessed_at=at) for at in (just_after, just_before)])
    entries, _count = list_entries(person, Filters(first_on=date(2026, 11, 3), last_on=date(2026, 11, 3)))
    assert [entry.accessed_at for entry in entries] == [just_after]
