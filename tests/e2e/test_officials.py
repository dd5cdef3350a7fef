"""An election made from nothing by people in their browsers, with the older group BELENIOS-2048."""

import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.auditor.key_file import load_key_file
from tests.e2e.pages import Booth, OfficePages, ResultPage, TrusteePages
from tests.e2e.service import Service, SignIn
from tests.e2e.test_accessibility import complaints
from tests.e2e.verifiers import verify
from tests.e2e.visitors import Visitor, find_leaks
from tests.e2e.wiretap import Wiretap
from tests.peers import accept_by_peer

pytestmark = pytest.mark.slow

NAME = "How shall we heat the town hall?"
QUESTION = "Which heating, and what with it?"
ANSWERS = ["Heat pump", "Pellets", "Solar roof"]
PASSPHRASE = "five quiet herons, walking"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the story saves the election's archive."""
    return tmp_path_factory.mktemp("archive") / "heating.bel"


def write_roll(folder: Path, voters: list[SignIn]) -> Path:
    """The list that the office uploads; the first voter's ballot weighs two."""
    rows = [f"{voter.email},Voter {number},{2 - min(number, 1)}" for number, voter in enumerate(voters)]
    path = folder / "roll.csv"
    path.write_text("\n".join(["email,name,weight", *rows]) + "\n", "utf-8")
    return path


def read_letters(folder: Path) -> dict[str, str]:
    """address -> the path of the link in the letter."""
    letters = {}
    for path in folder.glob("*.eml"):
        message = message_from_bytes(path.read_bytes(), policy=default)
        found = re.search(r"http://[^/\s]+(/\S+#credential=\S+)", message.get_content())
        assert found is not None
        letters[message["To"].addresses[0].addr_spec] = found[1]
    return letters


