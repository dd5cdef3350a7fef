"""A petition from its first sentence to its closing, and one that is refused; people in browsers.

The rules are those of a petition to the town council, with thresholds that a handful of people reach.
"""

import json
import re
import time
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from app.demo.people import make_citizen
from app.petitions.services.types import SHIPPED
from app.platform import clock
from tests.e2e.service import Service, SignIn
from tests.e2e.visitors import TIMEOUT_MS, Visitor

pytestmark = pytest.mark.slow

PHONE = 320
KIND = "Petition to the town council"
SPONSORS, SIGNATURES = 3, 5
THRESHOLDS = [{"count": SIGNATURES - 1, "owes": "response"}, {"count": SIGNATURES, "owes": "debate"}]
OPEN_DAYS = 90
TITLE = "Lamps along the mill path"
DEMAND = "Put up **lamps** along the path to the old mill."
REASONS = "In winter it is dark there before school is out."
ANSWER = "The lamps are ordered."
PLACE = "Town hall, small room"
DEBATED = "The council voted for twelve lamps."
STRANGER = "wanderer@elsewhere.example"
REFUSED = "Something should be different"
UNCLEAR = "It does not say clearly what should be done."
NOTE = "Say which path you mean."
# Citizens without a password, who act through the services.
OTHERS = [make_citizen(number).email for number in range(10, 10 + SPONSORS + 1)]

SPONSOR = """
import sys
from wsgi import application
from app.accounts.queries import find_account
from app.petitions.services.sponsors import sponsor_petition

reference, *emails = sys.argv[1:]
with application.app_context():
    for email in emails:
        sponsor_petition(find_account(email), reference)
"""
SEND_IN = """
import sys
from wsgi import application
from app.accounts.queries import find_account
from app.petitions.services.drafts import PetitionText, start_petition, submit_petition

email, title = sys.argv[1:]
with application.app_context():
    creator = find_account(email)
    reference = start_petition(creator, "local-council", PetitionText(title, "Not like this.", ""))
    submit_petition(creator, reference)
    print(reference)
"""


