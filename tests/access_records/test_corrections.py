"""A person reads what is held about them, and has it corrected or deleted: clock, answer, appeal."""

import itertools
import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.access_records.models import AccessRecord, CorrectionRequest, SystemDatum
from app.access_records.queries.corrections import get_correction_deadline
from app.access_records.rules import NoPersonYet
from app.access_records.rules import corrections as rules
from app.access_records.rules.corrections import CorrectionAct, CorrectionKind, CorrectionState
from app.access_records.services import corrections
from app.access_records.services.held_data import delete_datum, store_datum
from app.accounts.models import Account
from app.accounts.policy import Role
from app.extensions import db as database
from app.ledger.models import LedgerEntry
from app.platform import clock
from app.platform.deadlines import StepKind
from app.platform.errors import PermissionDenied
from app.platform.transaction import transaction
from tests.access_records.kit import Country, found_country
from tests.conftest import csrf_token

OLD, NEW = "12 Riverside Street", "3 Market Lane"


@pytest.fixture(autouse=True)
def _own_time():
    yield
    clock.set_offset(timedelta())


@pytest.fixture
def country(people, db) -> Country:
    """Mina's address and name are held by an agency with an official, another, and a privacy officer."""
    made = found_country()
    roles = {
        "mina": [],
        "stranger": [],
        "official": [Role.AGENCY_OFFICIAL],
        "officer": [Role.PRIVACY_OFFICER],
        "both": [Role.AGENCY_OFFICIAL, Role.PRIVACY_OFFICER],
        "elsewhere": [Role.AGENCY_OFFICIAL],
    }
    ids = {name: people.create(name, *given) for name, given in roles.items()}
    with transaction():
        database.session.get_one(Account, ids["mina"]).person_id = made.person_ids[0]
        database.session.get_one(Account, ids["stranger"]).person_id = made.person_ids[1]
        for name in ("official", "officer", "both"):
            database.session.get_one(Account, ids[name]).agency_id = made.agency_id
        store_datum(made.system_id, made.person_ids[0], "address", OLD)
        store_datum(made.system_id, made.person_ids[0], "name", "Mina Kim")
    return made


def account(name: str) -> Account:
    """One of the country's people."""
    return database.session.scalars(select(Account).where(Account.email.startswith(f"{name}@"))).one()


def datum_id(category: str = "address") -> int:
    """The number of what is held."""
    return database.session.scalars(select(SystemDatum.id).where(SystemDatum.category == category)).one()


def held() -> dict[str, str]:
    """What the system holds now."""
    database.session.rollback()
    rows = database.session.execute(select(SystemDatum.category, SystemDatum.value))
    return {row.category: row.value for row in rows}


def ask(kind: CorrectionKind = CorrectionKind.CORRECTION) -> str:
    """Mina asks."""
    return corrections.request_correction(account("mina"), datum_id(), kind, "I have moved.", NEW)


def the_request() -> CorrectionRequest:
    """The one request."""
    database.session.rollback()
    return database.session.scalars(select(CorrectionRequest)).one()


def mails(app: Flask) -> int:
    """How many mails were sent."""
    return len(list((Path(app.config["DATA_DIR"]) / "mail").glob("*.eml")))


def test_a_granted_correction_changes_the_datum_and_is_recorded(app: Flask, country) -> None:
    reference = ask()
    assert held()["address"] == OLD
    corrections.answer_correction(account("official"), reference, granted=True, answer="You are right.")
    assert held() == {"address": NEW, "name": "Mina Kim"}
    assert the_request().state == "granted"
    (record,) = database.session.scalars(select(AccessRecord)).all()
    assert (record.action, record.categories, record.case_number) == ("change", ["address"], reference)
    assert record.official_account_id == account("official").id
    # Two about the request, one about the access.
    assert mails(app) == 3


def test_a_granted_deletion_deletes_the_datum_and_no_other(country) -> None:
    corrections.answer_correction(
        account("official"), ask(CorrectionKind.DELETION), granted=True, answer="Gone."
    )
    assert held() == {"name": "Mina Kim"}


