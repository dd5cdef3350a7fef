"""Readers of the monthly reports: the inspector's own agency, and what is public."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.access_records.models import InspectionReport
from app.access_records.rules import InspectionNotFound, compute_due
from app.accounts.models import Account
from app.core.commitments import canonical_json
from app.extensions import db
from app.ledger.models import LedgerEntry
from app.platform import clock
from app.platform.deadlines import Deadline

SHOWN_REPORTS = 120


@dataclass(frozen=True)
class ListedReport:
    """One line of a list: signed off, waiting, or overdue."""

    report: InspectionReport
    due_on: date | None
    is_overdue: bool


def town_today() -> date:
    """The day by the town's clocks."""
    return clock.now().astimezone(clock.TOWN_ZONE).date()


def get_inspection(inspector: Account, report_id: int) -> InspectionReport:
    """A report of the inspector's agency. Raises InspectionNotFound."""
    report = db.session.get(InspectionReport, report_id)
    if report is None or inspector.agency_id is None or report.agency_id != inspector.agency_id:
        raise InspectionNotFound
    return report


def get_signed_inspection(report_id: int) -> InspectionReport:
    """A report that everybody may read. Raises InspectionNotFound."""
    report = db.session.get(InspectionReport, report_id)
    if report is None or report.signed_at is None:
        raise InspectionNotFound
    return report


def list_inspections(agency_id: int | None) -> list[ListedReport]:
    """An agency's reports, newest month first."""
    wanted = select(InspectionReport).where(InspectionReport.agency_id == agency_id)
    today = town_today()
    return [
        _as_listed(report, today)
        for report in db.session.scalars(wanted.order_by(InspectionReport.month.desc()))
    ]


def list_public_reports() -> list[ListedReport]:
    """The newest reports of every agency, those that were not signed off included."""
    wanted = (
        select(InspectionReport)
        .options(joinedload(InspectionReport.agency))
        .order_by(InspectionReport.month.desc(), InspectionReport.agency_id)
        .limit(SHOWN_REPORTS)
    )
    today = town_today()
    return [_as_listed(report, today) for report in db.session.scalars(wanted)]


def get_deadline_of(report: InspectionReport) -> Deadline:
    """When the report must be signed off, and why."""
    return compute_due(report.month)


def find_leaf_hash(report: InspectionReport) -> str:
    """The ledger entry of the signature; empty before it."""
    entry = db.session.get(LedgerEntry, report.ledger_entry_id or 0)
    return "" if entry is None else entry.leaf_hash


def read_signed(report: InspectionReport) -> tuple[bytes, str]:
    """The signed report byte for byte, and its SHA-256 as the ledger has it."""
    raw = canonical_json(report.content or {})
    return raw, sha256(raw).hexdigest()


def list_rows(content: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The figures as lines of a spreadsheet: section, name, number."""
    for section, figures in content["figures"].items():
        for name, value in figures.items():
            if isinstance(value, Mapping):
                for key, count in value.items():
                    yield section, f"{name}: {key}", str(count)
            else:
                yield section, name, str(value)


def _as_listed(report: InspectionReport, today: date) -> ListedReport:
    due_on = get_deadline_of(report).due_on
    is_overdue = report.signed_at is None and due_on is not None and today > due_on
    return ListedReport(report, due_on, is_overdue)
