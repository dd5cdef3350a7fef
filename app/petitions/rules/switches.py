"""What an administrator can switch off for the whole site, and what that costs. Pure."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.petitions.rules.signing import LOCAL


class Switch(StrEnum):
    """What can be switched off."""

    SIGNING = "signing"
    CREATING = "creating"
    TRENDING = "trending"


def list_off_days(periods: Iterable[tuple[datetime, datetime | None]], now: datetime) -> list[date]:
    """The town's days, sorted, on any part of which a switch was off.

    periods: from when until when it was; no end means that it still is.
    """
    days: set[date] = set()
    for off_at, on_at in periods:
        day, last = _day_of(off_at), _day_of(on_at or now)
        while day <= last:
            days.add(day)
            day += timedelta(days=1)
    return sorted(days)


def _day_of(at: datetime) -> date:
    return at.astimezone(LOCAL).date()