def test_a_refusal_changes_nothing_and_can_be_appealed(country) -> None:
    reference = ask()
    corrections.answer_correction(account("official"), reference, granted=False, answer="No proof.")
    assert held()["address"] == OLD
    corrections.appeal_correction(account("mina"), reference, "I have sent the lease.")
    corrections.decide_correction(account("officer"), reference, granted=True, decision="She has.")
    assert held()["address"] == NEW
    assert the_request().state == "decided-granted"
    kinds = database.session.scalars(
        select(LedgerEntry.type)
        .where(LedgerEntry.type.startswith("access-records:correction"))
        .order_by(LedgerEntry.id)
    ).all()
    assert [kind.rpartition(":")[2] for kind in kinds] == ["request", "answer", "appeal", "decide"]


def test_who_refused_does_not_decide_the_appeal(country) -> None:
    reference = ask()
    corrections.answer_correction(account("both"), reference, granted=False, answer="No.")
    corrections.appeal_correction(account("mina"), reference, "Still wrong.")
    with pytest.raises(rules.OwnCorrection):
        corrections.decide_correction(account("both"), reference, granted=False, decision="No again.")


def test_nobody_answers_about_their_own_data(country) -> None:
    reference = ask()
    with transaction():
        account("mina").person_id = None
        account("official").person_id = country.person_ids[0]
    with pytest.raises(rules.OwnCorrection):
        corrections.answer_correction(account("official"), reference, granted=True, answer="Of course.")
    assert held()["address"] == OLD


def test_only_ones_own_data_and_one_request_at_a_time(country) -> None:
    number = datum_id()
    with pytest.raises(rules.DatumNotHeld):
        corrections.request_correction(account("stranger"), number, CorrectionKind.DELETION, "Not mine.")
    with pytest.raises(NoPersonYet):
        corrections.request_correction(account("elsewhere"), number, CorrectionKind.DELETION, "Not mine.")
    reference = ask()
    with pytest.raises(rules.AlreadyRequested):
        ask()
    corrections.answer_correction(account("official"), reference, granted=False, answer="No.")
    assert ask() != reference


