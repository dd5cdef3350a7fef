"""The one source of time. Everything that asks what time it is asks here, so that tests can move it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

# The time of the town, where days and months begin and end.
TOWN_ZONE = ZoneInfo("Asia/Seoul")

_moved = {"by": timedelta()}


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC) + _moved["by"]


def set_offset(offset: timedelta) -> None:
    """Move this process's clock by `offset`; for tests and clock-skew drills."""
    _moved["by"] = offset
