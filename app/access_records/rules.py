"""What an access must say, and what is refused in which words. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from app.platform.deadlines import Rule, Term, Unit
from app.platform.errors import HwabaekError

# Years for which records are kept, by the sensitivity of what a system holds.
RETENTION_YEARS = (1, 2, 5)
CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAXIMUM_RECORDS = 1_000
# Persons whom all queries of one request may touch together.
MAXIMUM_PERSONS = 10_000
MAXIMUM_REPORT_BYTES = 4 * 1024 * 1024
# A signature is taken for so long after it was made; a clock may be ahead by so much.
SIGNATURE_AGE = timedelta(minutes=5)
CLOCK_TOLERANCE = timedelta(seconds=30)
COMPARED_DAYS = 3


class Action(StrEnum):
    """What was done with a person's data."""

    VIEW = "view"
    QUERY = "query"
    MASS_QUERY = "mass-query"
    SHARE = "share"
    DOWNLOAD = "download"
    CHANGE = "change"


class Disclosure(StrEnum):
    """How a purpose is shown to the person: as it is, in neutral words, or after a delay."""

    FULL = "full"
    NEUTRAL = "neutral"
    DELAYED = "delayed"


class NoticeChoice(StrEnum):
    """When a person is told by mail that somebody looked at their data."""

    AT_ONCE = "at-once"
    DAILY = "daily"
    NEVER = "never"


class NoPersonYet(HwabaekError):
    """The account is not a verified person's, so there is nothing to show about one."""

    status = 409
    code = "no-person-yet"
    title = _l("We do not know yet who you are")
    advice = _l("Show your identity card at a desk of the town hall; then you see who looked at your data.")


class NoProofYet(HwabaekError):
    """No epoch with this person in it was closed and signed yet."""

    status = 409
    code = "no-proof-yet"
    title = _l("There is no proof file for you yet")
    advice = _l("The proofs are made once a day. Come back tomorrow.")


class NoStatement(HwabaekError):
    """The oversight body has signed nothing about this epoch, or can no longer examine it."""

    status = 404
    code = "no-statement"
    title = _l("Nothing was signed about this epoch")
    advice = _l("Only the last two epochs can be examined.")


class SystemNotFound(HwabaekError):
    """No system is registered under this code."""

    status = 404
    code = "system-not-found"
    title = _l("There is no such information system")
    advice = _l("Pick one from the register of connected systems.")


class SystemInvalid(HwabaekError):
    """What was entered about a system cannot be registered."""

    status = 422
    code = "system-invalid"
    title = _l("This system cannot be registered like this")
    advice = _l("Correct what is named and send the form again. Nothing has been registered.")


class LookUpRefused(HwabaekError):
    """Base of what is missing before a person's data may be shown; `field` is where it belongs."""

    status = 422
    field = "claim"


class PurposeMissing(LookUpRefused):
    """No purpose was given."""

    code = "purpose-missing"
    field = "purpose"
    title = _l("No data without a purpose")
    advice = _l("Choose the purpose for which you need the data.")


class LegalBasisMissing(LookUpRefused):
    """No legal basis was given."""

    code = "legal-basis-missing"
    field = "legal_basis"
    title = _l("No data without a legal basis")
    advice = _l("Name the law and the article that let you see the data.")


class CaseNumberMissing(LookUpRefused):
    """No case number was given."""

    code = "case-number-missing"
    field = "case_number"
    title = _l("No data without a case")
    advice = _l("Enter the number of the case you are working on.")


class CategoriesMissing(LookUpRefused):
    """Nothing was asked for."""

    code = "categories-missing"
    field = "categories"
    title = _l("No kind of data was chosen")
    advice = _l("Choose the kinds of data that your case needs.")


class ReasonMissing(LookUpRefused):
    """An emergency look-up without a reason."""

    code = "break-glass-reason-missing"
    field = "reason"
    title = _l("An emergency needs a reason")
    advice = _l("Say in a sentence why you cannot wait for a case number.")


class PersonNotFound(LookUpRefused):
    """Nobody is known under this identity claim."""

    status = 404
    code = "person-not-found"
    title = _l("Nobody is known under this number")
    advice = _l("Check the resident registration number.")


class PurposeNotAllowed(LookUpRefused):
    """The purpose is not one for which this system may be read."""

    code = "purpose-not-allowed"
    field = "purpose"
    title = _l("This system may not be read for this purpose")
    advice = _l("Choose a purpose that the register names for the system.")


class CategoryNotHeld(LookUpRefused):
    """The system does not hold this kind of data."""

    code = "category-not-held"
    field = "categories"
    title = _l("The system does not hold this kind of data")
    advice = _l("Choose among the kinds of data that the register names for the system.")


class NotYourSystem(LookUpRefused):
    """The system belongs to another agency."""

    status = 403
    code = "not-your-system"
    field = "system"
    title = _l("This system belongs to another agency")
    advice = _l("Choose a system of your own agency.")


class OwnLookUp(HwabaekError):
    """Nobody reviews their own emergency look-up."""

    status = 403
    code = "own-look-up"
    title = _l("You cannot review your own look-up")
    advice = _l("A second person of your agency reviews it.")


