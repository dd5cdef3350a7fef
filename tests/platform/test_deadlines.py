"""Due dates against a calendar on paper: Chuseok 2026, substitute holidays, pauses, extensions, transfers."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.platform.deadlines import (
    Event,
    EventKind,
    EventOrderError,
    ExtensionRefusedError,
    NoTermInForceError,
    Rule,
    StepKind,
    Term,
    Unit,
    compute_deadline,
    is_working_day,
)

TEN = Rule(
    "ten-working-days",
    (
        Term(date(2020, 1, 1), 10, Unit.WORKING_DAYS, "s. 1", maximum_extensions=1, maximum_extension=10),
        Term(date(2027, 1, 1), 5, Unit.WORKING_DAYS, "s. 1, revised"),
    ),
)
SEVEN = Rule(
    "seven-from-the-first-day",
    (
        Term(
            date(2020, 1, 1),
            7,
            Unit.WORKING_DAYS,
            "s. 2",
            counts_first_day=True,
            transfer_restarts=True,
            maximum_extensions=2,
            maximum_extension=7,
        ),
    ),
)
THIRTY = Rule("thirty-days", (Term(date(2020, 1, 1), 30, Unit.DAYS, "s. 3"),))
MONDAY_BEFORE_CHUSEOK = date(2026, 9, 21)


def due(rule: Rule, received_on: date, *events: Event) -> date | None:
    """The day alone."""
    return compute_deadline(rule, received_on, events).due_on


def test_chuseok_2026_and_the_substitute_for_foundation_day_are_not_counted() -> None:
    # 22 23 | 24 25 Chuseok | 28 29 30 1 2 | 5 Oct substitute for Sat 3 Oct | 6 7 8
    deadline = compute_deadline(TEN, MONDAY_BEFORE_CHUSEOK)
    assert deadline.due_on == date(2026, 10, 8)
    holidays = [step.on for step in deadline.steps if step.kind is StepKind.HOLIDAY]
    assert holidays == [date(2026, 9, 24), date(2026, 9, 25), date(2026, 10, 5)]


def test_where_the_first_day_counts_the_term_ends_a_day_earlier() -> None:
    # 21 22 23 | 28 29 30 1
    assert due(SEVEN, MONDAY_BEFORE_CHUSEOK) == date(2026, 10, 1)


def test_a_transfer_begins_the_term_again_where_the_rule_says_so() -> None:
    transfer = Event(EventKind.TRANSFERRED, date(2026, 9, 23), "the roads agency is responsible")
    # 23 | 28 29 30 1 2 | 6
    assert due(SEVEN, MONDAY_BEFORE_CHUSEOK, transfer) == date(2026, 10, 6)
    assert due(TEN, MONDAY_BEFORE_CHUSEOK, transfer) == date(2026, 10, 8)


def test_a_pause_takes_its_days_out_and_an_open_one_stops_the_clock() -> None:
    paused = Event(EventKind.PAUSED, date(2026, 9, 28), "waiting for a document")
    resumed = Event(EventKind.RESUMED, date(2026, 9, 30))
    # 22 23 | 30 1 2 | 6 7 8 | Fri 9 Oct is Hangul Day | 12 13
    assert due(TEN, MONDAY_BEFORE_CHUSEOK, paused, resumed) == date(2026, 10, 13)
    stopped = compute_deadline(TEN, MONDAY_BEFORE_CHUSEOK, [paused])
    assert stopped.due_on is None
    assert stopped.steps[-1].kind is StepKind.STOPPED


def test_a_pause_after_the_last_day_moves_nothing_and_the_page_says_so() -> None:
    # 22 23 | 28 29 30 1 2 | 6 7 8: the last day
    before = [Event(EventKind.PAUSED, date(2026, 10, 9), "too late to ask")]
    after = [*before, Event(EventKind.RESUMED, date(2026, 10, 20))]
    for events in (before, after, [*after, Event(EventKind.PAUSED, date(2026, 10, 21), "again")]):
        deadline = compute_deadline(TEN, MONDAY_BEFORE_CHUSEOK, events)
        assert deadline.due_on == date(2026, 10, 8)
        assert StepKind.TOO_LATE in [step.kind for step in deadline.steps]
    with pytest.raises(EventOrderError):
        compute_deadline(TEN, MONDAY_BEFORE_CHUSEOK, [*before, *before])
    on_the_day = [Event(EventKind.PAUSED, date(2026, 10, 8), "in time")]
    assert compute_deadline(TEN, MONDAY_BEFORE_CHUSEOK, on_the_day).due_on is None


def test_an_extension_adds_its_days_and_gives_its_reason() -> None:
    extended = Event(EventKind.EXTENDED, date(2026, 10, 6), "third parties must be heard", 5)
    deadline = compute_deadline(TEN, MONDAY_BEFORE_CHUSEOK, [extended])
    # after Thu 8 Oct: | 9 Hangul Day | 12 13 14 15 16
    assert deadline.due_on == date(2026, 10, 16)
    assert "third parties must be heard" in [step.text for step in deadline.steps]


@pytest.mark.parametrize(
    "events",
    [
        [Event(EventKind.EXTENDED, date(2026, 9, 22), "again", 5)] * 2,
        [Event(EventKind.EXTENDED, date(2026, 9, 22), "too long", 11)],
        [Event(EventKind.EXTENDED, date(2026, 9, 22), "  ", 5)],
    ],
)
def test_too_many_too_long_or_unexplained_extensions_are_refused(events: list[Event]) -> None:
    with pytest.raises(ExtensionRefusedError):
        compute_deadline(TEN, MONDAY_BEFORE_CHUSEOK, events)


def test_calendar_days_that_end_on_a_holiday_move_to_the_next_working_day() -> None:
    # 30 days after 25 August are 24 September, Chuseok; Thu 24 to Sun 27 are off.
    deadline = compute_deadline(THIRTY, date(2026, 8, 25))
    assert deadline.due_on == date(2026, 9, 28)
    assert StepKind.MOVED in [step.kind for step in deadline.steps]


TWO_MONTHS = Rule(
    "two-months", (Term(date(2020, 1, 1), 2, Unit.MONTHS, "s. 3", maximum_extensions=1, maximum_extension=1),)
)


@pytest.mark.parametrize(
    ("received", "events", "due"),
    [
        # A Monday to a Monday; the last day of a month to the last one of a shorter month; the latter on a
        # Sunday, so that the Monday after is due.
        (date(2026, 5, 13), [], date(2026, 7, 13)),
        (date(2026, 12, 31), [], date(2027, 3, 2)),
        (
            date(2026, 5, 13),
            [Event(EventKind.EXTENDED, date(2026, 6, 1), "more to read", 1)],
            date(2026, 8, 13),
        ),
        (
            date(2026, 5, 13),
            [
                Event(EventKind.PAUSED, date(2026, 5, 20), "election campaign"),
                Event(EventKind.RESUMED, date(2026, 6, 4)),
            ],
            date(2026, 7, 28),
        ),
    ],
)
def test_months_end_on_the_same_day_of_the_month(received: date, events: list[Event], due: date) -> None:
    assert compute_deadline(TWO_MONTHS, received, events).due_on == due


def test_a_term_that_citizens_have_may_end_on_a_holiday() -> None:
    signing = Rule("open", (Term(date(2020, 1, 1), 30, Unit.DAYS, "s. 4", ends_on_any_day=True),))
    assert compute_deadline(signing, date(2026, 8, 26)).due_on == date(2026, 9, 25)
    assert not is_working_day(date(2026, 9, 25))


def test_a_case_keeps_the_term_that_was_in_force_when_it_was_received() -> None:
    assert due(TEN, date(2026, 12, 31)) == date(2027, 1, 15)
    assert due(TEN, date(2027, 1, 4)) == date(2027, 1, 11)
    with pytest.raises(NoTermInForceError):
        due(TEN, date(2019, 12, 31))


@pytest.mark.parametrize(
    "events",
    [
        [Event(EventKind.RESUMED, date(2026, 9, 22))],
        [Event(EventKind.PAUSED, date(2026, 9, 22), "a"), Event(EventKind.PAUSED, date(2026, 9, 23), "b")],
        [Event(EventKind.PAUSED, date(2026, 9, 20), "before it was received")],
    ],
)
def test_events_that_make_no_sense_are_refused(events: list[Event]) -> None:
    with pytest.raises(EventOrderError):
        compute_deadline(TEN, MONDAY_BEFORE_CHUSEOK, events)


@given(st.dates(date(2024, 1, 1), date(2028, 12, 31)), st.integers(1, 20), st.integers(0, 30))
def test_a_pause_never_makes_anything_due_earlier(received: date, offset: int, length: int) -> None:
    begin = received + timedelta(days=offset)
    pause = [
        Event(EventKind.PAUSED, begin, "waiting"),
        Event(EventKind.RESUMED, begin + timedelta(days=length)),
    ]
    plain, paused = due(TEN, received), due(TEN, received, *pause)
    assert plain is not None
    assert paused is not None
    assert plain <= paused
    assert is_working_day(paused)
