"""Compares what both sides of a sharing recorded, and publishes where they differ."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select

from app.access_records.models import AccessRecord, SharingDifference
from app.access_records.rules import COMPARED_DAYS, Action
from app.accounts.models import Agency
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry
from app.platform import clock
from app.platform.transaction import transaction

# What one side recorded: how often, for each person and case.
Side = Counter[tuple[int, str]]


def compare_recent_days() -> int:
    """Compare the last days that are over, late reports included; how many results are new or changed."""
    today = clock.now().date()
    return sum(compare_day(today - timedelta(days=days)) for days in range(COMPARED_DAYS, 0, -1))


def compare_day(on: date) -> int:
    """Compare the sharing of one day (UTC) pair by pair; how many results are new or changed."""
    with transaction():
        sides = _read_sides(on)
        pairs = sorted({(min(pair), max(pair)) for pair in sides})
        return sum(_publish(on, first, second, sides) for first, second in pairs)


def _read_sides(on: date) -> dict[tuple[int, int], Side]:
    """What each agency recorded about each other: (recorder, counterpart) -> records."""
    begin = datetime.combine(on, time(), UTC)
    wanted = select(
        AccessRecord.agency_id,
        AccessRecord.counterpart_agency_id,
        AccessRecord.person_id,
        AccessRecord.case_number,
    ).where(
        AccessRecord.action == Action.SHARE.value,
        AccessRecord.counterpart_agency_id.is_not(None),
        AccessRecord.accessed_at >= begin,
        AccessRecord.accessed_at < begin + timedelta(days=1),
    )
    sides: dict[tuple[int, int], Side] = defaultdict(Counter)
    for agency_id, counterpart_id, person_id, case_number in db.session.execute(wanted):
        sides[agency_id, counterpart_id or 0][person_id, case_number] += 1
    return sides


def _publish(on: date, first: int, second: int, sides: dict[tuple[int, int], Side]) -> bool:
    """Keep one pair's result, with an entry when it is new or has changed."""
    left, right = sides.get((first, second), Counter()), sides.get((second, first), Counter())
    values = {
        "first_count": left.total(),
        "second_count": right.total(),
        "first_only": (left - right).total(),
        "second_only": (right - left).total(),
    }
    row = db.session.get(SharingDifference, (on, first, second))
    if row is not None and all(getattr(row, name) == value for name, value in values.items()):
        return False
    if row is None:
        row = SharingDifference(on=on, first_agency_id=first, second_agency_id=second)
        db.session.add(row)
    for name, value in values.items():
        setattr(row, name, value)
    agencies = [db.session.get_one(Agency, number).name for number in (first, second)]
    ledger.append(
        Entry(EntryType.SHARING_COMPARE, public={"on": on.isoformat(), "agencies": agencies, **values})
    )
    return True
