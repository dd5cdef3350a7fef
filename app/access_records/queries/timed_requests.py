"""Readers that every request with a clock shares: who may see it, what waits, when it is due and why."""

from collections.abc import Collection
from datetime import date, datetime
from typing import TypeVar

from flask_babel import get_timezone
from flask_babel import gettext as _
from sqlalchemy import select

from app.access_records.models.timed_requests import TimedRequest
from app.accounts.models import Account
from app.extensions import db
from app.platform.deadlines import Deadline, Event, EventKind, Rule, Step, StepKind, Unit, compute_deadline
from app.platform.permissions import Permission

Request = TypeVar("Request", bound=TimedRequest)


def find_request(
    kind: type[Request], account: Account, reference: str, handled_by: Collection[Permission]
) -> Request | None:
    """The request, for who made it and for those of the agency asked who have one of the permissions."""
    request = db.session.scalar(select(kind).where(kind.reference == reference))
    if request is None:
        return None
    is_handler = account.agency_id == request.agency_id and handles(account, handled_by)
    return request if is_handler or request.account_id == account.id else None


def handles(account: Account, handled_by: Collection[Permission]) -> bool:
    """Whether the account handles such requests for its agency: working there is not enough."""
    return account.agency_id is not None and any(map(account.has_permission, handled_by))


def list_waiting(kind: type[Request], agency_id: int | None, states: Collection[str]) -> list[Request]:
    """The requests in these states that wait for the agency, oldest first."""
    wanted = select(kind).where(kind.agency_id == agency_id, kind.state.in_(states))
    return list(db.session.scalars(wanted.order_by(kind.raised_at)))


def compute_due(request: TimedRequest, rule: Rule) -> Deadline:
    """When the present step is due, and why. Raises DeadlineError for an extension that is not allowed."""
    if request.appealed_at is not None:
        return compute_deadline(rule, town_day(request.appealed_at))
    events = [
        Event(EventKind.EXTENDED, date.fromisoformat(event["on"]), event["reason"], event["count"])
        for event in request.clock_events
    ]
    return compute_deadline(rule, town_day(request.raised_at), events)


def town_day(at: datetime) -> date:
    """The day of a moment in the town's zone: a term that law gives counts the town's days."""
    return at.astimezone(get_timezone()).date()


def explain_step(step: Step, unit: Unit) -> str:
    """One line of why something is due on its day."""
    if unit is Unit.DAYS and step.kind is StepKind.TERM:
        return _("%(count)s days by law (%(source)s).", count=step.count, source=step.text)
    if unit is Unit.DAYS and step.kind is StepKind.EXTENSION:
        return _("%(count)s more days: %(reason)s", count=step.count, reason=step.text)
    texts = {
        StepKind.RECEIVED: _("Received; this day does not count."),
        StepKind.RESTARTED: _("The term began again: %(reason)s", reason=step.text),
        StepKind.TRANSFERRED: _("Passed on to another agency: %(reason)s", reason=step.text),
        StepKind.TERM: _("%(count)s working days by law (%(source)s).", count=step.count, source=step.text),
        StepKind.EXTENSION: _("%(count)s more working days: %(reason)s", count=step.count, reason=step.text),
        StepKind.PAUSE: _("Stopped for %(count)s days: %(reason)s", count=step.count, reason=step.text),
        StepKind.HOLIDAY: _("Not counted: %(name)s.", name=step.text),
        StepKind.MOVED: _("Moved to the next working day."),
        StepKind.DUE: _("The answer is due."),
        StepKind.STOPPED: _("The clock is stopped: %(reason)s", reason=step.text),
        StepKind.TOO_LATE: _(
            "This came after the last day, and stopped nothing: %(reason)s", reason=step.text
        ),
    }
    return texts[step.kind]
