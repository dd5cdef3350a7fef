"""Which look-ups an inspector should see: each rule answers from the circumstances of one record. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from flask_babel import lazy_gettext as _l

from app.access_records.rules.records import Action
from app.platform.deadlines import is_working_day
from app.platform.errors import HwabaekError

# Iglewicz and Hoaglin: a modified z-score above 3.5 marks an outlier, if there are enough to compare with.
OUTLIER_SCORE = 3.5
FEWEST_PEERS = 5
FEWEST_PERSONS_OF_OUTLIER = 10
# Machines work at night; what a person does is asked about.
BATCH_ACTIONS = frozenset({Action.MASS_QUERY.value, Action.SHARE.value})
# Next door is two numbers away: in road-name addresses each side of a road has the odd or the even ones.
NEXT_DOOR = 2
HOUSE_FIRST = re.compile(r"(?P<number>\d+)(?:-\d+)? (?P<street>[^,]+), ?(?P<place>[^,]+)")
HOUSE_LAST = re.compile(r"(?P<street>.*[로길]) ?(?P<number>\d+)(?:-\d+)?(?:[ ,(].*)?")


class AlertRule(StrEnum):
    """What was noticed."""

    MANY_PEOPLE = "many-people"
    UNLIKE_PEERS = "unlike-peers"
    ONESELF = "oneself"
    COLLEAGUE = "colleague"
    NEIGHBOUR = "neighbour"
    NO_OPEN_CASE = "no-open-case"
    OUT_OF_HOURS = "out-of-hours"
    REPEATED = "repeated"
    EMERGENCIES = "emergencies"


# For so long the same official's next record does not raise the same alert again.
QUIET = {
    AlertRule.MANY_PEOPLE: timedelta(hours=1),
    AlertRule.UNLIKE_PEERS: timedelta(days=1),
    AlertRule.NO_OPEN_CASE: timedelta(days=1),
    AlertRule.OUT_OF_HOURS: timedelta(hours=12),
    AlertRule.REPEATED: timedelta(days=30),
    AlertRule.EMERGENCIES: timedelta(days=30),
}


@dataclass(frozen=True)
class Thresholds:
    """From when on an agency's look-ups raise alerts; hours as the town's clocks show them."""

    persons_an_hour: int = 30
    opening_hour: int = 7
    closing_hour: int = 20
    repeats_a_month: int = 5
    emergencies_a_month: int = 3


@dataclass(frozen=True)
class Circumstances:
    """What is known around one record: counts of the official's own records up to it, itself included.

    `at` is the town's time. `peers` are how many persons each colleague looked at on the same day.
    `cases` are those under which the official looked at this person within thirty days, "" for none.
    """

    at: datetime
    action: str
    persons_in_hour: int = 1
    persons_in_day: int = 1
    peers: Sequence[int] = ()
    repeats: int = 1
    cases: frozenset[str] = frozenset()
    emergencies: int = 0
    has_open_case: bool = True
    is_oneself: bool = False
    is_colleague: bool = False
    is_neighbour: bool = False


def find_alerts(record: Circumstances, thresholds: Thresholds) -> list[AlertRule]:
    """Every rule that the record sets off."""
    answers = {
        AlertRule.MANY_PEOPLE: record.persons_in_hour > thresholds.persons_an_hour,
        AlertRule.UNLIKE_PEERS: is_outlier(record.persons_in_day, record.peers),
        AlertRule.ONESELF: record.is_oneself,
        AlertRule.COLLEAGUE: record.is_colleague and not record.is_oneself,
        AlertRule.NEIGHBOUR: record.is_neighbour and not record.is_oneself,
        AlertRule.NO_OPEN_CASE: not record.has_open_case,
        AlertRule.OUT_OF_HOURS: record.action not in BATCH_ACTIONS and is_out_of_hours(record.at, thresholds),
        AlertRule.REPEATED: record.repeats >= thresholds.repeats_a_month
        and (len(record.cases) > 1 or "" in record.cases),
        AlertRule.EMERGENCIES: record.emergencies >= thresholds.emergencies_a_month,
    }
    return [rule for rule, is_so in answers.items() if is_so]


def is_outlier(count: int, peers: Sequence[int]) -> bool:
    """Whether somebody looked at far more persons than their peers: modified z-score above 3.5."""
    if len(peers) < FEWEST_PEERS or count < FEWEST_PERSONS_OF_OUTLIER:
        return False
    middle = median(peers)
    # Peers who all do the same have no deviation; one person more or less is then the measure.
    deviation = max(median(abs(peer - middle) for peer in peers), 1)
    return 0.6745 * (count - middle) / deviation > OUTLIER_SCORE


def is_out_of_hours(at: datetime, thresholds: Thresholds) -> bool:
    """Whether agencies are closed at that time of the town: night, weekend or public holiday."""
    return not (is_working_day(at.date()) and thresholds.opening_hour <= at.hour < thresholds.closing_hour)


def are_neighbours(one: str, other: str) -> bool:
    """Whether two addresses are of one building or of the one next door."""
    first, second = " ".join(one.casefold().split()), " ".join(other.casefold().split())
    house, next_house = _read_house(first), _read_house(second)
    if house is None or next_house is None:
        return bool(first) and first == second
    return house[0] == next_house[0] and abs(house[1] - next_house[1]) <= NEXT_DOOR


def _read_house(address: str) -> tuple[str, int] | None:
    """Street with its place, and number: "12 Riverside Street, Hanbit", "한빛시 강변로 12, 301호"."""
    if found := HOUSE_FIRST.match(address):
        return f"{found['place']} {found['street']}", int(found["number"])
    if found := HOUSE_LAST.fullmatch(address):
        return found["street"], int(found["number"])
    return None


class AlertState(StrEnum):
    """The life of an alert."""

    OPEN = "open"
    EXPLAINED = "explained"
    JUSTIFIED = "justified"
    WRONG = "wrong"


class AlertAct(StrEnum):
    """What is done with an alert."""

    EXPLAIN = "explain"
    FIND_JUSTIFIED = "find-justified"
    FIND_WRONG = "find-wrong"


ALERT_TRANSITIONS: dict[tuple[AlertState, AlertAct], AlertState] = {
    (AlertState.OPEN, AlertAct.EXPLAIN): AlertState.EXPLAINED,
    (AlertState.OPEN, AlertAct.FIND_JUSTIFIED): AlertState.JUSTIFIED,
    (AlertState.OPEN, AlertAct.FIND_WRONG): AlertState.WRONG,
    (AlertState.EXPLAINED, AlertAct.FIND_JUSTIFIED): AlertState.JUSTIFIED,
    (AlertState.EXPLAINED, AlertAct.FIND_WRONG): AlertState.WRONG,
}


class AlertNotFound(HwabaekError):
    """No such alert, or none that this account may see."""

    status = 404
    code = "alert-not-found"
    title = _l("There is no such alert")
    advice = _l("Open it from the list of alerts of your agency.")


class AlertActRefused(HwabaekError):
    """The alert is not at a stage at which this can be done."""

    status = 409
    code = "alert-state"
    title = _l("This cannot be done with the alert any more")
    advice = _l("Reload the page to see where the alert stands now.")


class OwnAlert(HwabaekError):
    """Nobody judges an alert about a look-up, or by an explanation, of their own."""

    status = 403
    code = "own-alert"
    title = _l("You cannot judge your own look-up")
    advice = _l("Another inspector of your agency judges it.")


class ThresholdsInvalid(HwabaekError):
    """Thresholds with which a rule could never raise an alert, or would raise one each time."""

    status = 422
    code = "thresholds-invalid"
    title = _l("These thresholds cannot be used")
    advice = _l("Choose whole numbers from 1 on, and an opening hour before the closing hour.")


# The highest threshold for a count: beyond it a rule would be switched off in all but name.
HIGHEST_THRESHOLD = 1_000
HOURS = 24


def next_alert_state(state: str, act: AlertAct) -> AlertState:
    """The state after `act`. Raises AlertActRefused for every pair that the table does not list."""
    try:
        return ALERT_TRANSITIONS[AlertState(state), act]
    except KeyError:
        raise AlertActRefused(state=state, act=str(act)) from None


def ensure_thresholds(wanted: Thresholds) -> None:
    """Demand thresholds that let each rule speak. Raises ThresholdsInvalid."""
    counts = (wanted.persons_an_hour, wanted.repeats_a_month, wanted.emergencies_a_month)
    if not all(1 <= count <= HIGHEST_THRESHOLD for count in counts):
        raise ThresholdsInvalid
    if not 0 <= wanted.opening_hour < wanted.closing_hour <= HOURS:
        raise ThresholdsInvalid
