"""Who a message goes to, and when a failed one is tried again. Pure."""

from dataclasses import dataclass
from datetime import timedelta

# While one worker sends a message, no other takes it; a worker that died gives it back after this time.
LEASE = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=6)
MAXIMUM_ATTEMPTS = 20


@dataclass(frozen=True)
class Recipient:
    """An address, a name to greet and the language to write in."""

    email: str
    name: str
    language: str


def wait_after(attempt_count: int) -> timedelta:
    """How long to wait after so many failed attempts: 1, 2, 4 ... minutes, at most six hours."""
    return min(timedelta(minutes=2 ** min(attempt_count - 1, 10)), LONGEST_WAIT)
