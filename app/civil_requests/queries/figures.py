"""How fast each agency answers, and what is overdue: the public table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, case, func, or_, select

from app.accounts.models import Agency
from app.civil_requests.models import Assignment, CivilRequest, Filer
from app.civil_requests.rules.life import UNANSWERED, PartState, RequestState
from app.extensions import db
from app.platform import clock

PERIOD = timedelta(days=365)


@dataclass(frozen=True)
class AgencyFigures:
    """One row: what waits, what of it is overdue, and what was answered within a year.

    `missed_count` counts every part whose day passed at the agency within a year, whatever became of it
    since: answered, passed on, closed, or still waiting.
    """

    agency: Agency
    missed_count: int
    open_count: int
    overdue_count: int
    answered_count: int
    late_count: int
    # From the filing to the answer, transfers or not; None where nothing was answered.
    mean_days: float | None
    mean_score: float | None
    score_count: int


@dataclass(frozen=True)
class OverdueCase:
    """One part that should have been answered; nothing about what was asked, or by whom."""

    reference: str
    agency: Agency
    kind: str
    filed_on: date
    due_on: date
    days: int


def list_figures() -> list[AgencyFigures]:
    """The table, for every agency that ever had a request, by name."""
    waiting, answered, scores, missed = _count_waiting(), _sum_answered(), _average_scores(), _count_missed()
    known = waiting.keys() | answered.keys() | missed.keys()
    wanted = select(Agency).where(Agency.id.in_(known)).order_by(Agency.name)
    return [
        AgencyFigures(
            agency,
            missed.get(agency.id, 0),
            *waiting.get(agency.id, (0, 0)),
            *answered.get(agency.id, (0, 0, None)),
            *scores.get(agency.id, (None, 0)),
        )
        for agency in db.session.scalars(wanted)
    ]


def list_overdue() -> list[OverdueCase]:
    """Every part that should have been answered by now, the oldest first."""
    wanted = (
        select(Assignment, CivilRequest, Agency)
        .join(Assignment.request)
        .join(Assignment.agency)
        .where(*_waits(), Assignment.due_on < town_today())
        .order_by(Assignment.due_on, Assignment.id)
    )
    return [
        OverdueCase(request.reference, agency, request.kind, _day(request), part.due_on, _since(part.due_on))
        for part, request, agency in db.session.execute(wanted)
        if part.due_on is not None
    ]


def town_today() -> date:
    """The day it is in the town."""
    return clock.now().astimezone(clock.TOWN_ZONE).date()


def _day(request: CivilRequest) -> date:
    return (request.filed_at or request.created_at).astimezone(clock.TOWN_ZONE).date()


def _since(due_on: date) -> int:
    return (town_today() - due_on).days


def _waits() -> tuple[Any, ...]:
    return CivilRequest.state == RequestState.OPEN, Assignment.state.in_(UNANSWERED)


def _count_waiting() -> Mapping[int, tuple[int, int]]:
    overdue = func.sum(case((Assignment.due_on < town_today(), 1), else_=0))
    wanted = select(Assignment.agency_id, func.count(), overdue).join(Assignment.request).where(*_waits())
    rows = db.session.execute(wanted.group_by(Assignment.agency_id))
    return {agency_id: (count, int(late)) for agency_id, count, late in rows}


def _sum_answered() -> Mapping[int, tuple[int, int, float]]:
    late, days = func.sum(case((Assignment.late, 1), else_=0)), func.avg(Assignment.days_taken)
    wanted = (
        select(Assignment.agency_id, func.count(), late, days)
        .where(Assignment.state == PartState.ANSWERED, Assignment.answered_at > clock.now() - PERIOD)
        .group_by(Assignment.agency_id)
    )
    return {row[0]: (row[1], int(row[2]), float(row[3])) for row in db.session.execute(wanted)}


def _count_missed() -> Mapping[int, int]:
    # `late` is set by a job of each hour, and never taken back.
    overdue = and_(*_waits(), Assignment.due_on < town_today())
    wanted = (
        select(Assignment.agency_id, func.count())
        .join(Assignment.request)
        .where(or_(Assignment.late, overdue), Assignment.due_on > town_today() - PERIOD)
        .group_by(Assignment.agency_id)
    )
    return {row[0]: row[1] for row in db.session.execute(wanted)}


def _average_scores() -> Mapping[int, tuple[float, int]]:
    wanted = (
        select(Assignment.agency_id, func.avg(Filer.score), func.count(Filer.score))
        .join(Filer, Filer.request_id == Assignment.request_id)
        .where(Filer.score.is_not(None), Assignment.answered_at > clock.now() - PERIOD)
        .group_by(Assignment.agency_id)
    )
    return {row[0]: (float(row[1]), row[2]) for row in db.session.execute(wanted)}
