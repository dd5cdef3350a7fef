"""Asking why somebody looked: the question, its clock, the answer, the appeal, and who may do what."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.access_records import rules
from app.access_records.models import AccessRecord, Dispute
from app.access_records.queries.disputes import get_deadline, get_dispute, list_waiting_disputes
from app.access_records.rules import DisputeAct, DisputeState
from app.access_records.services import disputes
from app.access_records.services.records import record_accesses
from app.accounts.models import Account
from app.accounts.policy import Role
from app.extensions import db as database
from app.ledger.models import LedgerEntry
from app.platform import clock
from app.platform.deadlines import StepKind
from app.platform.transaction import transaction
from tests.access_records.kit import Country, found_country
from tests.conftest import csrf_token

MONDAY_BEFORE_CHUSEOK = datetime(2026, 9, 21, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_time():
    yield
    clock.set_offset(timedelta())


@pytest.fixture
def country(people, db) -> Country:
    """Mina's data was looked at; officials of the agency that looked, and of another."""
    made = found_country()
    roles = {
        "mina": [],
        "stranger": [],
        "official": [Role.AGENCY_OFFICIAL],
        "officer": [Role.PRIVACY_OFFICER],
        "elsewhere": [Role.AGENCY_OFFICIAL],
    }
    ids = {name: people.create(name, *given) for name, given in roles.items()}
    with transaction():
        database.session.get_one(Account, ids["mina"]).person_id = made.person_ids[0]
        for name in ("official", "officer"):
            database.session.get_one(Account, ids[name]).agency_id = made.agency_id
        record_accesses([made.access(made.person_ids[0])])
    return made


def account(name: str) -> Account:
    """One of the country's people."""
    wanted = select(Account).where(Account.email.startswith(f"{name}@"))
    return database.session.scalars(wanted).one()


def record_id() -> int:
    """The one access."""
    return database.session.scalars(select(AccessRecord.id)).one()


def ask() -> str:
    """Mina asks."""
    return disputes.raise_dispute(account("mina"), record_id(), "Why did you need my address?")


def state(reference: str) -> str:
    """Where the question stands."""
    return database.session.scalars(select(Dispute.state).where(Dispute.reference == reference)).one()


def test_only_the_person_asks_and_only_once(country) -> None:
    with pytest.raises(rules.DisputeNotFound):
        disputes.raise_dispute(account("stranger"), record_id(), "Why?")
    ask()
    with pytest.raises(rules.AlreadyDisputed):
        ask()


def test_an_access_that_is_called_wrong_ends_there(country) -> None:
    reference = ask()
    disputes.answer_dispute(account("official"), reference, justified=False, answer="We are sorry.")
    assert state(reference) == "wrong"
    with pytest.raises(rules.DisputeActRefused):
        disputes.appeal_dispute(account("mina"), reference, "Still")


def test_an_answer_can_go_on_to_the_privacy_officer(country) -> None:
    reference = ask()
    disputes.answer_dispute(account("official"), reference, justified=True, answer="For your benefit.")
    disputes.appeal_dispute(account("mina"), reference, "I never asked for one.")
    disputes.decide_dispute(account("officer"), reference, justified=False, decision="It was wrong.")
    assert state(reference) == "decided-wrong"
    kinds = database.session.scalars(
        select(LedgerEntry.type)
        .where(LedgerEntry.type.startswith("access-records:dispute"))
        .order_by(LedgerEntry.id)
    ).all()
    assert [kind.rpartition(":")[2] for kind in kinds] == ["raise", "answer", "appeal", "decide"]


def test_another_agency_sees_nothing_and_answers_nothing(country) -> None:
    reference = ask()
    with pytest.raises(rules.DisputeNotFound):
        disputes.answer_dispute(account("elsewhere"), reference, justified=True, answer="No.")


