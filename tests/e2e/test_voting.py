"""The acceptance story: from a voter's letter to a result that anybody can check, in the demo town.

Everything that the browsers send is kept, and must hold no credential, key, passphrase or choice.
"""

import base64
import json
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.auditor.key_file import load_key_file
from app.core.credentials import derive_secret
from app.core.groups import ED25519
from app.demo.seed import PLAYED_CITIZENS, count_ballots
from app.demo.texts import LIBRARY
from tests.e2e.pages import BallotsPage, Booth, OfficePages, ResultPage, TrusteePages
from tests.e2e.service import CITIZENS, Service
from tests.e2e.test_accessibility import complaints
from tests.e2e.verifiers import verify
from tests.e2e.visitors import Visitor, find_leaks
from tests.e2e.wiretap import Wiretap
from tests.peers import accept_by_peer

pytestmark = pytest.mark.slow

POST_OFFICE, CAR_PARK, MARKET_HALL, SCHOOL = LIBRARY.questions[0].answers
ROW_OF = {answer: row for row, answer in enumerate(LIBRARY.questions[0].answers)}
BALLOT_FIELDS = {"election_uuid", "election_hash", "credential", "answers", "signature"}
# What the stories of this file have cast into the demo town's open election: voter -> last choice.
last_choices: dict[str, str] = {}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the acceptance story saves the election's archive."""
    return tmp_path_factory.mktemp("archive") / "library.bel"


def expected_counts() -> list[list[int]]:
    """The seeded ballots and the stories' own; the page shows the blank votes last."""
    _, seeded = count_ballots(CITIZENS)
    (blank, *counts), *_ = LIBRARY.count(range(seeded))
    for choice in last_choices.values():
        counts[ROW_OF[choice]] += 1
    return [[*counts, blank]]


def election_of(letter: str) -> str:
    """The identifier in a letter's link."""
    return letter.split("/")[2]


def credential_of(letter: str) -> str:
    """The private credential in a letter's link."""
    return letter.partition("#credential=")[2]


def cast_bodies(visitor: Visitor) -> list[bytes]:
    """The bodies of the ballots that a visitor's browser posted."""
    posts = [r for r in visitor.requests if r.method == "POST" and r.url.endswith("/ballots")]
    return [post.post_data_buffer or b"" for post in posts]


def test_mistakes_in_the_booth_are_named(browser: Browser, town: Service, wire: Wiretap) -> None:
    letter = town.letter_link(town.sign_ins("citizen")[0].email)
    with Visitor(browser, wire.url) as voter:
        # Given somebody who opens the booth without a letter and fills in nothing
        booth = Booth(voter)
        booth.open(letter.partition("#")[0])
        booth.press_encrypt()
        # Then both fields are named
        expect(booth.part("errors").locator("li")).to_have_count(2)
        assert complaints(voter.page) == []

        # When they choose, and type a code that is not on the list
        booth.choose(CAR_PARK)
        booth.part("credential").fill("abcde-fghijk-mnpqr-stuvwx")
        booth.press_encrypt()
        # Then the code is named, and the choice is kept
        expect(booth.part("errors").locator("li")).to_have_count(1)
        expect(voter.page.get_by_label(CAR_PARK, exact=True)).to_be_checked()
        assert cast_bodies(voter) == []
        assert voter.complaints == []


def test_voting_on_a_phone_without_signing_in_first(browser: Browser, town: Service, wire: Wiretap) -> None:
    citizen = town.sign_ins("citizen")[1]
    letter = town.letter_link(citizen.email)
    with Visitor(browser, wire.url, width=320, locale="ko-KR") as voter:
        # Given a citizen who opens the letter's link on a phone, in Korean, without being signed in
        booth = Booth(voter)
        booth.open(letter)
        assert "#" not in voter.page.url
        assert voter.is_within_width()
        assert complaints(voter.page) == []

        # When they choose and encrypt
        booth.choose(SCHOOL)
        tracker = booth.encrypt()
        assert voter.is_within_width()
        assert complaints(voter.page) == []

        # Then they are asked to sign in, and the encrypted ballot, nothing else, waits in the tab
        expect(booth.part("cast")).to_be_hidden()
        kept = voter.page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")
        assert credential_of(letter) not in kept
        assert SCHOOL not in kept
        booth.part("sign-in-needed").get_by_role("link").click()
        voter.fill_sign_in(citizen)
        voter.page.wait_for_url("**/vote")
        assert booth.tracker() == tracker
        booth.cast()
        last_choices[citizen.email] = SCHOOL

        # And the ballot is in the ballot box, exactly as it left the device
        assert BallotsPage(voter, election_of(letter)).find(tracker).is_visible()
        assert voter.is_within_width()
        assert len(cast_bodies(voter)) == 1
        assert voter.complaints == []
        assert voter.foreign_requests() == []


