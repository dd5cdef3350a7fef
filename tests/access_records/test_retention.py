"""Retention: what is erased and when, and that the person's proof holds before and after."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.access_records.models import (
    AccessAlert,
    AccessRecord,
    AccessReport,
    BreakGlassReview,
    Dispute,
    InformationSystem,
    SealedAccess,
)
from app.access_records.queries import proofs
from app.access_records.queries.oversight import open_leaves
from app.access_records.queries.timeline import Filters, Shown, list_entries
from app.access_records.rules import (
    AlertRule,
    AlertState,
    DisputeNotFound,
    SealGround,
    SealTerms,
    retention_limit,
)
from app.access_records.services import alerts, disputes, look_up, retention
from app.access_records.services.epochs import close_epoch
from app.access_records.services.records import record_accesses
from app.access_records.services.retention import erase_expired
from app.access_records.services.sealed import open_expired, seal_access
from app.accounts.models import Account
from app.accounts.policy import Role
from app.core.access_errors import ChainHeadError, GrowthError
from app.core.access_proofs import parse_access_proof, write_access_proof
from app.core.access_verification import Trust, verify_access_proof
from app.core.oversight import Sources, examine_epoch, read_ledger
from app.extensions import db as database
from app.ledger.models import LedgerEntry
from app.ledger.rules import Log
from app.ledger.services.keys import list_verifier_keys
from app.ledger.services.sequencer import sequence_batch
from app.platform import clock
from app.platform.transaction import transaction
from tests.access_records.conftest import Sender, record
from tests.access_records.kit import Country, found_country

NOON = datetime(2026, 11, 18, 3, tzinfo=UTC)
# Words that stand in the record and nowhere else.
UNIT, CASE, LAW, WHO = "Unit-of-Xanthippe", "case-of-Xanthippe", "law-of-Xanthippe", "ref-of-Xanthippe"


@pytest.fixture(autouse=True)
def _own_time():
    move(NOON)
    yield
    clock.set_offset(timedelta())


def move(to: datetime) -> None:
    clock.set_offset(to - datetime.now(UTC))


@pytest.fixture
def country(people, db) -> Country:
    """Mina, an official, a second one, and an inspector; the system keeps records for two years."""
    made = found_country()
    roles = {
        "mina": [],
        "official": [Role.AGENCY_OFFICIAL],
        "second": [Role.AGENCY_OFFICIAL],
        "inspector": [Role.INSPECTOR],
        "investigator": [Role.INVESTIGATOR],
    }
    ids = {name: people.create(name, *given) for name, given in roles.items()}
    with transaction():
        database.session.get_one(Account, ids["mina"]).person_id = made.person_ids[0]
        for name in ("official", "second", "inspector", "investigator"):
            database.session.get_one(Account, ids[name]).agency_id = made.agency_id
    return made


def account(name: str) -> Account:
    return database.session.scalars(select(Account).where(Account.email.startswith(f"{name}@"))).one()


def look(country: Country, person: int = 0, **changes: object) -> AccessRecord:
    usual = {"unit": UNIT, "case_number": CASE, "legal_basis": LAW, "official": WHO}
    with transaction():
        (made,) = record_accesses([country.access(country.person_ids[person], **(usual | changes))])
    return made


def make_file(country: Country, since: int | None = None) -> bytes:
    close_epoch()
    sequence_batch()
    proof = proofs.find_proof(country.person_ids[0], since)
    assert proof is not None
    return write_access_proof(proof)


def trust() -> Trust:
    return Trust(list_verifier_keys(Log.LEDGER), list_verifier_keys(Log.MAP))


def count(table: type) -> int:
    return len(database.session.scalars(select(table)).all())


def test_the_years_are_counted_to_the_day() -> None:
    assert retention_limit(NOON, 2) == NOON.replace(year=2024)
    leap = datetime(2028, 2, 29, 3, tzinfo=UTC)
    assert retention_limit(leap, 1) == datetime(2027, 2, 28, 3, tzinfo=UTC)


def test_nothing_is_erased_before_its_time(country) -> None:
    look(country)
    move(NOON.replace(year=2028) - timedelta(minutes=1))
    assert erase_expired() == 0
    move(NOON.replace(year=2028) + timedelta(minutes=1))
    assert erase_expired() == 1
    assert erase_expired() == 0


@pytest.mark.parametrize("years", [1, 2, 5])
def test_each_class_of_system_has_its_own_time(country, years) -> None:
    with transaction():
        database.session.get_one(InformationSystem, country.system_id).retention_years = years
    look(country)
    move(NOON.replace(year=2026 + years) - timedelta(days=1))
    assert erase_expired() == 0
    move(NOON.replace(year=2026 + years) + timedelta(days=1))
    assert erase_expired() == 1


def test_the_list_says_when_and_why_the_content_went(country, people) -> None:
    look(country)
    move(NOON.replace(year=2028) + timedelta(days=1))
    erase_expired()
    entries, _count = list_entries(country.person_ids[0], Filters())
    assert [(entry.number, entry.shown, entry.retention_years) for entry in entries] == [(1, Shown.ERASED, 2)]
    filtered, _count = list_entries(country.person_ids[0], Filters(agency=country.agency_id))
    assert filtered == []
    database.session.rollback()
    page = people.sign_in("mina").get("/data/").text
    assert "Entry 1: erased" in page
    assert "2 years after it was recorded" in page
    assert CASE not in page


def test_proofs_from_before_and_after_hold(country) -> None:
    look(country)
    before = make_file(country)
    look(country, case_number="another")
    move(NOON.replace(year=2028) + timedelta(hours=1))
    look(country, case_number="late")
    erase_expired()
    after = make_file(country, since=1)
    assert verify_access_proof(before, trust()).valid
    report = verify_access_proof(after, trust(), before)
    assert report.failure is None
    assert report.proof is not None
    assert [entry.withheld for entry in report.proof.entries] == ["erased", "erased", ""]
    assert "2 erased" in next(line.detail for line in report.checks if line.check == "access:entry-order")


def test_a_changed_commitment_of_an_erased_entry_is_found(country) -> None:
    look(country)
    move(NOON.replace(year=2028) + timedelta(hours=1))
    erase_expired()
    proof = parse_access_proof(make_file(country))
    (entry,) = proof.entries
    forged = replace(proof, entries=(replace(entry, bare_commitment="0" * 64),))
    assert type(verify_access_proof(write_access_proof(forged)).failure) is ChainHeadError


def test_an_entry_that_is_called_erased_too_early_is_found(country) -> None:
    made = look(country)
    before = make_file(country)
    move(NOON + timedelta(days=90))
    with transaction():
        made.erased_at = clock.now()
    report = verify_access_proof(make_file(country, since=1), trust(), before)
    assert type(report.failure) is GrowthError
    assert "less than a year" in str(report.failure)


def test_the_oversight_body_still_finds_that_all_agrees(country) -> None:
    look(country)
    move(NOON.replace(year=2028) + timedelta(hours=1))
    erase_expired()
    move(NOON.replace(year=2028) + timedelta(hours=2))
    number = close_epoch().number
    sequence_batch()
    opened = open_leaves(number)
    assert opened is not None
    leaves = database.session.scalars(select(LedgerEntry.leaf).order_by(LedgerEntry.index))
    sources = Sources(None, read_ledger(leaves), list_verifier_keys(Log.MAP))
    assert examine_epoch(opened, sources).findings == []


def test_everything_around_the_record_goes_too(country, app) -> None:
    official = account("official")
    made = look(country, official_account_id=official.id, break_glass=True)
    with transaction():
        database.session.add(BreakGlassReview(record_id=made.id, reason="reason-of-Xanthippe"))
        database.session.add(
            AccessAlert(
                record_id=made.id,
                agency_id=country.agency_id,
                rule=AlertRule.OUT_OF_HOURS.value,
                state=AlertState.OPEN.value,
                raised_at=clock.now(),
            )
        )
    look_up.review_break_glass(account("second"), made.id, justified=True, note="note-of-Xanthippe")
    reference = disputes.raise_dispute(account("mina"), made.id, "question-of-Xanthippe")
    disputes.answer_dispute(account("second"), reference, justified=False, answer="answer-of-Xanthippe")
    alert = database.session.scalars(select(AccessAlert)).one()
    alerts.explain_alert(official, alert.id, "explanation-of-Xanthippe")
    alerts.judge_alert(account("inspector"), alert.id, justified=True, finding="finding-of-Xanthippe")
    assert where_it_stands("Xanthippe")
    move(NOON.replace(year=2028) + timedelta(hours=1))
    assert erase_expired() == 1
    assert where_it_stands("Xanthippe") == []
    assert [count(table) for table in (BreakGlassReview, Dispute, AccessAlert)] == [0, 0, 0]
    row = database.session.scalars(select(AccessRecord)).one()
    assert (row.number, row.nonce, row.official_account_id, row.purpose_code) == (1, b"", None, None)
    assert row.chain_head
    assert row.commitment.encode() in row.ledger_entry.leaf


def where_it_stands(word: str) -> list[str]:
    """The tables, and the parts of the SQLite file, in which the word stands."""
    found = []
    for table in database.metadata.sorted_tables:
        rows = database.session.execute(select(table)).all()
        if word.lower() in repr(rows).lower():
            found.append(table.name)
    database.session.rollback()
    if database.engine.dialect.name == "sqlite":
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        path = Path(str(database.engine.url.database))
        found += [path.name] if word.encode() in path.read_bytes() else []
    return found


def test_a_record_with_an_open_question_is_kept_until_the_answer(country) -> None:
    made = look(country)
    move(NOON.replace(year=2028) - timedelta(days=1))
    reference = disputes.raise_dispute(account("mina"), made.id, "Why?")
    move(NOON.replace(year=2028) + timedelta(days=1))
    assert erase_expired() == 0
    disputes.answer_dispute(account("official"), reference, justified=False, answer="A mistake")
    assert erase_expired() == 1
    with pytest.raises(DisputeNotFound):
        disputes.raise_dispute(account("mina"), made.id, "Why?")


def test_reports_of_systems_are_erased_with_their_records(country, app) -> None:
    clock.set_offset(timedelta())
    assert Sender(app, country).post(record()).status_code == 201
    assert count(AccessReport) == 1
    clock.set_offset(timedelta(days=2 * 366 + 1))
    erase_expired()
    assert count(AccessReport) == 0
    assert database.session.scalars(select(AccessRecord.sender_id)).all() == [None]


def test_the_ledger_says_how_much_of_whom_was_erased(country) -> None:
    look(country, 0)
    look(country, 1)
    move(NOON.replace(year=2028) + timedelta(hours=1))
    erase_expired()
    kind = "access-records:content:erase"
    entry = database.session.scalars(select(LedgerEntry).where(LedgerEntry.type == kind)).one()
    assert entry.public == {"agencies": {"Ministry of Welfare": 2}}


def test_a_stop_in_between_leaves_nothing_half_erased(country, monkeypatch) -> None:
    look(country, 0)
    look(country, 1)
    monkeypatch.setattr(retention, "BATCH", 1)
    real, calls = retention._erase_content, iter(range(9))

    def stop_at_the_second(made: AccessRecord) -> None:
        real(made)
        if next(calls) == 1:
            raise KeyboardInterrupt

    move(NOON.replace(year=2028) + timedelta(hours=1))
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(retention, "_erase_content", stop_at_the_second)
        erase_expired()
    database.session.rollback()
    nonces = database.session.scalars(select(AccessRecord.nonce).order_by(AccessRecord.id)).all()
    assert [len(nonce) for nonce in nonces] == [0, 32]
    assert erase_expired() == 1


def test_an_opened_seal_is_erased_years_after_it_opened(country) -> None:
    access = country.access(country.person_ids[0], unit=UNIT, case_number=CASE, legal_basis=LAW)
    terms = SealTerms(SealGround.COURT_ORDER, "court of Xanthippe", NOON + timedelta(days=300))
    seal_access(account("investigator"), access, terms)
    move(NOON.replace(year=2028) + timedelta(days=1))
    open_expired()
    assert erase_expired() == 0
    assert verify_access_proof(make_file(country), trust()).valid
    move(NOON.replace(year=2030) + timedelta(days=2))
    assert erase_expired() == 1
    assert where_it_stands("Xanthippe") == []
    assert count(SealedAccess) == 1
    assert verify_access_proof(make_file(country), trust()).valid
