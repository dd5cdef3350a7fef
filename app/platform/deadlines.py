"""When something is due, and why: one engine for every clock that runs against an agency.

Pure: days come in, a day and its explanation go out. A rule is dated, so that a case keeps the term that
was in force when it was received; working days leave out Saturdays, Sundays and the public holidays of the
Republic of Korea, substitute holidays included (package `holidays`). The engine computes afresh from the
events each time: a holiday that is declared later moves the deadlines that are still running.
"""

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays

SATURDAY = 5
_ONE_DAY = timedelta(days=1)


class Unit(StrEnum):
    """What a term counts."""

    WORKING_DAYS = "working-days"
    DAYS = "days"
    MONTHS = "months"


class EventKind(StrEnum):
    """What can happen to a running term."""

    PAUSED = "paused"
    RESUMED = "resumed"
    EXTENDED = "extended"
    TRANSFERRED = "transferred"


class StepKind(StrEnum):
    """One line of an explanation."""

    RECEIVED = "received"
    RESTARTED = "restarted"
    # Another agency has it, and the date stays.
    TRANSFERRED = "transferred"
    TERM = "term"
    HOLIDAY = "holiday"
    PAUSE = "pause"
    EXTENSION = "extension"
    MOVED = "moved"
    DUE = "due"
    STOPPED = "stopped"
    # A pause that came after the last day, and so stopped nothing.
    TOO_LATE = "too-late"


class DeadlineError(Exception):
    """Base of what the engine refuses."""


class NoTermInForceError(DeadlineError):
    """The rule has no version that was in force on the day of receipt."""


class EventOrderError(DeadlineError):
    """Events must be in order of their days, and a pause must be running to be ended."""


class ExtensionRefusedError(DeadlineError):
    """No further extension is allowed, or it is longer than the rule allows, or has no reason."""


@dataclass(frozen=True)
class Term:
    """A term as it was in force from a day on. `source` names the provision it follows."""

    in_force_on: date
    count: int
    unit: Unit
    source: str
    counts_first_day: bool = False
    # Otherwise a term of days or months that ends on a holiday goes on to the next working day.
    ends_on_any_day: bool = False
    transfer_restarts: bool = False
    maximum_extensions: int = 0
    maximum_extension: int = 0


@dataclass(frozen=True)
class Rule:
    """A named clock with its versions."""

    code: str
    terms: tuple[Term, ...]

    def term_on(self, day: date) -> Term:
        """The version in force on `day`. Raises NoTermInForceError."""
        in_force = [term for term in self.terms if term.in_force_on <= day]
        if not in_force:
            raise NoTermInForceError(f"{self.code} has no term on {day}")
        return max(in_force, key=lambda term: term.in_force_on)


