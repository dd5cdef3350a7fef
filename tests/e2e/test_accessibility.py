"""axe finds nothing on any page, and no page is wider than the screen.

Each endpoint that answers with a page is looked at by somebody who may see it, in English on a wide screen
and in Korean on a narrow one.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select
from werkzeug.serving import make_server

from app import create_app
from app.access_records.models import AccessAlert
from app.access_records.queries.held import list_held
from app.access_records.rules import AlertRule, AlertState, SealGround, SealTerms
from app.access_records.rules.corrections import CorrectionKind
from app.access_records.services.consents import choose_consent
from app.access_records.services.corrections import request_correction
from app.access_records.services.disputes import raise_dispute
from app.access_records.services.epochs import close_epoch
from app.access_records.services.held_data import store_datum
from app.access_records.services.inspection import draft_report, sign_report
from app.access_records.services.records import record_accesses
from app.access_records.services.sealed import seal_access
from app.access_records.services.sharings import register_sharing
from app.accounts.models import Account, AccountSession, Agency
from app.accounts.policy import Role
from app.accounts.queries import know_person
from app.accounts.routes.blueprint import SESSION_KEY
from app.accounts.rules import TokenPurpose
from app.accounts.services.desk import OPEN, Outcome, begin_desk_session, record_act
from app.accounts.services.sign_in import begin_session
from app.accounts.services.tokens import issue_token
from app.civil_requests.rules.kinds import RequestKind
from app.civil_requests.services import closing, filing, handling, publishing
from app.civil_requests.services.filing import Filing, RequestText
from app.elections.services import drafts, setup
from app.extensions import db
from app.ledger.services.sequencer import sequence_batch
from app.petitions.models import Follower, PetitionType
from app.petitions.routes.answering import STEPS
from app.petitions.routes.moderation import DECISIONS
from app.petitions.rules.life import PetitionState
from app.petitions.services.email_signing import Wish, confirm_signature, link_token, request_signature
from app.petitions.services.followers import follow_petition, unsubscribe_token
from app.petitions.services.obligations import reach_thresholds
from app.petitions.services.signing import sign_petition
from app.platform import clock
from app.platform.transaction import transaction
from config import Testing as Settings
from tests.access_records.kit import found_country, found_sharings, new_sharing
from tests.elections.town import LIBRARY, Poll, make_account, make_open_poll, make_ready_beside
from tests.petitions.kit import open_petition, read_type
from tests.platform.styleguide import blueprint as styleguide

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCREENS = {"en": (1280, 900), "ko": (320, 640)}
# Files and data, and the one page that only leads elsewhere.
NOT_PAGES = {"static", "healthz", "pages.choose_language", "ledger.tile", "ledger.bundle"}
STATE_PAGES = ["", "/ballots", "/results", "/vote", "/manage"]
STYLEGUIDE = [
    "/styleguide/",
    "/styleguide/form",
    "/styleguide/empty",
    "/styleguide/progress",
    "/nothing-here",
]

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Sight:
    """One page as one person sees it; `person` is None for a stranger."""

    path: str
    person: str | None


@dataclass(frozen=True)
class Town:
    """A served application, its people's session cookies, and every page there is."""

    url: str
    cookies: dict[str | None, str]
    sights: list[Sight]


def second_draft(poll: Poll) -> str:
    """An unfinished election beside the first one, with the same people."""
    text = drafts.DraftText(
        "A name that is rather long, as names of questions to a town are", "", "Ed25519", None, None
    )
    uuid = drafts.create_election(poll.official, text).uuid
    drafts.add_question(poll.official, uuid, LIBRARY)
    drafts.add_trustee(poll.official, uuid, poll.trustees[0].email)
    return uuid


def finish_election(poll: Poll) -> str:
    """Two voters vote, one of them twice; then the election is counted. Returns a tracker."""
    first, second = poll.voters[:2]
    poll.cast(first, [[0, 1, 0, 0], [1, 0]])
    poll.cast(first, [[0, 0, 1, 0], [1, 1]])
    tracker = poll.cast(second, [[0, 1, 0, 0], [0, 0]]).tracker
    poll.finish()
    return tracker.replace("+", "-").replace("/", "_")


