"""Whose signature counts, under which pseudonym, at which place, released when. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Seoul")
# A district is named in public only once so many have signed there; until then its region stands for it.
NAMED_FROM = 20
# Below this count a petition's entries reach the ledger once a day, from it on once an hour.
HOURLY_FROM = 1_000
ELSEWHERE = "elsewhere"
# The sequencer needs a moment, and clocks differ by another.
BATCH_SLACK = timedelta(minutes=10)


class SignatureState(StrEnum):
    """What a signature is worth. Before these stands an e-mail that nobody has confirmed: received."""

    COUNTED = "counted"
    WITHDRAWN = "withdrawn"
    INVALIDATED = "invalidated"


class Level(StrEnum):
    """How well a signer is known."""

    # An address that answers: by e-mail link, or an account that nobody has verified.
    EMAIL = "email"
    # A verified person, signing by themselves.
    VERIFIED = "verified"
    # A verified person, for whom a clerk signed at a desk.
    DESK = "desk"
    # A line on a sheet of paper.
    PAPER = "paper"


def choose_place(district: str | None, region: str | None, district_count: int) -> str:
    """What an entry says of where: the district once NAMED_FROM have signed there, else the region.

    district_count: how many signatures the totals know from that district, whatever their entries say.
    """
    if district and district_count >= NAMED_FROM:
        return f"district:{district}"
    return f"region:{region}" if region else ELSEWHERE


def choose_release(now: datetime, signature_count: int) -> datetime:
    """When an entry made now reaches the ledger: the next full hour, or for a small petition midnight."""
    local = now.astimezone(LOCAL)
    if signature_count >= HOURLY_FROM:
        return local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return datetime.combine(local.date() + timedelta(days=1), time(), LOCAL)


@dataclass(frozen=True)
class Batch:
    """What may still wait for the ledger at one moment; whatever else waits is overdue, or in the future."""

    # Entries are released after the first of these, and until the second.
    released_after: datetime
    released_until: datetime
    # Signatures are of these days and of these moments.
    first_day: date
    last_day: date
    signed_from: datetime
    signed_until: datetime


def find_batch(now: datetime) -> Batch:
    """The batch under way, at its longest: from one midnight to the next."""
    earliest, latest = now - BATCH_SLACK, now + BATCH_SLACK
    first_day = earliest.astimezone(LOCAL).date()
    return Batch(
        released_after=earliest,
        released_until=choose_release(latest, 0),
        first_day=first_day,
        last_day=latest.astimezone(LOCAL).date(),
        signed_from=datetime.combine(first_day, time(), LOCAL),
        signed_until=latest,
    )
