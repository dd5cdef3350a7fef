"""The kinds of requests and their terms, and when a part is due. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from app.platform.deadlines import Deadline, Event, EventKind, Rule, Term, Unit, compute_deadline

MAXIMUM_EXTENSIONS = 2
# The reasons of pauses that no agency gave: the page says them in the reader's language.
WAS_CLOSED, WAS_ELSEWHERE = "was-closed", "was-elsewhere"
_DECREE = "Enforcement Decree of the Civil Petitions Treatment Act, article"


class RequestKind(StrEnum):
    """What sort of request it is; the term depends on it."""

    PROCEDURE = "procedure"
    GRIEVANCE = "grievance"
    LAW = "law"
    SUGGESTION = "suggestion"


def _rule(kind: RequestKind, days: int, article: int) -> Rule:
    # The Act's article 19: from six days on working days are counted, the day of receipt among them.
    term = Term(
        in_force_on=date(2016, 2, 12),
        count=days,
        unit=Unit.WORKING_DAYS,
        source=f"{_DECREE} {article}",
        counts_first_day=True,
        transfer_restarts=True,
        maximum_extensions=MAXIMUM_EXTENSIONS,
        maximum_extension=days,
    )
    return Rule(f"civil-request-{kind}", (term,))


RULES: Mapping[RequestKind, Rule] = {
    RequestKind.PROCEDURE: _rule(RequestKind.PROCEDURE, 7, 14),
    RequestKind.GRIEVANCE: _rule(RequestKind.GRIEVANCE, 7, 17),
    RequestKind.LAW: _rule(RequestKind.LAW, 14, 14),
    RequestKind.SUGGESTION: _rule(RequestKind.SUGGESTION, 14, 15),
}


def days_of(kind: str) -> int:
    """How many working days an agency has for this kind, and for one extension."""
    return RULES[RequestKind(kind)].terms[-1].count


def part_deadline(kind: str, begun_on: date, events: Iterable[Mapping[str, Any]]) -> Deadline:
    """When an agency's part is due, and why. Raises DeadlineError."""
    return compute_deadline(RULES[RequestKind(kind)], begun_on, [read_event(event) for event in events])


def write_event(event: Event) -> dict[str, Any]:
    """An event of a clock as the database keeps it."""
    return {
        "kind": event.kind.value,
        "on": event.on.isoformat(),
        "reason": event.reason,
        "count": event.count,
    }


def read_event(kept: Mapping[str, Any]) -> Event:
    """The event that `write_event` kept."""
    return Event(EventKind(kept["kind"]), date.fromisoformat(kept["on"]), kept["reason"], kept["count"])