def pages_of_other_states(poll: Poll) -> list[str]:
    """The pages that look different while an election is ready, open, or waits for its trustees."""
    ready, taking, decrypting = (make_ready_beside(poll) for _ in range(3))
    for other in (taking, decrypting):
        setup.open_election(other.official, other.uuid, "the test begins")
    decrypting.cast(decrypting.voters[0], [[0, 1, 0, 0], [1, 0]])
    decrypting.close()
    paths = [
        f"/elections/{other.uuid}{page}" for other in (ready, taking, decrypting) for page in STATE_PAGES
    ]
    return [*paths, f"/elections/{decrypting.uuid}/trustees/1/decrypt"]


def look_at_somebody(poll: Poll) -> dict[str, list[str]]:
    """A connected system that has looked at a voter's data, and the voter's question about it."""
    country = found_country()
    with transaction():
        poll.voters[0].person_id = country.person_ids[0]
        record = record_accesses([country.access(country.person_ids[0])])[0]
        investigator = make_account("seal@hanbit.test", Role.INVESTIGATOR, agency=country.system.agency)
        terms = SealTerms(SealGround.COURT_ORDER, "Warrant 2026-31", clock.now() + timedelta(days=30))
        sealed = seal_access(investigator, country.access(country.person_ids[0]), terms)
        close_epoch()
        record_id, leaf_hash = record.id, record.ledger_entry.leaf_hash
        report_ids = [draft_report(country.agency_id, month).id for month in ("2026-09", "2026-10")]
        alert = AccessAlert(
            record_id=record_id,
            agency_id=country.agency_id,
            rule=AlertRule.OUT_OF_HOURS.value,
            state=AlertState.OPEN.value,
            raised_at=clock.now(),
        )
        db.session.add(alert)
        db.session.flush()
        alert_id, agency = alert.id, db.session.get_one(Agency, country.agency_id)
        found_sharings(country, poll.voters[0].id)
        register_sharing(new_sharing("tax-to-welfare", system="tax", receiving_system="welfare"))
        choose_consent(poll.voters[0], "welfare-to-tax", ["address"])
        for category in ("address", "name"):
            store_datum(country.system_id, country.person_ids[0], category, "12 Riverside Street")
    sign_report(
        make_account("second.inspector@hanbit.test", Role.INSPECTOR, agency=agency), report_ids[0], "None."
    )
    data = [datum.id for _, held in list_held(country.person_ids[0]) for datum in held]
    wish = (CorrectionKind.CORRECTION, "I have moved.", "3 Market Lane")
    return {
        "alert_id": [str(alert_id)],
        "report_id": [str(report_id) for report_id in report_ids],
        "datum_id": [str(data[0])],
        "correction": [request_correction(poll.voters[0], data[1], *wish)],
        "record_id": [str(record_id)],
        "seal_id": [str(sealed.id)],
        "leaf_hash": [leaf_hash],
        "code": [country.system.code],
        "reference": [raise_dispute(poll.voters[0], record_id, "Why did you need my address?")],
    }


def ask_agency(poll: Poll, official: Account) -> list[str]:
    """Requests of two voters, as drafts, waiting, asked back, closed, appealed, answered and published."""
    text = RequestText("A hole in the road before the school", "There is a deep hole. Please fill it.")
    wanted = Filing(RequestKind.GRIEVANCE, official.agency_id, address="12 Hill Road", publishable=True)
    asker = poll.voters[0]
    names = [filing.draft_request(asker, text) for _ in range(7)]
    # The first one stays a draft.
    waiting, asked, closed, appealed, answered, published = names[1:]
    for name in names[1:]:
        filing.file_request(asker, name, text, wanted)
    handling.extend_term(official, waiting, 3, "the site must be seen")
    handling.ask_filer(official, asked, "Which side of the street?")
    for name in (closed, appealed):
        closing.close_request(official, name, "repeated", "Answered in May.")
    filing.appeal(asker, appealed, "It is a new hole.")
    for name in (answered, published):
        handling.answer_request(official, name, "We have filled it.")
    publishing.publish_answer(official, published, text.title, text.text, "We have filled it.")
    return names


def sign_petition_in_two_ways(voter: Account) -> tuple[str, list[str]]:
    """A petition that a voter and somebody without an account have signed, and the latter's two links."""
    rules = read_type("local-council")
    with transaction():
        db.session.add(PetitionType(code=rules["code"], rules=rules, changed_at=clock.now()))
    petition = open_petition()
    reference, number = petition.reference, petition.id
    sign_petition(voter, reference)
    for name in ("sora", "nari"):
        wish = Wish(name, "10123", f"{name}@example.org", "en", follows=True)
        request_signature(reference, wish, "192.0.2.0/24")
    links = [link_token(number, f"{name}@example.org") for name in ("sora", "nari")]
    confirm_signature(links[0])
    return reference, links