@dataclass(frozen=True)
class Event:
    """What happened to a case on a day.

    `count` is the length of an extension, in the term's unit; `agency` who has the case after a transfer, by
    the language of the name.
    """

    kind: EventKind
    on: date
    reason: str = ""
    count: int = 0
    agency: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One line of the explanation: what, on which day, how many, its name or reason, to which agency."""

    kind: StepKind
    on: date
    count: int = 0
    text: str = ""
    agency: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Deadline:
    """The day on which something is due (None while the clock is stopped), and every step that led there."""

    due_on: date | None
    steps: tuple[Step, ...]


@lru_cache(maxsize=64)
def list_holidays(year: int) -> dict[date, str]:
    """The public holidays of a year, with their English names."""
    return dict(holidays.country_holidays("KR", years=year, language="en_US"))


def is_working_day(day: date) -> bool:
    """Whether agencies work on that day."""
    return day.weekday() < SATURDAY and day not in list_holidays(day.year)


def compute_deadline(rule: Rule, received_on: date, events: Sequence[Event] = ()) -> Deadline:
    """Compute when a case received on that day is due. A day that has passed is not moved by a pause.

    Raises NoTermInForceError, EventOrderError, ExtensionRefusedError.
    """
    _ensure_order(received_on, events)
    term = rule.term_on(received_on)
    counted, too_late = _leave_out_late_pauses(term, received_on, events)
    deadline = _compute(term, received_on, counted)
    return Deadline(deadline.due_on, (*deadline.steps, *too_late))


def _leave_out_late_pauses(
    term: Term, received_on: date, events: Sequence[Event]
) -> tuple[list[Event], list[Step]]:
    """The events without the pauses that began after the last day, and a step for each of those."""
    counted: list[Event] = []
    too_late: list[Step] = []
    is_left_out = False
    for event in events:
        if event.kind is EventKind.RESUMED and is_left_out:
            is_left_out = False
        elif event.kind is EventKind.PAUSED and _has_passed(term, received_on, counted, event.on):
            if is_left_out:
                raise EventOrderError("the clock is stopped already")
            is_left_out = True
            too_late.append(Step(StepKind.TOO_LATE, event.on, text=event.reason))
        else:
            counted.append(event)
    return counted, too_late


def _has_passed(term: Term, received_on: date, events: Sequence[Event], on: date) -> bool:
    due_on = _compute(term, received_on, events).due_on
    return due_on is not None and due_on < on


def _compute(term: Term, received_on: date, events: Sequence[Event]) -> Deadline:
    start, steps = received_on, [Step(StepKind.RECEIVED, received_on)]
    for event in events:
        if event.kind is EventKind.TRANSFERRED and term.transfer_restarts:
            start = event.on
            steps.append(Step(StepKind.RESTARTED, event.on, text=event.reason))
    steps.append(Step(StepKind.TERM, start, term.count, term.source))
    count = term.count
    for extension in _list_extensions(term, events):
        count += extension.count
        steps.append(Step(StepKind.EXTENSION, extension.on, extension.count, extension.reason))
    pauses, stopped = _list_pauses(events)
    steps += [Step(StepKind.PAUSE, begin, (end - begin).days, reason) for begin, end, reason in pauses]
    if not term.transfer_restarts:
        moves = (event for event in events if event.kind is EventKind.TRANSFERRED)
        steps += [Step(StepKind.TRANSFERRED, move.on, 0, move.reason, move.agency) for move in moves]
    if stopped is not None:
        return Deadline(None, (*steps, Step(StepKind.STOPPED, stopped.on, text=stopped.reason)))
    due_on, passed = _count(term, start, count, pauses)
    steps += [Step(StepKind.HOLIDAY, day, text=name) for day, name in passed]
    if term.unit is not Unit.WORKING_DAYS and not (term.ends_on_any_day or is_working_day(due_on)):
        moved = due_on
        while not is_working_day(moved):
            moved += _ONE_DAY
        steps.append(Step(StepKind.MOVED, moved, text=due_on.isoformat()))
        due_on = moved
    return Deadline(due_on, (*steps, Step(StepKind.DUE, due_on)))


def _ensure_order(received_on: date, events: Sequence[Event]) -> None:
    days = [received_on, *(event.on for event in events)]
    if days != sorted(days):
        raise EventOrderError("the events are not in order")


def _list_extensions(term: Term, events: Sequence[Event]) -> list[Event]:
    """The extensions of the running term; those before a restart count against the maximum only."""
    extensions = [event for event in events if event.kind is EventKind.EXTENDED]
    if len(extensions) > term.maximum_extensions:
        raise ExtensionRefusedError(f"at most {term.maximum_extensions} extensions are allowed")
    for event in extensions:
        if not 0 < event.count <= term.maximum_extension or not event.reason.strip():
            raise ExtensionRefusedError(
                f"an extension has a reason and at most {term.maximum_extension} days"
            )
    restarts = [n for n, event in enumerate(events) if event.kind is EventKind.TRANSFERRED]
    begin = restarts[-1] + 1 if restarts and term.transfer_restarts else 0
    return [event for event in events[begin:] if event.kind is EventKind.EXTENDED]


def _list_pauses(events: Iterable[Event]) -> tuple[list[tuple[date, date, str]], Event | None]:
    """The ended pauses as [begin, end), and the pause that still runs."""
    pauses: list[tuple[date, date, str]] = []
    running: Event | None = None
    for event in events:
        if event.kind is EventKind.PAUSED:
            if running is not None:
                raise EventOrderError("the clock is stopped already")
            running = event
        elif event.kind is EventKind.RESUMED:
            if running is None:
                raise EventOrderError("the clock is not stopped")
            pauses.append((running.on, event.on, running.reason))
            running = None
    return pauses, running


def _count(
    term: Term, start: date, count: int, pauses: Sequence[tuple[date, date, str]]
) -> tuple[date, list[tuple[date, str]]]:
    """The last day of the term, and the holidays on weekdays that it passed over."""
    if term.unit is Unit.MONTHS:
        return _count_months(start, count, pauses), []
    day = start - _ONE_DAY if term.counts_first_day else start
    passed: list[tuple[date, str]] = []
    while count:
        day += _ONE_DAY
        if any(begin <= day < end for begin, end, _ in pauses):
            continue
        if term.unit is Unit.WORKING_DAYS and not is_working_day(day):
            if day.weekday() < SATURDAY:
                passed.append((day, list_holidays(day.year)[day]))
            continue
        count -= 1
    return day, passed


def _count_months(start: date, count: int, pauses: Sequence[tuple[date, date, str]]) -> date:
    """The same day so many months later, or the last one of a shorter month; then the days of the pauses."""
    months = start.month - 1 + count
    year, month = start.year + months // 12, months % 12 + 1
    day = date(year, month, min(start.day, calendar.monthrange(year, month)[1]))
    for begin, end, _ in pauses:
        if begin <= day and start < end:
            day += end - max(begin, start)
    return day
