"""How long the content of a record is kept. Pure."""

from datetime import datetime

FEBRUARY_29 = (2, 29)


def retention_limit(now: datetime, years: int) -> datetime:
    """What was recorded before this moment is older than `years` years and is erased."""
    if (now.month, now.day) == FEBRUARY_29:
        now = now.replace(day=28)
    return now.replace(year=now.year - years)