def make_officials() -> dict[str, Account]:
    """One official for each of the other roles, in the agency whose system has looked."""
    agency = db.session.scalars(select(Agency).where(Agency.name == "Ministry of Welfare")).one()
    roles = set(Role) - {Role.CITIZEN, Role.ELECTION_OFFICIAL, Role.TRUSTEE, Role.ADMINISTRATOR}
    return {str(role): make_account(f"{role}@hanbit.test", role, agency=agency) for role in sorted(roles)}


def petitions_of_other_states(voter: Account, people: dict[str, Account]) -> list[str]:
    """Petitions that its creator, moderators and an agency see, in the states that look different."""
    official = people[Role.AGENCY_OFFICIAL]
    states = (PetitionState.DRAFT, PetitionState.SPONSORING, PetitionState.MODERATION)
    for state in states:
        open_petition(state.value, state=state, creator_id=voter.id, submitted_at=clock.now())
    refused = {"moderated_at": clock.now(), "reason_code": "defamatory"}
    open_petition("hidden", state=PetitionState.HIDDEN, **refused)
    rules = {"thresholds": [{"count": 1, "owes": "response"}, {"count": 2, "owes": "debate"}]}
    open_petition("owed", agency_id=official.agency_id, rules=rules, signature_count=2)
    reach_thresholds()
    follow_petition(voter, "owed")
    return [state.value for state in states] + ["hidden", "owed"]


def serve_somebody(clerk: Account, account: Account) -> str:
    """The clerk's browser serves this account's holder; returns the number of the act on record."""
    with transaction():
        session = db.session.scalars(
            select(AccountSession).where(AccountSession.account_id == clerk.id)
        ).one()
        begin_desk_session(session, account.person)
        record = record_act(know_person(account.person, clerk), OPEN, Outcome())
        return str(record.id)


def session_cookie(app: Flask, account: Account) -> str:
    """The signed cookie of somebody who has signed in."""
    with transaction():
        identifier = begin_session(account, passed=True)
    serializer = app.session_interface.get_signing_serializer(app)
    return str(serializer.dumps({SESSION_KEY: identifier}))


def list_paths(app: Flask, values: dict[str, list[str]]) -> list[str]:
    """Every address that answers GET, with each of the values that its parts can have."""
    paths = []
    for rule in app.url_map.iter_rules():
        if (
            rule.endpoint in NOT_PAGES
            or "GET" not in (rule.methods or ())
            or rule.endpoint.startswith("styleguide")
        ):
            continue
        found = [rule.rule]
        for argument in sorted(rule.arguments - set(rule.defaults or ())):
            converter = f"<int:{argument}>" if f"<int:{argument}>" in rule.rule else f"<{argument}>"
            found = [path.replace(converter, value) for path in found for value in values[argument]]
        paths += found
    return sorted(set(paths))


