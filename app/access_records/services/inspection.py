"""The monthly report of an agency's inspector: drafted by itself, signed off by a person, then public."""

from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import select

from app.access_records.models import InformationSystem, InspectionReport
from app.access_records.queries.figures import collect_figures, find_month_end
from app.access_records.queries.inspections import get_inspection, town_today
from app.access_records.rules import InspectionNotFound, InspectionSigned, first_working_day, previous_month
from app.accounts.models import Account, Agency
from app.core.commitments import canonical_json
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.platform import clock
from app.platform.errors import PermissionDenied
from app.platform.permissions import Permission
from app.platform.transaction import transaction

FORMAT = "hwabaek-inspection/v1"


def draft_reports() -> int:
    """From the first working day on: one report of the month before for each agency with a system; how many.

    Harmless to run twice, and on a later day: nothing is drafted again.
    """
    today = town_today()
    month = previous_month(today)
    if today < first_working_day(month):
        return 0
    with transaction():
        missing = _list_agencies_without(month)
        for agency_id in missing:
            draft_report(agency_id, month)
    return len(missing)


def draft_report(agency_id: int, month: str) -> InspectionReport:
    """Begin an agency's report in the caller's transaction; its numbers are counted when it is read."""
    report = InspectionReport(agency_id=agency_id, month=month, drafted_at=clock.now())
    db.session.add(report)
    db.session.flush()
    return report


def sign_report(inspector: Account, report_id: int, findings: str) -> InspectionReport:
    """Sign a month off with what was found: the numbers are fixed, their hash goes into the ledger.

    Raises PermissionDenied, InspectionNotFound, InspectionSigned.
    """
    if not inspector.has_permission(Permission.SUPERVISION_INSPECT):
        raise PermissionDenied
    get_inspection(inspector, report_id)
    with transaction():
        report = _lock(report_id)
        if report.signed_at is not None:
            raise InspectionSigned
        now = clock.now().replace(microsecond=0)
        report.signed_at = now
        report.content = {
            "format": FORMAT,
            "agency": report.agency.name,
            "month": report.month,
            "figures": collect_figures(report.agency_id, report.month),
            "findings": findings,
            "signed_at": now.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        }
        report.ledger_entry_id = _append(inspector, report)
    return report


def _append(inspector: Account, report: InspectionReport) -> int:
    digest = sha256(canonical_json(report.content or {})).hexdigest()
    public = {"agency": report.agency.name, "month": report.month, "sha256": digest}
    by = Personal({"inspector": inspector.id}, inspector.id)
    return ledger.append(Entry(EntryType.INSPECTION_SIGN, public=public, personal=[by])).id


def _lock(report_id: int) -> InspectionReport:
    wanted = select(InspectionReport).where(InspectionReport.id == report_id)
    report = db.session.scalar(
        wanted.with_for_update(of=InspectionReport).execution_options(populate_existing=True)
    )
    if report is None:
        raise InspectionNotFound
    return report


def _list_agencies_without(month: str) -> list[int]:
    """Agencies that had a system by the month's end and no report of it yet; locked against a second job."""
    drafted = select(InspectionReport.agency_id).where(InspectionReport.month == month)
    end: datetime = find_month_end(month)
    connected = select(InformationSystem.agency_id).where(InformationSystem.registered_at < end)
    wanted = select(Agency).where(Agency.id.in_(connected)).order_by(Agency.id).with_for_update()
    agencies = [agency.id for agency in db.session.scalars(wanted)]
    done = set(db.session.scalars(drafted))
    return [agency_id for agency_id in agencies if agency_id not in done]