def test_two_requests_at_once_make_one(app: Flask, country) -> None:
    number, mina_id, outcomes = datum_id(), account("mina").id, []
    database.session.rollback()

    def send() -> None:
        with app.app_context():
            try:
                mina = database.session.get_one(Account, mina_id)
                corrections.request_correction(mina, number, CorrectionKind.CORRECTION, "Moved", NEW)
                outcomes.append("taken")
            except rules.AlreadyRequested:
                outcomes.append("refused")
            finally:
                database.session.remove()

    threads = [threading.Thread(target=send) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 4 + ["taken"]


def test_another_agency_and_other_roles_answer_nothing(country) -> None:
    reference = ask()
    with pytest.raises(rules.CorrectionNotFound):
        corrections.answer_correction(account("elsewhere"), reference, granted=True, answer="Yes.")
    with pytest.raises(PermissionDenied):
        corrections.answer_correction(account("officer"), reference, granted=True, answer="Yes.")
    with pytest.raises(PermissionDenied):
        corrections.decide_correction(account("official"), reference, granted=True, decision="Yes.")
    with pytest.raises(rules.CorrectionNotFound):
        corrections.appeal_correction(account("stranger"), reference, "Me too.")


def test_what_has_gone_meanwhile_cannot_be_corrected_but_counts_as_deleted(country) -> None:
    reference = ask()
    with transaction():
        delete_datum(country.system_id, country.person_ids[0], "address")
    with pytest.raises(rules.DatumNotHeld):
        corrections.answer_correction(account("official"), reference, granted=True, answer="Yes.")
    assert the_request().state == "open"
    assert database.session.scalars(select(AccessRecord)).all() == []


def test_the_answer_is_due_after_ten_days_and_can_be_extended_once(country) -> None:
    # Every day after this Monday counts, the holiday of 3 October too.
    clock.set_offset(datetime(2026, 9, 28, 3, tzinfo=UTC) - datetime.now(UTC))
    reference = ask()
    assert str(get_correction_deadline(the_request()).due_on) == "2026-10-08"
    corrections.extend_correction(account("official"), reference, 5, "The file is in the archive.")
    deadline = get_correction_deadline(the_request())
    assert str(deadline.due_on) == "2026-10-13"
    assert StepKind.EXTENSION in [step.kind for step in deadline.steps]
    for days in (1, 11):
        with pytest.raises(rules.CorrectionNotExtended):
            corrections.extend_correction(account("official"), reference, days, "again")


def test_a_request_of_the_early_morning_is_of_that_day_in_the_town(country) -> None:
    # A quarter past midnight of 29 September in Seoul.
    clock.set_offset(datetime(2026, 9, 28, 15, 15, tzinfo=UTC) - datetime.now(UTC))
    ask()
    deadline = get_correction_deadline(the_request())
    assert str(deadline.steps[0].on) == "2026-09-29"


def test_what_was_asked_stays_out_of_the_public_leaf(country) -> None:
    ask()
    entry = database.session.scalars(
        select(LedgerEntry).where(LedgerEntry.type == "access-records:correction:request")
    ).one()
    assert b"moved" not in entry.leaf
    assert b"address" not in entry.leaf
    assert entry.public["kind"] == "correction"


@pytest.mark.parametrize(("before", "act"), list(itertools.product(CorrectionState, CorrectionAct)))
def test_every_pair_is_either_listed_or_refused(before: CorrectionState, act: CorrectionAct) -> None:
    listed = {
        ("open", "extend"): "open",
        ("open", "grant"): "granted",
        ("open", "refuse"): "refused",
        ("open", "withdraw"): "withdrawn",
        ("refused", "appeal"): "appealed",
        ("appealed", "decide-grant"): "decided-granted",
        ("appealed", "decide-refuse"): "decided-refused",
    }
    wanted = listed.get((before.value, act.value))
    if wanted is None:
        with pytest.raises(rules.CorrectionActRefused):
            rules.next_correction_state(before, act)
    else:
        assert rules.next_correction_state(before, act) == wanted


def post(client: FlaskClient, address: str, **fields: str):
    """Send a form."""
    return client.post(address, data={"csrf_token": csrf_token(client), **fields}, follow_redirects=True)


def test_only_the_person_reads_what_is_held_about_them(country, people) -> None:
    mina = people.sign_in("mina")
    assert "/data/held" in mina.get("/data/").text
    page = mina.get("/data/held")
    assert OLD in page.text
    assert page.headers["Cache-Control"] == "no-store"
    stranger = people.sign_in("stranger")
    assert OLD not in stranger.get("/data/held").text
    assert stranger.get(f"/data/held/{datum_id()}").status_code == 404
    assert "show your identity card" in people.sign_in("elsewhere").get("/data/held").text


def test_the_pages_lead_from_the_datum_to_the_appeal(country, people) -> None:
    mina, address = people.sign_in("mina"), f"/data/held/{datum_id()}"
    unsaid = post(mina, address, kind="correction", text="I have moved.")
    assert unsaid.status_code == 422
    assert "Enter what is right" in unsaid.text
    page = post(mina, address, kind="correction", wanted_value=NEW, text="I have moved.").text
    assert "The answer is due on" in page
    assert "10 days by law (Enforcement Decree of the Personal Information Protection Act" in page
    reference = the_request().reference
    assert reference in mina.get("/data/held").text

    official = people.sign_in("official")
    assert reference in official.get("/data/corrections/waiting").text
    page = official.get(f"/data/corrections/{reference}").text
    assert NEW in page
    assert OLD not in page
    assert database.session.scalars(select(AccessRecord)).all() == []
    page = post(official, f"/data/corrections/{reference}/held").text
    assert OLD in page
    database.session.rollback()
    assert [record.action for record in database.session.scalars(select(AccessRecord))] == ["view"]
    post(official, f"/data/corrections/{reference}/answer", granted="no", text="Bring the lease.")

    page = mina.get(f"/data/corrections/{reference}").text
    assert "Bring the lease." in page
    assert re.search(r"Ask the privacy officer", page)
    post(mina, f"/data/corrections/{reference}/appeal", text="I have brought it.")
    officer = people.sign_in("officer")
    post(officer, f"/data/corrections/{reference}/decide", granted="yes", text="She has.")
    assert NEW in mina.get("/data/held").text