def list_sights(app: Flask, paths: list[str], cookies: dict[str | None, str]) -> list[Sight]:
    """Which pages each person gets; a page that a stranger gets is looked at as a stranger only."""
    sights = [Sight(path, None) for path in STYLEGUIDE]
    for path in paths:
        for person, cookie in cookies.items():
            client = app.test_client()
            if cookie:
                client.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie)
            answer = client.get(path)
            assert answer.status_code < 500, f"{path} as {person}: {answer.status}"
            if answer.status_code == 200 and answer.mimetype == "text/html":
                sights.append(Sight(path, person))
                break
    return sights


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town with an election in every state."""
    folder = tmp_path_factory.mktemp("town")
    app = create_app(Settings(data_dir=folder, database_url=f"sqlite:///{folder / 'town.sqlite3'}"))
    app.config["RESIDENTS_SYSTEM"] = "welfare"
    app.register_blueprint(styleguide)
    with app.app_context():
        db.create_all()
        poll = make_open_poll()
        tracker = finish_election(poll)
        draft = second_draft(poll)
        other_states = pages_of_other_states(poll)
        administrator = make_account("admin@hanbit.test", Role.ADMINISTRATOR)
        people = {"official": poll.official, "trustee": poll.trustees[0], "administrator": administrator}
        people["voter"] = poll.voters[0]
        seen = look_at_somebody(poll)
        people |= make_officials()
        seen["reference"] += ask_agency(poll, people[Role.AGENCY_OFFICIAL])
        seen["agency_id"] = [str(people[Role.AGENCY_OFFICIAL].agency_id)]
        cookies: dict[str | None, str] = {None: ""}
        cookies |= {name: session_cookie(app, account) for name, account in people.items()}
        with transaction():
            token = issue_token(poll.voters[3].id, TokenPurpose.RESET)
        reference, links = sign_petition_in_two_ways(poll.voters[0])
        seen["reference"].append(reference)
        seen["reference"] += petitions_of_other_states(poll.voters[0], people)
        number = db.session.scalars(select(Follower.id)).first()
        seen |= {"follower_id": [str(number)], "mail_token": [unsubscribe_token(number)]}
        seen |= {"type_code": ["local-council"], "decision": list(DECISIONS), "step": list(STEPS)}
        act = serve_somebody(people[Role.CLERK], poll.voters[0])
        seen["record_id"].append(act)
        while sequence_batch():
            pass
        values = {
            "kind": ["accounts:district:correct"],
            "uuid": [poll.uuid, draft],
            "number": ["1"],
            "switch": ["signing"],
            "tracker": [tracker],
            "token": [token, *links],
            "account_id": [str(poll.voters[0].id)],
            **seen,
        }
    # Outside of the context: requests inside one would share who is signed in.
    sights = list_sights(app, list_paths(app, values) + other_states, cookies)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Town(f"http://127.0.0.1:{server.server_port}", cookies, sights)
    server.shutdown()
    thread.join()


def look(browser: Browser, town: Town, person: str | None, language: str) -> BrowserContext:
    """A browser of that person, on the screen that goes with the language."""
    width, height = SCREENS[language]
    context = browser.new_context(locale=language, viewport={"width": width, "height": height})
    if town.cookies[person]:
        context.add_cookies([{"name": "session", "value": town.cookies[person], "url": town.url}])
    return context


def complaints(page: Page) -> list[str]:
    """What axe finds, one line for each element."""
    page.evaluate(AXE.read_text("utf-8"))
    result = page.evaluate(
        "rules => axe.run(document, { runOnly: rules, resultTypes: ['violations'] })", RULES
    )
    return [
        f"{violation['id']}: {node['html'][:160]} ({node['failureSummary'][:200]})"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("language", list(SCREENS))
def test_axe_finds_nothing_on_any_page(browser: Browser, town: Town, language: str) -> None:
    found: dict[str, list[str]] = {}
    for person in town.cookies:
        context = look(browser, town, person, language)
        page = context.new_page()
        said: list[str] = []
        page.on("pageerror", lambda error, said=said: said.append(f"script error: {error}"))
        for sight in town.sights:
            if sight.person != person:
                continue
            page.goto(town.url + sight.path)
            problems = complaints(page) + said
            said.clear()
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                problems.append("wider than the screen")
            if problems:
                found[f"{sight.path} as {person}"] = problems
        context.close()
    assert found == {}


def test_every_page_is_looked_at(town: Town) -> None:
    """The list is made of the application's own addresses; these must be among them."""
    paths = [sight.path for sight in town.sights]
    for wanted in (
        "/",
        "/sign-in",
        "/elections/",
        "/admin/accounts",
        "/elections/manage",
        "/elections/trusteeships",
    ):
        assert wanted in paths
    assert len(paths) > 35


def test_the_menu_of_a_phone_opens_without_scripts(browser: Browser, town: Town) -> None:
    context = browser.new_context(
        viewport={"width": 320, "height": 640}, java_script_enabled=False, locale="en"
    )
    page = context.new_page()
    page.goto(town.url)
    link = page.locator(".hw-nav--narrow").get_by_role("link", name="Votes")
    assert not link.is_visible()
    page.get_by_text("Menu", exact=True).click()
    link.click()
    assert page.url == f"{town.url}/elections/"
    context.close()


def test_errors_take_the_focus_and_lead_to_their_field(browser: Browser, town: Town) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en")
    page = context.new_page()
    page.goto(f"{town.url}/styleguide/form")
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_function("document.activeElement.className == 'govuk-error-summary'")
    page.get_by_role("link", name="Enter the day of the meeting").click()
    assert page.evaluate("document.activeElement.id") == "day-day"
    assert complaints(page) == []
    context.close()


def test_the_skip_link_comes_first_and_leads_to_the_page(browser: Browser, town: Town) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en")
    page = context.new_page()
    page.goto(town.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main-content"
    context.close()