def test_who_looked_does_not_answer_for_it(country) -> None:
    reference = ask()
    with transaction():
        record = database.session.get_one(AccessRecord, record_id())
        record.official_account_id = account("official").id
    with pytest.raises(rules.OwnDispute):
        disputes.answer_dispute(account("official"), reference, justified=True, answer="It was me.")


def test_the_answer_is_due_after_ten_working_days_and_says_why(country) -> None:
    clock.set_offset(MONDAY_BEFORE_CHUSEOK - datetime.now(UTC))
    reference = ask()
    dispute = database.session.scalars(select(Dispute)).one()
    assert str(get_deadline(dispute).due_on) == "2026-10-08"
    disputes.extend_dispute(account("official"), reference, 5, "The file is in the archive.")
    dispute = database.session.scalars(select(Dispute)).one()
    deadline = get_deadline(dispute)
    assert str(deadline.due_on) == "2026-10-16"
    assert StepKind.EXTENSION in [step.kind for step in deadline.steps]
    for days in (1, 11):
        with pytest.raises(rules.ExtensionNotAllowed):
            disputes.extend_dispute(account("official"), reference, days, "again")


def test_the_text_stays_out_of_the_public_leaf(country) -> None:
    ask()
    entry = database.session.scalars(
        select(LedgerEntry).where(LedgerEntry.type == "access-records:dispute:raise")
    ).one()
    assert b"address" not in entry.leaf


@pytest.mark.parametrize(("before", "act"), list(itertools.product(DisputeState, DisputeAct)))
def test_every_pair_is_either_listed_or_refused(before: DisputeState, act: DisputeAct) -> None:
    listed = {
        ("open", "extend"): "open",
        ("open", "call-justified"): "justified",
        ("open", "call-wrong"): "wrong",
        ("justified", "appeal"): "appealed",
        ("appealed", "decide-justified"): "decided-justified",
        ("appealed", "decide-wrong"): "decided-wrong",
    }
    wanted = listed.get((before.value, act.value))
    if wanted is None:
        with pytest.raises(rules.DisputeActRefused):
            rules.next_dispute_state(before, act)
    else:
        assert rules.next_dispute_state(before, act) == wanted


def post(client: FlaskClient, address: str, **fields: str):
    """Send a form."""
    return client.post(address, data={"csrf_token": csrf_token(client), **fields}, follow_redirects=True)


def test_the_pages_lead_from_the_entry_to_the_answer(country, people) -> None:
    mina = people.sign_in("mina")
    address = f"/data/records/{record_id()}/dispute"
    assert address in mina.get("/data/").text
    page = post(mina, address, text="Why did you need my address?")
    assert "The answer is due on" in page.text
    assert "Personal Information Protection Act" in page.text

    official = people.sign_in("official")
    waiting = official.get("/data/disputes/waiting").text
    database.session.rollback()
    reference = database.session.scalars(select(Dispute.reference)).one()
    assert reference in waiting
    empty = post(official, f"/data/disputes/{reference}/answer", text="")
    assert empty.status_code == 422
    post(official, f"/data/disputes/{reference}/answer", justified="yes", text="For your housing benefit.")

    page = mina.get(address, follow_redirects=True).text
    assert "For your housing benefit." in page
    assert "Ask the privacy officer" in page


@pytest.mark.parametrize("role", list(Role))
def test_working_at_the_agency_opens_no_question_to_who_does_not_handle_it(country, people, role) -> None:
    asked = ask()
    number = people.create("colleague", role)
    with transaction():
        database.session.get_one(Account, number).agency_id = country.agency_id
    colleague = account("colleague")
    handles = role in (Role.AGENCY_OFFICIAL, Role.PRIVACY_OFFICER)
    assert [one.reference for one in list_waiting_disputes(colleague)] == ([asked] if handles else [])
    if handles:
        assert get_dispute(colleague, asked).reference == asked
    else:
        with pytest.raises(rules.DisputeNotFound):
            get_dispute(colleague, asked)