def test_from_an_empty_draft_to_a_weighted_result(
    browser: Browser, town: Service, wire: Wiretap, tmp_path: Path, archive: Path
) -> None:
    voters = town.sign_ins("citizen")[:2]
    trustees = town.sign_ins("trustee")
    with Visitor(browser, wire.url) as official:
        # Given an official who drafts an election with one question
        official.sign_in(town.sign_ins("election_official")[0])
        office = OfficePages(official)
        uuid = office.begin_draft(NAME, "BELENIOS-2048")
        office.follow("questions")
        office.add_question(QUESTION, ANSWERS, minimum=0, maximum=2)
        official.open(f"/elections/{uuid}/manage")

        # And a voter roll with weights, and two trustees
        office.follow("roll")
        office.follow("roll-list")
        office.upload(write_roll(tmp_path, voters))
        for trustee in trustees:
            official.open(f"/elections/{uuid}/manage/trustees")
            office.name_trustee(trustee.email)

        # And a credential authority with a computer of its own
        official.open(f"/elections/{uuid}/manage/credentials")
        roll = tmp_path / "roll-for-the-authority.csv"
        office.download("roll.csv").save_as(roll)
        made = town.run(
            "-m", "app.auditor", "credentials", "--uuid", uuid, "--group", "BELENIOS-2048",
            "--voters", str(roll), "--out", str(tmp_path / "authority"), "--url", wire.url,
        )  # fmt: skip
        assert made.returncode == 0, made.stdout + made.stderr
        fingerprint = made.stdout.split("fingerprint ")[1].strip()
        office.upload(tmp_path / "authority" / "public_credentials.json")
        official.open(f"/elections/{uuid}/manage/credentials")
        assert fingerprint in squeeze(official.page.get_by_role("main").inner_text())
        assert complaints(official.page) == []

    # When both trustees make their keys in the browser
    for number, sign_in in enumerate(trustees, 1):
        with Visitor(browser, wire.url) as trustee_visitor:
            trustee_visitor.sign_in(sign_in)
            pages = TrusteePages(trustee_visitor)
            pages.follow(NAME, "key")
            assert complaints(trustee_visitor.page) == []
            pages.make_key(PASSPHRASE, tmp_path)
            assert complaints(trustee_visitor.page) == []
            assert trustee_visitor.complaints == []
        assert load_key_file(tmp_path / f"trustee-{uuid}-{number}.age", PASSPHRASE).tally_hash is None

    # And the official sets up and opens the election
    with Visitor(browser, wire.url) as official:
        official.sign_in(town.sign_ins("election_official")[0])
        office = OfficePages(official)
        office.open_election(NAME)
        office.follow("set-up")
        office.press()
        office.follow("open")
        office.give_reason("Everything is ready.")
        assert official.complaints == []

    # And the voters vote by the links in the authority's letters
    letters = read_letters(tmp_path / "authority" / "letters")
    for voter, answers in zip(voters, (["Heat pump", "Solar roof"], ["Pellets"]), strict=True):
        with Visitor(browser, wire.url) as visitor:
            visitor.sign_in(voter)
            Booth(visitor).vote(letters[voter.email], *answers)
            assert visitor.complaints == []

    # And the official closes, and the trustees decrypt although so few have voted
    with Visitor(browser, wire.url) as official:
        official.sign_in(town.sign_ins("election_official")[0])
        office = OfficePages(official)
        office.open_election(NAME)
        office.follow("close")
        office.give_reason("Both have voted.")
    secrets = {f"credential of {email}": link.partition("=")[2] for email, link in letters.items()}
    secrets["passphrase"] = PASSPHRASE
    for number, sign_in in enumerate(trustees, 1):
        key_file = tmp_path / f"trustee-{uuid}-{number}.age"
        secrets[f"private key {number}"] = str(load_key_file(key_file, PASSPHRASE).private_key)
        with Visitor(browser, wire.url) as trustee_visitor:
            trustee_visitor.sign_in(sign_in)
            pages = TrusteePages(trustee_visitor)
            pages.follow(NAME, "decrypt")
            pages.check_election(key_file, PASSPHRASE)
            assert complaints(trustee_visitor.page) == []
            pages.decrypt(tmp_path, few_ballots=True)
            assert trustee_visitor.complaints == []

    # Then the result counts the weights
    with Visitor(browser, wire.url) as anybody:
        assert ResultPage(anybody, uuid).counts() == [[2, 1, 2]]
        with anybody.page.expect_download() as saving:
            anybody.page.locator("a[href$='/archive.bel']").first.click()
        saving.value.save_as(archive)

    # And our verifier accepts the archive with the fingerprint that the authority printed
    stated = verify(town, archive, "--credentials-fingerprint", fingerprint)
    assert (stated["group"], stated["result"]) == ("BELENIOS-2048", [[2, 1, 2]])

    # And nothing secret was ever sent
    assert find_leaks(wire.sent(), secrets) == []


@pytest.mark.peer
def test_the_independent_verifier_accepts_that_archive(archive: Path) -> None:
    assert archive.exists(), "the story before this one makes the archive"
    accept_by_peer(archive)


def test_two_different_passphrases_make_no_key(browser: Browser, town: Service, wire: Wiretap) -> None:
    # Given a trustee of the draft, who must make a key, and a wrong repetition of the passphrase
    sign_in = town.sign_ins("trustee")[0]
    with Visitor(browser, wire.url) as trustee:
        trustee.sign_in(sign_in)
        pages = TrusteePages(trustee)
        pages.follow("Which street should become car-free", "key")
        # When they go on
        pages.type_passphrase(PASSPHRASE, "something else")
        # Then the page says what is wrong, and makes nothing
        expect(trustee.page.get_by_role("alert").first).to_contain_text("differ")
        expect(pages.view("save")).to_be_hidden()
        assert complaints(trustee.page) == []


def squeeze(text: str) -> str:
    """A text without its gaps: codes are drawn in groups."""
    return re.sub(r"\s", "", text)