def test_from_the_letter_to_a_result_that_anybody_can_check(
    browser: Browser, town: Service, wire: Wiretap, tmp_path: Path, archive: Path
) -> None:
    citizen, *_ = town.sign_ins("citizen")
    letter = town.letter_link(citizen.email)
    uuid = election_of(letter)

    # Given a signed-in citizen with a letter
    with Visitor(browser, wire.url) as voter:
        voter.sign_in(citizen)
        booth = Booth(voter)

        # When they vote, and then vote again
        first = booth.vote(letter, POST_OFFICE)
        expect(voter.page.get_by_role("main")).to_contain_text(first[:8])
        assert complaints(voter.page) == []
        assert BallotsPage(voter, uuid).find(first).get_by_text("Counts").is_visible()
        second = booth.vote(letter, MARKET_HALL)
        last_choices[citizen.email] = MARKET_HALL

        # Then the later ballot takes the place of the first
        assert second != first
        assert BallotsPage(voter, uuid).find(first).get_by_text("Replaced").is_visible()
        assert BallotsPage(voter, uuid).find(second).get_by_text("Counts").is_visible()
        ballots = cast_bodies(voter)
        assert len(ballots) == 2
        assert all(json.loads(ballot).keys() == BALLOT_FIELDS for ballot in ballots)
        assert voter.complaints == []
        assert voter.foreign_requests() == []
    wait_for_mail(town, citizen.email, "ballot", without=(first, second))

    # When an official closes the election and says why
    with Visitor(browser, wire.url) as official:
        official.sign_in(town.sign_ins("election_official")[0])
        office = OfficePages(official)
        office.open_election(LIBRARY.name)
        office.follow("close")
        office.give_reason("Everybody has voted.")
        official.open(f"/elections/{uuid}")
        expect(official.page.get_by_role("main")).to_contain_text("Everybody has voted.")
        assert official.complaints == []
        assert official.foreign_requests() == []

    # And both trustees check the whole election and decrypt on their pages
    secrets = {"credential": credential_of(letter)}
    secrets["signing key"] = str(derive_secret(ED25519, uuid, credential_of(letter)))
    for number, sign_in in enumerate(town.sign_ins("trustee"), 1):
        key_file = town.key_file(uuid, number)
        private_key = load_key_file(key_file, sign_in.passphrase).private_key
        secrets[f"passphrase {number}"] = sign_in.passphrase
        secrets[f"private key {number}"] = str(private_key)
        secrets[f"private key {number} in hexadecimal"] = f"{private_key:x}"
        secrets[f"key file {number}"] = base64.b64encode(key_file.read_bytes()[-48:]).decode()
        with Visitor(browser, wire.url) as trustee:
            trustee.sign_in(sign_in)
            pages = TrusteePages(trustee)
            pages.follow(LIBRARY.name, "decrypt")
            assert complaints(trustee.page) == []
            pages.check_election(key_file, sign_in.passphrase)
            assert complaints(trustee.page) == []
            pages.decrypt(tmp_path)
            assert complaints(trustee.page) == []
            assert trustee.complaints == []
            assert trustee.foreign_requests() == []
        # Then the new key file remembers the tally
        assert load_key_file(tmp_path / key_file.name, sign_in.passphrase).tally_hash is not None

    # Then the result is right
    with Visitor(browser, wire.url) as anybody:
        assert ResultPage(anybody, uuid).counts() == expected_counts()
        assert complaints(anybody.page) == []
        with anybody.page.expect_download() as saving:
            anybody.page.locator("a[href$='/archive.bel']").first.click()
        saving.value.save_as(archive)
        assert anybody.complaints == []

    # And our verifier accepts the archive
    stated = verify(town, archive)
    assert [[*counts, blank] for blank, *counts in stated["result"]] == expected_counts()
    assert stated["ballots"] == count_ballots(CITIZENS)[1] + len(last_choices) + 1

    # And nothing secret was ever sent
    secrets |= {f"choice {answer}": part for answer in ROW_OF for part in answer.split(" / ")}
    sent = wire.sent()
    assert sent.count(b"POST /elections/") >= 3
    assert find_leaks(sent, secrets) == []


def wait_for_mail(town: Service, email: str, about: str, without: tuple[str, ...]) -> None:
    """Wait until the worker has sent a mail about something, and see that it does not say too much."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for path in (town.data_dir / "mail").glob("2*.eml"):
            text = path.read_text("utf-8", errors="replace")
            if email in text and re.search(about, text, re.IGNORECASE):
                assert not any(secret in text for secret in without)
                return
        time.sleep(0.5)
    raise AssertionError(f"no mail about {about} to {email}: {town.log()}")


@pytest.mark.peer
def test_the_independent_verifier_accepts_that_archive(archive: Path) -> None:
    assert archive.exists(), "the story before this one makes the archive"
    accept_by_peer(archive)


def test_the_wire_shows_what_a_browser_sends(browser: Browser, wire: Wiretap) -> None:
    """A credential that did leak would be found, in an address, a header or a body."""
    secrets = {name: f"{name}-abcde-fghijk" for name in ("address", "header", "body", "unsent")}
    with Visitor(browser, wire.url) as visitor:
        visitor.open(f"/elections/?q={secrets['address']}")
        visitor.context.add_cookies([{"name": "kept", "value": secrets["header"], "url": wire.url}])
        visitor.open("/elections/")
        visitor.page.evaluate(
            "body => fetch('/sign-in', {method: 'POST', body}).then(answer => answer.status)", secrets["body"]
        )

    assert find_leaks(wire.sent(), secrets) == ["address", "header", "body"]


def test_the_seeded_citizens_are_told_apart(town: Service) -> None:
    """The stories count on it: the played citizens have not voted in the seeded ballots."""
    assert len(town.sign_ins("citizen")) == PLAYED_CITIZENS + 1
