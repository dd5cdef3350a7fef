"""What a connected system may send, and what is refused in which words. Pure."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from app.platform.errors import HwabaekError

MAXIMUM_RECORDS = 1_000
# Persons whom all queries of one request may touch together.
MAXIMUM_PERSONS = 10_000
MAXIMUM_REPORT_BYTES = 4 * 1024 * 1024
# A signature is taken for so long after it was made; a clock may be ahead by so much.
SIGNATURE_AGE = timedelta(minutes=5)
CLOCK_TOLERANCE = timedelta(seconds=30)
COMPARED_DAYS = 3
UNREADABLE_TEXT = _l("A text has a zero byte or half a character, which cannot be kept.")


class ReportRefused(HwabaekError):
    """Base of what a connected system is refused; each is counted for it."""

    status = 422
    code = "report-refused"


class RequestUnsigned(ReportRefused):
    """No HTTP Message Signature."""

    status = 401
    code = "request-unsigned"
    title = _l("The request is not signed")
    advice = _l("Sign it by RFC 9421 with the key that is registered for your system.")


class SignatureWrong(ReportRefused):
    """A signature that does not verify, or does not cover what it must."""

    status = 401
    code = "signature-wrong"
    title = _l("The signature does not verify")
    advice = _l(
        "Cover method, target and content digest, with created, keyid and nonce, by your Ed25519 key."
    )


class SystemUnknown(ReportRefused):
    """A key id that no active system has."""

    status = 401
    code = "system-unknown"
    title = _l("No connected system has this key")
    advice = _l("Use the key id that stands in the register.")


class RequestReplayed(ReportRefused):
    """A nonce that was used before."""

    status = 409
    code = "request-replayed"
    title = _l("This request was sent before")
    advice = _l(
        "Send the records again under a new nonce: what was recorded is answered, not recorded twice."
    )


class RequestFutureDated(ReportRefused):
    """A signature or an access from the future."""

    status = 422
    code = "future-dated"
    title = _l("The request comes from the future")
    advice = _l("Set the clock of your system, and give times with their zone.")


class RequestStale(ReportRefused):
    """A signature that is too old."""

    status = 401
    code = "request-stale"
    title = _l("The signature is too old")
    advice = _l("Sign the request again; a signature is taken for five minutes.")


class ReportOversized(ReportRefused):
    """Too many bytes, records or persons."""

    status = 413
    code = "report-oversized"
    title = _l("The report is too large")
    advice = _l("Send at most 1,000 records for at most 10,000 persons in 4 MiB.")


class ReportMalformed(ReportRefused):
    """Not the JSON that the interface asks for."""

    code = "report-malformed"
    title = _l("The report cannot be read")
    advice = _l("Correct the field that is named.")


class PurposeUnknown(ReportRefused):
    """A purpose code that is not in the list, or not among the system's."""

    code = "purpose-unknown"
    title = _l("The purpose is not one of this system's")
    advice = _l("Use a purpose code that the register names for your system.")


class CategoryUnknown(ReportRefused):
    """A category that the system does not hold."""

    code = "category-unknown"
    title = _l("The kind of data is not one of this system's")
    advice = _l("Use a code that the register names for your system.")


class PersonUnknown(ReportRefused):
    """An identity claim of nobody."""

    code = "person-unknown"
    title = _l("A person is not known")
    advice = _l("Check the identity claim. The answer never repeats it.")


class CounterpartUnknown(ReportRefused):
    """Sharing without the other side."""

    code = "counterpart-unknown"
    title = _l("The other side of the sharing is not known")
    advice = _l("Name a registered system of another agency as counterpart.")


class SenderIdReused(ReportRefused):
    """The sender's id came before with other content."""

    status = 409
    code = "sender-id-reused"
    title = _l("Another record was sent under this id")
    advice = _l("Give each record its own id.")


def ensure_signature_time(created: datetime, now: datetime) -> None:
    """Demand a signature made within the last five minutes. Raises RequestFutureDated, RequestStale."""
    if created > now + CLOCK_TOLERANCE:
        raise RequestFutureDated
    if created < now - SIGNATURE_AGE:
        raise RequestStale
