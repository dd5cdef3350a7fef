"""The monthly report of an inspector: when it is due, and which numbers are not published. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l

from app.platform.deadlines import Deadline, Rule, Term, Unit, compute_deadline, is_working_day
from app.platform.errors import HwabaekError

# Below this a number could name a person.
FEWEST_SHOWN = 5
FEWER = "fewer than 5"
WITHHELD = "withheld"

# Access records are inspected every month; the term to sign is the town's own.
INSPECTION_RULE = Rule(
    "inspection-report",
    (
        Term(
            date(2011, 9, 30),
            10,
            Unit.WORKING_DAYS,
            "Standards of Measures for Ensuring the Safety of Personal Information, article 8",
        ),
    ),
)


class InspectionNotFound(HwabaekError):
    """No such report, or none that this reader may see."""

    status = 404
    code = "inspection-not-found"
    title = _l("There is no such report")
    advice = _l("Open it from the list of inspection reports.")


class InspectionSigned(HwabaekError):
    """A report that was signed off stays as it is."""

    status = 409
    code = "inspection-signed"
    title = _l("This report is signed off already")
    advice = _l("Put what you found since into the next month's report.")


def first_working_day(month: str) -> date:
    """The first working day after a month ("2026-10"): the day on which its report is drafted."""
    year, number = map(int, month.split("-"))
    day = date(year + number // 12, number % 12 + 1, 1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def previous_month(today: date) -> str:
    """The month before that of `today`."""
    return f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"


def compute_due(month: str) -> Deadline:
    """When a month's report must be signed off, and why."""
    return compute_deadline(INSPECTION_RULE, first_working_day(month))


def mask_counts(counts: Mapping[str, int]) -> dict[str, int | str]:
    """The counts as they are published: small ones hidden, so that their sum does not tell one either.

    Whoever knows the total could subtract; so further counts, the smallest first, are withheld until at
    least two are hidden and hide `FEWEST_SHOWN` together.
    """
    smallest_first = sorted((count, name) for name, count in counts.items() if count)
    hidden: list[tuple[int, str]] = [item for item in smallest_first if item[0] < FEWEST_SHOWN]
    rest = smallest_first[len(hidden) :]
    while hidden and rest and (len(hidden) == 1 or sum(count for count, _name in hidden) < FEWEST_SHOWN):
        hidden.append(rest.pop(0))
    texts = {name: FEWER if count < FEWEST_SHOWN else WITHHELD for count, name in hidden}
    return {name: texts.get(name, count) for name, count in counts.items()}


def mask_total(count: int) -> int | str:
    """A total as it is published."""
    return FEWER if 0 < count < FEWEST_SHOWN else count
