"""Who a message goes to, and when a failed one is tried again. Pure."""

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import lazy_gettext as _l

from app.platform.errors import HwabaekError

# While one worker sends a message, no other takes it; a worker that died gives it back after this time.
LEASE = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=6)
MAXIMUM_ATTEMPTS = 20
# The usual kind of recipient; rooms above have others.
ACCOUNT = "account"


class NotByMail(HwabaekError):
    """A mail with this proof would say who cast a ballot."""

    status = 403
    code = "proof-not-by-mail"
    title = _l("This proof is not sent by mail")
    advice = _l("The mail would join you to a ballot. Save the file from the entry's page instead.")


@dataclass(frozen=True)
class Recipient:
    """An address, a name to greet and the language to write in."""

    email: str
    name: str
    language: str


@dataclass(frozen=True)
class Attachment:
    """A text file that goes with a message."""

    name: str
    text: str


def wait_after(attempt_count: int) -> timedelta:
    """How long to wait after so many failed attempts: 1, 2, 4 ... minutes, at most six hours."""
    return min(timedelta(minutes=2 ** min(attempt_count - 1, 10)), LONGEST_WAIT)
