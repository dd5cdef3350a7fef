"""The one source of time. Everything that asks what time it is asks here, so that tests can move it."""

from datetime import UTC, datetime, timedelta

_offset = timedelta()


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC) + _offset


def set_offset(offset: timedelta) -> None:
    """Move this process's clock by `offset`; for tests and clock-skew drills."""
    global _offset
    _offset = offset
