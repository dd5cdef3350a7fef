"""What the writers of every request with a clock share; each in its caller's transaction."""

import secrets
from typing import TypeVar

from sqlalchemy import select

from app.access_records.models.timed_requests import TimedRequest
from app.access_records.queries.timed_requests import compute_due, town_day
from app.access_records.rules import ExtensionNotAllowed
from app.extensions import db
from app.platform import clock
from app.platform.deadlines import DeadlineError, Rule

Request = TypeVar("Request", bound=TimedRequest)
_REFERENCE_BYTES = 12


def new_reference() -> str:
    """The name of a new request, which nobody can guess."""
    return secrets.token_urlsafe(_REFERENCE_BYTES)


def find_locked(kind: type[Request], reference: str) -> Request | None:
    """The request as it is now, locked until the transaction ends."""
    wanted = select(kind).where(kind.reference == reference).with_for_update(of=kind)
    return db.session.scalar(wanted.execution_options(populate_existing=True))


def add_extension(
    request: TimedRequest, rule: Rule, days: int, reason: str, refusal: type[ExtensionNotAllowed]
) -> None:
    """Give the request's clock more days, as its rule allows; raises `refusal` where it does not."""
    event = {"on": town_day(clock.now()).isoformat(), "count": days, "reason": reason}
    request.clock_events = [*request.clock_events, event]
    try:
        compute_due(request, rule)
    except DeadlineError as problem:
        raise refusal from problem
