"""Readers of access records: for their system, and for those who review emergencies."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.access_records.models import AccessRecord, BreakGlassReview, PurposeCode
from app.access_records.rules import ReviewNotFound
from app.extensions import db


def list_purpose_codes() -> list[PurposeCode]:
    """The purposes that the register knows."""
    return list(db.session.scalars(select(PurposeCode).order_by(PurposeCode.text)))


def list_waiting_reviews(agency_id: int | None) -> list[BreakGlassReview]:
    """The emergency look-ups of an agency that nobody has reviewed, oldest first."""
    wanted = (
        select(BreakGlassReview)
        .join(BreakGlassReview.record)
        .options(joinedload(BreakGlassReview.record).joinedload(AccessRecord.system))
        .where(AccessRecord.agency_id == agency_id, BreakGlassReview.reviewed_at.is_(None))
        .order_by(BreakGlassReview.record_id)
    )
    return list(db.session.scalars(wanted))


def get_waiting_review(agency_id: int | None, record_id: int) -> BreakGlassReview:
    """One emergency look-up that waits for this agency. Raises ReviewNotFound."""
    wanted = (
        select(BreakGlassReview)
        .join(BreakGlassReview.record)
        .where(
            BreakGlassReview.record_id == record_id,
            AccessRecord.agency_id == agency_id,
            BreakGlassReview.reviewed_at.is_(None),
        )
        .with_for_update(of=BreakGlassReview)
    )
    review = db.session.scalar(wanted)
    if review is None:
        raise ReviewNotFound
    return review


def list_usages(
    system_id: int, person_id: int, since: datetime, until: datetime, *, offset: int, limit: int
) -> tuple[int, list[AccessRecord]]:
    """How many accesses a system recorded about a person in a period, and some of them, newest first."""
    conditions = (
        AccessRecord.system_id == system_id,
        AccessRecord.person_id == person_id,
        AccessRecord.accessed_at >= since,
        AccessRecord.accessed_at <= until,
        AccessRecord.erased_at.is_(None),
    )
    total = db.session.scalar(select(func.count()).select_from(AccessRecord).where(*conditions)) or 0
    wanted = (
        select(AccessRecord)
        .where(*conditions)
        .order_by(AccessRecord.accessed_at.desc(), AccessRecord.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return total, list(db.session.scalars(wanted))


def find_first_access(system_id: int) -> datetime | None:
    """When the oldest access that a system recorded took place."""
    return db.session.scalar(
        select(func.min(AccessRecord.accessed_at)).where(
            AccessRecord.system_id == system_id, AccessRecord.erased_at.is_(None)
        )
    )