def run(town: Service, *arguments: str) -> str:
    """Run a command that must succeed on the town's data; what it printed."""
    done = town.run(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


@pytest.fixture(autouse=True, scope="module")
def kind(town: Service, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Petitions to the council have low thresholds in this town."""
    rules = json.loads((SHIPPED / "local-council.json").read_text("utf-8"))
    file = tmp_path_factory.mktemp("kind") / "local-council.json"
    file.write_text(json.dumps(rules | {"thresholds": THRESHOLDS}), "utf-8")
    run(town, "-m", "flask", "--app", "wsgi", "petitions", "types", "load", str(file))


def write_petition(browser: Browser, town: Service, creator: SignIn) -> str:
    """Write a petition on a phone and send it to its sponsors; its reference."""
    with Visitor(browser, town.url, PHONE) as writing:
        writing.sign_in(creator)
        writing.open("/petitions/new")
        page = writing.page
        page.get_by_role("link", name=KIND).click()
        page.get_by_label("What should be done, in one sentence?").fill(TITLE)
        page.get_by_role("button", name="Go on").click()
        page.get_by_label("What exactly should be done?").fill(DEMAND)
        page.get_by_label("Why? (optional)").fill(REASONS)
        page.get_by_role("button", name="Save the draft").click()
        expect(page.get_by_text("The draft is saved. Nobody but you can see it.")).to_be_visible()
        page.get_by_role("button", name="Send it in").click()
        expect(page.get_by_text("Your petition is sent in.")).to_be_visible()
        reference = urlsplit(page.url).path.split("/")[2]
        expect(page.get_by_text(f"/petitions/{reference}/sponsor")).to_be_visible()
        expect(page.get_by_text(f"of {SPONSORS} sponsors needed")).to_be_visible()
        assert writing.is_within_width()
        assert writing.complaints == []
    return reference


def sponsor(browser: Browser, town: Service, person: SignIn, reference: str, number: int) -> None:
    """Stand by it, as its sponsor with this number: the link first, then the sign-in that it asks for."""
    with Visitor(browser, town.url, PHONE) as standing_by:
        standing_by.open(f"/petitions/{reference}/sponsor")
        page = standing_by.page
        page.get_by_role("main").get_by_role("link", name="Sign in").click()
        standing_by.fill_sign_in(person)
        # From here on in the language of their account.
        button = page.locator("form[action$='/sponsors'] button")
        button.click()
        expect(page.locator(".hw-stat__number")).to_have_text(str(number))
        expect(button).to_have_count(0)
        assert standing_by.is_within_width()
        assert standing_by.complaints == []


def sign_with_account(browser: Browser, town: Service, person: SignIn, reference: str) -> None:
    """Sign on a phone, and follow what becomes of it."""
    with Visitor(browser, town.url, PHONE) as signing:
        signing.sign_in(person)
        signing.open(f"/petitions/{reference}")
        page = signing.page
        page.get_by_role("link", name="Sign this petition").click()
        page.get_by_label("Tell me by e-mail what happens").check()
        page.get_by_role("button", name="Sign", exact=True).click()
        expect(page.get_by_text("You have signed. Thank you.")).to_be_visible()
        assert signing.is_within_width()
        assert signing.complaints == []


def sign_by_email(browser: Browser, town: Service, reference: str) -> None:
    """Sign without an account: the form, the mail, the link in it, and the button that it leads to."""
    with Visitor(browser, town.url, PHONE) as stranger:
        stranger.open(f"/petitions/{reference}/sign")
        page = stranger.page
        page.get_by_label("Your name").fill("Wan Der")
        page.get_by_label("Postcode").fill("10123")
        page.get_by_label("E-mail address").fill(STRANGER)
        page.get_by_role("button", name="Send me the link").click()
        expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
        text = wait_for_mail(town, STRANGER, "Confirm your signature")
        found = re.search(r"http://\S+(/petitions/signed/\S+)", text)
        assert found is not None
        # A mail scanner's visit signs nothing.
        for _ in range(2):
            stranger.open(found[1])
            expect(page.get_by_role("heading", name="Confirm your signature")).to_be_visible()
        page.get_by_role("button", name="Confirm and sign").click()
        expect(page.get_by_text("You have signed. Thank you.")).to_be_visible()
        assert stranger.is_within_width()
        assert stranger.complaints == []


def answer_and_debate(browser: Browser, town: Service, official: SignIn, reference: str) -> None:
    """Everything that the agency owes: the answer, a day for the debate, and its record."""
    today = datetime.now(clock.TOWN_ZONE).date()
    with Visitor(browser, town.url) as agency:
        agency.sign_in(official)
        agency.open("/petitions/owed")
        page = agency.page
        page.get_by_role("link", name=TITLE).first.click()
        page.get_by_role("link", name="Publish the answer").click()
        page.get_by_label("The answer").fill(ANSWER)
        page.get_by_role("button", name="Publish the answer").click()
        expect(page.get_by_text("Done. The petition's page shows it")).to_be_visible()
        page.get_by_role("link", name=TITLE).click()
        page.get_by_role("link", name="Set a date").click()
        for part in ("day", "month", "year"):
            page.locator(f"[name=on-{part}]").fill(str(getattr(today, part)))
        page.get_by_label("Where?").fill(PLACE)
        page.get_by_role("button", name="Publish the date").click()
        page.get_by_role("link", name=TITLE).click()
        page.get_by_role("link", name="Record a debate").click()
        page.get_by_label("How did it go?").fill(DEBATED)
        page.get_by_role("button", name="Publish the record").click()
        expect(page.get_by_text("Done. The petition's page shows it")).to_be_visible()
        assert agency.complaints == []


def wait_for_mail(town: Service, email: str, subject: str) -> str:
    """The text of a mail that is on its way."""
    deadline = time.monotonic() + TIMEOUT_MS / 1000
    while (text := town.find_mail(email, subject)) is None:
        assert time.monotonic() < deadline, f"no mail “{subject}”"
        time.sleep(0.3)
    return text


def read_json(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        read: dict[str, Any] = json.load(answer)
        return read


def wait_until_in_ledger(town: Service, reference: str) -> None:
    """Until the ledger has every signature: small petitions' go in at midnight."""
    deadline = time.monotonic() + TIMEOUT_MS / 1000
    while read_json(f"{town.url}/petitions/{reference}/data.json")["in_ledger"] < SIGNATURES:
        assert time.monotonic() < deadline, "the signatures are not in the ledger"
        time.sleep(0.5)


def audit(town: Service, folder: Path) -> dict[str, Any]:
    """Recount all petitions as an outsider does; what the command says of each."""
    key = read_key(town)
    report = json.loads(
        run(
            town,
            *("-m", "app.auditor", "petition", town.url, "--json", "--vkey", key, "--save", str(folder)),
        )
    )
    assert report["valid"]
    assert report["differences"] == []
    return {item["petition"]: item for item in report["petitions"]}


def read_key(town: Service) -> str:
    with urllib.request.urlopen(f"{town.url}/ledger/vkey", timeout=10) as answer:
        return str(answer.read().decode().strip())


def test_a_refused_petition_stands_in_the_public_list_with_its_reason(
    browser: Browser, town: Service
) -> None:
    # Given a vague petition with enough sponsors
    creator, *sponsors = OTHERS
    reference = run(town, "-c", SEND_IN, creator, REFUSED)
    run(town, "-c", SPONSOR, reference, *sponsors)

    # When a moderator refuses it
    with Visitor(browser, town.url) as moderator:
        moderator.sign_in(town.sign_ins("moderator")[0])
        moderator.open("/petitions/moderation")
        page = moderator.page
        page.get_by_role("link", name=REFUSED).click()
        page.get_by_role("link", name="Refuse it").click()
        page.get_by_label(UNCLEAR).check()
        page.get_by_label("More for its creator and for everybody (optional)").fill(NOTE)
        page.get_by_role("button", name="Refuse", exact=True).click()
        expect(page.get_by_text("Done. Its page and the ledger show it.")).to_be_visible()
        assert moderator.complaints == []

    # Then everybody finds it with the reason, and nobody can sign it
    with Visitor(browser, town.url, PHONE) as stranger:
        stranger.open("/petitions/")
        page = stranger.page
        page.get_by_role("link", name="Refused", exact=True).click()
        entry = page.locator(".hw-item").filter(has_text=REFUSED)
        expect(entry).to_contain_text(UNCLEAR)
        assert stranger.is_within_width()
        entry.get_by_role("link", name=REFUSED).click()
        expect(page.get_by_text(UNCLEAR).first).to_be_visible()
        expect(page.get_by_text(NOTE)).to_be_visible()
        expect(page.get_by_role("link", name="Sign this petition")).to_have_count(0)
        assert stranger.is_within_width()
        assert stranger.complaints == []


def test_a_petition_from_its_first_sentence_to_its_closing(
    browser: Browser, town: Service, tmp_path: Path
) -> None:
    creator, citizen, newcomer = town.sign_ins("citizen")
    # Given a petition that nobody but its sponsors can see
    reference = write_petition(browser, town, creator)
    with Visitor(browser, town.url) as stranger:
        stranger.open(f"/petitions/{reference}")
        expect(stranger.page.get_by_text("There is no such petition").first).to_be_visible()
    sponsor(browser, town, citizen, reference, 1)
    sponsor(browser, town, newcomer, reference, 2)
    run(town, "-c", SPONSOR, reference, OTHERS[0])

    # When a moderator publishes it, for the agency that is responsible
    with Visitor(browser, town.url) as moderator:
        moderator.sign_in(town.sign_ins("moderator")[0])
        moderator.open("/petitions/moderation")
        page = moderator.page
        page.get_by_role("link", name=TITLE).click()
        page.get_by_role("link", name="Publish", exact=True).click()
        page.get_by_label("Which agency is responsible?").select_option(label="Roads and parks")
        page.get_by_role("button", name="Publish", exact=True).click()
        expect(page.get_by_text("Done. Its page and the ledger show it.")).to_be_visible()
        assert moderator.complaints == []

    # And its creator signs with her account, and somebody without one by e-mail
    sign_with_account(browser, town, creator, reference)
    sign_by_email(browser, town, reference)

    # Then it is counted, and the agency owes an answer and a debate
    with Visitor(browser, town.url, PHONE) as stranger:
        stranger.open(f"/petitions/{reference}")
        page = stranger.page
        stranger.reload_until(page.get_by_text("Debate: due on"))
        expect(page.get_by_text("The answer: due on").first).to_be_visible()
        expect(page.locator("[data-count]")).to_have_text(str(SIGNATURES))
        assert stranger.is_within_width()
        assert stranger.complaints == []

    # When the agency has done both
    answer_and_debate(browser, town, town.sign_ins("agency_official")[-2], reference)
    # Then its followers are told
    assert f"/petitions/{reference}" in wait_for_mail(town, creator.email, f"The agency answered: {TITLE}")

    # When its time is over
    town.jump(OPEN_DAYS + 1)
    with Visitor(browser, town.url, PHONE) as stranger:
        stranger.open(f"/petitions/{reference}")
        page = stranger.page
        stranger.reload_until(page.get_by_text("Closed for signatures"))
        # Then all of it can be read, and nobody can sign
        for said in (ANSWER, PLACE, DEBATED):
            expect(page.get_by_text(said).first).to_be_visible()
        expect(page.get_by_role("link", name="Sign this petition")).to_have_count(0)
        assert stranger.is_within_width()
        stranger.open("/petitions/?show=closed")
        expect(page.get_by_role("link", name=TITLE)).to_be_visible()
        assert stranger.complaints == []

    # And an outsider who adds up the ledger comes to the page's number
    wait_until_in_ledger(town, reference)
    found = audit(town, tmp_path / "saved")[reference]
    assert found["signed"] == found["in_ledger"] == SIGNATURES
    # The newcomer is not verified yet, and so counts as the holder of an address, as the stranger does.
    assert found["levels"] == {"email": 2, "verified": 3}


def test_giving_a_petition_up_says_first_what_that_means(browser: Browser, town: Service) -> None:
    creator = town.sign_ins("citizen")[0]
    reference = run(town, "-c", SEND_IN, creator.email, "No more bins on the square")
    with Visitor(browser, town.url, PHONE) as leaving:
        leaving.sign_in(creator)
        leaving.open(f"/petitions/{reference}/draft")
        page = leaving.page
        button = page.get_by_role("button", name="Give it up for good")
        expect(button).to_be_hidden()
        page.get_by_text("Give it up", exact=True).click()
        expect(page.get_by_text("the sponsors it has are lost")).to_be_visible()
        assert leaving.is_within_width()
        button.click()
        expect(page.get_by_text("Your petition is taken back.")).to_be_visible()
        assert leaving.complaints == []
