"""The monthly report: drafted by itself, signed off by the inspector, public, and late in public."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.access_records.models import InspectionReport
from app.access_records.queries.figures import find_month_begin, find_month_end
from app.access_records.queries.inspections import list_public_reports
from app.access_records.rules import (
    FEWER,
    FEWEST_SHOWN,
    WITHHELD,
    Action,
    InspectionNotFound,
    InspectionSigned,
    compute_due,
    first_working_day,
    mask_counts,
    previous_month,
)
from app.access_records.services.inspection import draft_reports, sign_report
from app.access_records.services.records import record_accesses
from app.accounts.models import Account
from app.accounts.policy import Role
from app.extensions import db as database
from app.ledger.models import LedgerEntry
from app.platform import clock
from app.platform.errors import PermissionDenied
from app.platform.transaction import transaction
from tests.access_records.kit import Country, found_country
from tests.conftest import csrf_token

SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture(autouse=True)
def _october():
    move(2026, 10, 14)
    yield
    clock.set_offset(timedelta())


def move(year: int, month: int, day: int, hour: int = 12) -> None:
    clock.set_offset(datetime(year, month, day, hour, tzinfo=SEOUL) - datetime.now(UTC))


@pytest.fixture
def country(people, db) -> Country:
    """Seven viewed and two downloaded in October; an inspector of the agency, and one of another."""
    made = found_country()
    ids = {name: people.create(name, Role.INSPECTOR) for name in ("inspector", "stranger")}
    ids["official"] = people.create("official", Role.AGENCY_OFFICIAL)
    with transaction():
        for name in ("inspector", "official"):
            database.session.get_one(Account, ids[name]).agency_id = made.agency_id
        person = made.person_ids[0]
        record_accesses([made.access(person) for _ in range(7)])
        record_accesses([made.access(person, action=Action.DOWNLOAD, unit="Statistics") for _ in range(2)])
    return made


def account(name: str) -> Account:
    return database.session.scalars(select(Account).where(Account.email.startswith(f"{name}@"))).one()


def draft() -> int:
    """The October report, drafted on the first working day of November."""
    move(2026, 11, 2)
    assert draft_reports() == 1
    return database.session.scalars(select(InspectionReport.id)).one()


def test_months_and_working_days() -> None:
    assert previous_month(date(2026, 1, 5)) == "2025-12"
    assert first_working_day("2026-10") == date(2026, 11, 2)
    # New Year is a holiday, 2 January a Friday.
    assert first_working_day("2025-12") == date(2026, 1, 2)
    assert compute_due("2026-10").due_on == date(2026, 11, 16)


def test_a_month_begins_and_ends_at_the_town_s_midnight() -> None:
    assert find_month_begin("2026-10") == datetime(2026, 9, 30, 15, tzinfo=UTC)
    assert find_month_end("2026-12") == datetime(2026, 12, 31, 15, tzinfo=UTC)


def test_the_draft_is_made_on_the_first_working_day_and_once(country) -> None:
    move(2026, 11, 1)
    assert draft_reports() == 0
    draft()
    assert draft_reports() == 0
    move(2026, 11, 20)
    assert draft_reports() == 0
    # After an outage of the worker, on any later day.
    move(2026, 12, 15)
    assert draft_reports() == 1


def test_signing_publishes_the_numbers_and_their_hash(country, client) -> None:
    number = draft()
    assert client.get(f"/data/reports/{number}").status_code == 404
    assert client.get(f"/data/reports/{number}.json").status_code == 404
    sign_report(account("inspector"), number, "Nothing unusual.")
    raw = client.get(f"/data/reports/{number}.json").data
    entry = database.session.scalars(
        select(LedgerEntry).where(LedgerEntry.type == "access-records:inspection:sign")
    ).one()
    assert entry.public["sha256"] == sha256(raw).hexdigest()
    content = json.loads(raw)
    assert content["figures"]["look_ups"]["total"] == 9
    assert content["figures"]["look_ups"]["by_unit"] == {"Statistics": FEWER, "Welfare": WITHHELD}
    assert content["figures"]["downloads"]["total"] == FEWER
    assert content["findings"] == "Nothing unusual."
    page = client.get(f"/data/reports/{number}").text
    assert "Nothing unusual." in page
    assert entry.leaf_hash in page
    rows = list(csv.reader(io.StringIO(client.get(f"/data/reports/{number}.csv").text.lstrip("\ufeff"))))
    assert ["look_ups", "total", "9"] in rows


def test_a_signed_report_stays_as_it_is(country) -> None:
    number = draft()
    sign_report(account("inspector"), number, "Nothing unusual.")
    with pytest.raises(InspectionSigned):
        sign_report(account("inspector"), number, "Something else.")


def test_only_the_agency_s_inspector_signs(country) -> None:
    number = draft()
    with pytest.raises(InspectionNotFound):
        sign_report(account("stranger"), number, "Fine.")
    with pytest.raises(PermissionDenied):
        sign_report(account("official"), number, "Fine.")


def test_a_late_report_is_late_in_public(country, client) -> None:
    number = draft()
    move(2026, 11, 16, 23)
    assert [item.is_overdue for item in list_public_reports()] == [False]
    move(2026, 11, 17, 1)
    assert [item.is_overdue for item in list_public_reports()] == [True]
    assert "Overdue" in client.get("/data/reports").text
    sign_report(account("inspector"), number, "Late, but here.")
    assert "Overdue" not in client.get("/data/reports").text


def test_the_inspector_reads_and_signs_on_a_page(country, people) -> None:
    number = draft()
    database.session.rollback()
    inspector = people.sign_in("inspector")
    assert "Report of October 2026" in inspector.get("/data/supervision/").text
    page = inspector.get(f"/data/supervision/reports/{number}").text
    assert "fewer than 5" in page
    form = {"csrf_token": csrf_token(inspector), "text": " "}
    assert inspector.post(f"/data/supervision/reports/{number}", data=form).status_code == 422
    form["text"] = "Nothing unusual."
    answer = inspector.post(f"/data/supervision/reports/{number}", data=form)
    assert (answer.status_code, answer.location) == (303, f"/data/reports/{number}")
    assert people.sign_in("stranger").get(f"/data/supervision/reports/{number}").status_code == 404


def test_signing_asks_for_a_recent_proof(country, people) -> None:
    number = draft()
    database.session.rollback()
    inspector = people.sign_in("inspector")
    form = {"csrf_token": csrf_token(inspector), "text": "Nothing unusual."}
    clock.set_offset(datetime(2026, 11, 2, 12, 12, tzinfo=SEOUL) - datetime.now(UTC))
    answer = inspector.post(f"/data/supervision/reports/{number}", data=form)
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/account/proof")
    assert database.session.scalars(select(InspectionReport.signed_at)).all() == [None]


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 40), max_size=6))
def test_hidden_counts_cannot_be_found_by_subtracting(counts) -> None:
    shown = mask_counts(counts)
    assert set(shown) == set(counts)
    hidden = [counts[name] for name, value in shown.items() if isinstance(value, str)]
    assert all(value == counts[name] for name, value in shown.items() if not isinstance(value, str))
    assert not any(0 < value < FEWEST_SHOWN for value in shown.values() if isinstance(value, int))
    is_everything_hidden = len(hidden) == sum(count > 0 for count in counts.values())
    assert not hidden or is_everything_hidden or (len(hidden) > 1 and sum(hidden) >= FEWEST_SHOWN)