class ReviewNotFound(HwabaekError):
    """No such emergency look-up waits for this agency."""

    status = 404
    code = "review-not-found"
    title = _l("There is no such look-up to review")
    advice = _l("Somebody may have reviewed it already.")


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


@dataclass(frozen=True)
class Grounds:
    """Why an official looks a person up."""

    purpose_code: str
    legal_basis: str
    case_number: str
    categories: tuple[str, ...]
    break_glass: bool = False
    reason: str = ""


def ensure_grounds(grounds: Grounds, purposes: Iterable[str], held: Iterable[str]) -> None:
    """Demand everything that a look-up must name, in a system with these purposes and categories.

    Raises PurposeMissing, LegalBasisMissing, CaseNumberMissing, ReasonMissing, CategoriesMissing,
    PurposeNotAllowed, CategoryNotHeld. In an emergency a reason stands for the case number.
    """
    if not grounds.purpose_code.strip():
        raise PurposeMissing
    if not grounds.legal_basis.strip():
        raise LegalBasisMissing
    if grounds.break_glass and not grounds.reason.strip():
        raise ReasonMissing
    if not grounds.break_glass and not grounds.case_number.strip():
        raise CaseNumberMissing
    if not grounds.categories:
        raise CategoriesMissing
    if grounds.purpose_code not in set(purposes):
        raise PurposeNotAllowed
    if not set(grounds.categories) <= set(held):
        raise CategoryNotHeld


def ensure_signature_time(created: datetime, now: datetime) -> None:
    """Demand a signature made within the last five minutes. Raises RequestFutureDated, RequestStale."""
    if created > now + CLOCK_TOLERANCE:
        raise RequestFutureDated
    if created < now - SIGNATURE_AGE:
        raise RequestStale


class DisputeState(StrEnum):
    """The life of a question about an access."""

    OPEN = "open"
    JUSTIFIED = "justified"
    WRONG = "wrong"
    APPEALED = "appealed"
    DECIDED_JUSTIFIED = "decided-justified"
    DECIDED_WRONG = "decided-wrong"


class DisputeAct(StrEnum):
    """What is done with such a question."""

    EXTEND = "extend"
    CALL_JUSTIFIED = "call-justified"
    CALL_WRONG = "call-wrong"
    APPEAL = "appeal"
    DECIDE_JUSTIFIED = "decide-justified"
    DECIDE_WRONG = "decide-wrong"


DISPUTE_TRANSITIONS: dict[tuple[DisputeState, DisputeAct], DisputeState] = {
    (DisputeState.OPEN, DisputeAct.EXTEND): DisputeState.OPEN,
    (DisputeState.OPEN, DisputeAct.CALL_JUSTIFIED): DisputeState.JUSTIFIED,
    (DisputeState.OPEN, DisputeAct.CALL_WRONG): DisputeState.WRONG,
    (DisputeState.JUSTIFIED, DisputeAct.APPEAL): DisputeState.APPEALED,
    (DisputeState.APPEALED, DisputeAct.DECIDE_JUSTIFIED): DisputeState.DECIDED_JUSTIFIED,
    (DisputeState.APPEALED, DisputeAct.DECIDE_WRONG): DisputeState.DECIDED_WRONG,
}

# Ten days to answer as for other rights of persons whose data is held; ten more once, with a reason.
DISPUTE_RULE = Rule(
    "access-dispute",
    (
        Term(
            date(2011, 9, 30),
            10,
            Unit.WORKING_DAYS,
            "Personal Information Protection Act",
            maximum_extensions=1,
            maximum_extension=10,
        ),
    ),
)


class DisputeNotFound(HwabaekError):
    """No such question, or none that this account may see."""

    status = 404
    code = "dispute-not-found"
    title = _l("There is no such question")
    advice = _l("Open it from your list of accesses.")


class DisputeActRefused(HwabaekError):
    """The question is not at a stage at which this can be done."""

    status = 409
    code = "dispute-state"
    title = _l("This cannot be done at this stage")
    advice = _l("Reload the page to see where the question stands now.")


class AlreadyDisputed(HwabaekError):
    """The access was asked about before."""

    status = 409
    code = "already-disputed"
    title = _l("You have asked about this access already")
    advice = _l("Open your question to see where it stands.")


class OwnDispute(HwabaekError):
    """Nobody answers for an access of their own."""

    status = 403
    code = "own-dispute"
    title = _l("You cannot answer for your own access")
    advice = _l("A second person of your agency answers it.")


class ExtensionNotAllowed(HwabaekError):
    """The term cannot be extended like this."""

    status = 422
    code = "extension-not-allowed"
    title = _l("The term cannot be extended like this")
    advice = _l("It can be extended once, by at most ten working days, with a reason.")


def next_dispute_state(state: str, act: DisputeAct) -> DisputeState:
    """The state after `act`. Raises DisputeActRefused for every pair that the table does not list."""
    try:
        return DISPUTE_TRANSITIONS[DisputeState(state), act]
    except KeyError:
        raise DisputeActRefused(state=state, act=str(act)) from None
