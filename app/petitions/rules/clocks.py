"""The clocks of a petition, for the deadline engine. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.petitions.rules.types import ObligationKind, PetitionRules, Span
from app.platform.deadlines import Deadline, Event, EventKind, Rule, Term, compute_deadline

# How long a closed petition that is owed nothing more stays before its key is destroyed.
ARCHIVED_AFTER_DAYS = 180


def sponsoring_deadline(rules: PetitionRules, submitted_on: date) -> Deadline:
    """The last day for sponsors."""
    return compute_deadline(_citizens_rule(rules.sponsoring, "sponsoring", rules), submitted_on)


def moderation_deadline(rules: PetitionRules, submitted_on: date) -> Deadline:
    """By when a moderator decides."""
    return compute_deadline(rules.moderation.rule("moderation", rules.code), submitted_on)


def signing_deadline(rules: PetitionRules, opened_on: date) -> Deadline:
    """The last day on which a petition that opened on that day takes signatures."""
    return compute_deadline(_citizens_rule(rules.open, "signing", rules), opened_on)


def obligation_deadline(
    rules: PetitionRules, kind: ObligationKind, begun_on: date, events: Sequence[Mapping[str, Any]]
) -> Deadline:
    """When the response, debate or committee is due. Raises DeadlineError for events that it refuses."""
    rule = rules.clocks[kind].rule(kind.value, rules.code)
    return compute_deadline(rule, begun_on, [read_event(event) for event in events])


def read_event(data: Mapping[str, Any]) -> Event:
    """An event of a clock as it is stored."""
    kind = EventKind(data["kind"])
    on, agency = date.fromisoformat(data["on"]), data.get("agency", {})
    return Event(kind, on, data.get("reason", ""), data.get("count", 0), agency)


def write_event(event: Event) -> dict[str, Any]:
    """An event of a clock as it is stored."""
    return {
        "kind": event.kind.value,
        "on": event.on.isoformat(),
        "reason": event.reason,
        "count": event.count,
        "agency": dict(event.agency),
    }


def _citizens_rule(span: Span, code: str, rules: PetitionRules) -> Rule:
    """A term that citizens have: it may end on a holiday."""
    term = Term(date(2000, 1, 1), span.count, span.unit, rules.code, ends_on_any_day=True)
    return Rule(code, (term,))
