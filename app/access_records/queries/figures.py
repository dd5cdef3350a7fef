"""The numbers of an agency's month: what the inspector reads, and everybody once it is signed off."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.access_records.models import (
    AccessAlert,
    AccessRecord,
    BreakGlassReview,
    Dispute,
    InformationSystem,
    RefusalCount,
    SealedAccess,
    SharingDifference,
)
from app.access_records.rules import Action, mask_counts, mask_total
from app.extensions import db
from app.platform.clock import TOWN_ZONE

Figures = dict[str, object]
# In which order the parts of a report are shown; the stored one is sorted by name.
ORDER = (
    *("look_ups", "downloads", "emergencies", "alerts", "questions", "seals", "refusals", "sharing"),
    *("total", "by_purpose", "by_unit", "by_system", "by_action"),
)


def collect_figures(agency_id: int, month: str) -> Figures:
    """Every number of the report as it is published: small ones are hidden."""
    begin, end = find_month_begin(month), find_month_end(month)
    mine = [
        AccessRecord.agency_id == agency_id,
        AccessRecord.recorded_at >= begin,
        AccessRecord.recorded_at < end,
    ]
    return {
        "look_ups": _collect_look_ups(mine),
        "downloads": _collect_downloads(mine),
        "emergencies": mask_counts(_count_emergencies(mine)),
        "alerts": mask_counts(_count_alerts(agency_id, begin, end)),
        "questions": mask_counts(_count_disputes(agency_id, begin, end)),
        "seals": _count_seals(agency_id, begin, end),
        "refusals": _count_refusals(agency_id, begin, end),
        "sharing": _count_sharing(agency_id, begin, end),
    }


def arrange_figures(figures: Figures) -> Figures:
    """The figures in the order in which they are read; what has no place in it comes last."""
    places = {name: place for place, name in enumerate(ORDER)}
    ordered = sorted(figures.items(), key=lambda item: places.get(item[0], len(places)))
    return {name: arrange_figures(value) if isinstance(value, dict) else value for name, value in ordered}


def find_month_begin(month: str) -> datetime:
    """Midnight of the town at which a month ("2026-10") begins."""
    year, number = map(int, month.split("-"))
    return datetime(year, number, 1, tzinfo=TOWN_ZONE)


def find_month_end(month: str) -> datetime:
    """Midnight of the town at which a month ends."""
    year, number = map(int, month.split("-"))
    return datetime(year + number // 12, number % 12 + 1, 1, tzinfo=TOWN_ZONE)


def _collect_look_ups(mine: Iterable[ColumnElement[bool]]) -> Figures:
    by_system = (
        select(InformationSystem.code, func.count())
        .join(AccessRecord.system)
        .where(*mine)
        .group_by(InformationSystem.code)
    )
    return {
        "total": mask_total(_count(mine)),
        "by_purpose": mask_counts(_group(AccessRecord.purpose_code, mine)),
        "by_unit": mask_counts(_group(AccessRecord.unit, mine)),
        "by_system": mask_counts(dict(db.session.execute(by_system).all())),
        "by_action": mask_counts(_group(AccessRecord.action, mine)),
    }


def _collect_downloads(mine: list[ColumnElement[bool]]) -> Figures:
    """Downloads are counted apart, by the reason that was given for them."""
    downloads = [*mine, AccessRecord.action == Action.DOWNLOAD.value]
    return {
        "total": mask_total(_count(downloads)),
        "by_purpose": mask_counts(_group(AccessRecord.purpose_code, downloads)),
    }


def _count_emergencies(mine: Iterable[ColumnElement[bool]]) -> dict[str, int]:
    wanted = (
        select(BreakGlassReview.justified, func.count())
        .join(BreakGlassReview.record)
        .where(*mine)
        .group_by(BreakGlassReview.justified)
    )
    names = {None: "waiting", True: "justified", False: "wrong"}
    found = {names[outcome]: count for outcome, count in db.session.execute(wanted)}
    return {name: found.get(name, 0) for name in names.values()}


def _count_alerts(agency_id: int, begin: datetime, end: datetime) -> dict[str, int]:
    """By rule and outcome: "out-of-hours/justified"."""
    wanted = (
        select(AccessAlert.rule, AccessAlert.state, func.count())
        .join(AccessAlert.record)
        .where(
            AccessAlert.agency_id == agency_id,
            AccessRecord.recorded_at >= begin,
            AccessRecord.recorded_at < end,
        )
        .group_by(AccessAlert.rule, AccessAlert.state)
    )
    return {f"{rule}/{state}": count for rule, state, count in db.session.execute(wanted)}


def _count_disputes(agency_id: int, begin: datetime, end: datetime) -> dict[str, int]:
    wanted = (
        select(Dispute.state, func.count())
        .where(Dispute.agency_id == agency_id, Dispute.raised_at >= begin, Dispute.raised_at < end)
        .group_by(Dispute.state)
    )
    return dict(db.session.execute(wanted).all())


def _count_seals(agency_id: int, begin: datetime, end: datetime) -> dict[str, int]:
    """Not hidden: /data/sealed has the same numbers for everybody."""
    wanted = select(func.count()).select_from(SealedAccess).where(SealedAccess.agency_id == agency_id)
    sealed, opened, expires = SealedAccess.sealed_at, SealedAccess.opened_at, SealedAccess.expires_at
    return {
        "sealed": db.session.scalar(wanted.where(sealed >= begin, sealed < end)) or 0,
        "opened": db.session.scalar(wanted.where(opened >= begin, opened < end)) or 0,
        "still_sealed": db.session.scalar(wanted.where(sealed < end, or_(opened.is_(None), opened >= end)))
        or 0,
        "overdue": db.session.scalar(wanted.where(expires < end, or_(opened.is_(None), opened >= end))) or 0,
    }


def _count_refusals(agency_id: int, begin: datetime, end: datetime) -> dict[str, int]:
    """What the agency's systems were refused, by reason; requests of machines, not of persons."""
    wanted = (
        select(RefusalCount.code, func.sum(RefusalCount.count))
        .join(InformationSystem, InformationSystem.id == RefusalCount.system_id)
        .where(
            InformationSystem.agency_id == agency_id,
            RefusalCount.on >= begin.date(),
            RefusalCount.on < end.date(),
        )
        .group_by(RefusalCount.code)
    )
    return {code: int(count) for code, count in db.session.execute(wanted)}


def _count_sharing(agency_id: int, begin: datetime, end: datetime) -> dict[str, int]:
    """Records that only one side of a sharing made; /data/sharing has them day by day."""
    wanted = select(SharingDifference).where(
        or_(
            SharingDifference.first_agency_id == agency_id,
            SharingDifference.second_agency_id == agency_id,
        ),
        SharingDifference.on >= begin.date(),
        SharingDifference.on < end.date(),
    )
    own = others = 0
    for row in db.session.scalars(wanted):
        is_first = row.first_agency_id == agency_id
        own += row.first_only if is_first else row.second_only
        others += row.second_only if is_first else row.first_only
    return {"recorded_by_this_agency_only": own, "recorded_by_others_only": others}


def _count(conditions: Iterable[ColumnElement[bool]]) -> int:
    return db.session.scalar(select(func.count()).select_from(AccessRecord).where(*conditions)) or 0


def _group(
    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
    conditions: Iterable[ColumnElement[bool]],
) -> dict[str, int]:
    wanted = select(column, func.count()).where(*conditions).group_by(column)
    return {str(value or "none"): count for value, count in db.session.execute(wanted)}
