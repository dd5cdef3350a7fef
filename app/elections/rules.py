"""What an election may become, and what is refused in which words. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from flask_babel import lazy_gettext as _l

from app.platform.errors import HwabaekError


class ElectionState(StrEnum):
    """The life of an election."""

    DRAFT = "draft"
    READY = "ready"
    OPEN = "open"
    CLOSED = "closed"
    DECRYPTING = "decrypting"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Act(StrEnum):
    """Everything that is done to an election."""

    EDIT = "edit"
    FIX_ROLL = "fix-roll"
    REGISTER_TRUSTEE = "register-trustee"
    PUBLISH_CREDENTIALS = "publish-credentials"
    SET_UP = "set-up"
    OPEN = "open"
    CAST = "cast"
    CLOSE = "close"
    COMPUTE_TALLY = "compute-tally"
    DECRYPT = "decrypt"
    PUBLISH_RESULT = "publish-result"
    CANCEL = "cancel"


class AuthorityMode(StrEnum):
    """Who makes the voters' credentials."""

    OFFLINE = "offline"
    SERVER = "server"


class RollRule(StrEnum):
    """How the voter roll comes about."""

    DISTRICT = "district"
    LIST = "list"


_S = ElectionState
TRANSITIONS: dict[tuple[ElectionState, Act], ElectionState] = {
    (_S.DRAFT, Act.EDIT): _S.DRAFT,
    (_S.DRAFT, Act.FIX_ROLL): _S.DRAFT,
    (_S.DRAFT, Act.REGISTER_TRUSTEE): _S.DRAFT,
    (_S.DRAFT, Act.PUBLISH_CREDENTIALS): _S.DRAFT,
    (_S.DRAFT, Act.SET_UP): _S.READY,
    (_S.DRAFT, Act.CANCEL): _S.CANCELLED,
    (_S.READY, Act.OPEN): _S.OPEN,
    (_S.READY, Act.CANCEL): _S.CANCELLED,
    (_S.OPEN, Act.CAST): _S.OPEN,
    (_S.OPEN, Act.CLOSE): _S.CLOSED,
    (_S.CLOSED, Act.COMPUTE_TALLY): _S.DECRYPTING,
    (_S.DECRYPTING, Act.DECRYPT): _S.DECRYPTING,
    (_S.DECRYPTING, Act.PUBLISH_RESULT): _S.FINISHED,
}

PUBLIC_STATES = frozenset(_S) - {_S.DRAFT, _S.CANCELLED}
# A poll whose server makes the credentials must stay small: the page says what that weakens.
SERVER_AUTHORITY_LIMIT = 500


class ElectionRefusal(HwabaekError):
    """Base of what this room refuses."""

    status = 409


class ActNotAllowed(ElectionRefusal):
    """The election is not in a state in which this can be done."""

    code = "election-state"
    title = _l("This cannot be done at this stage of the election")
    advice = _l("Reload the election's page to see where it stands now.")


class ElectionNotFound(HwabaekError):
    """No such election, or a draft that is not public."""

    status = 404
    code = "election-not-found"
    title = _l("There is no such election")
    advice = _l("Check the address, or pick an election from the list of votes.")


class BallotNotFound(HwabaekError):
    """No ballot in the ballot box has this tracker."""

    status = 404
    code = "ballot-not-found"
    title = _l("There is no ballot with this tracker in the ballot box")
    advice = _l("Compare the tracker with the one that your device showed, letter by letter.")


class DraftIncomplete(ElectionRefusal):
    """Something is missing before the election can be set up."""

    code = "draft-incomplete"
    title = _l("The election is not complete yet")
    advice = _l("Finish the steps that are still open, then set the election up.")


class QuestionInvalid(ElectionRefusal):
    """A question that nobody could answer."""

    status = 422
    code = "question-invalid"
    title = _l("This question cannot be asked like this")
    advice = _l("Give at least one answer, and a smallest and largest number of choices that fit.")


class RollInvalid(ElectionRefusal):
    """The uploaded voter roll cannot be used."""

    status = 422
    code = "roll-invalid"
    title = _l("The voter roll cannot be used")
    advice = _l("Correct the line that is named and upload the file again. Nothing has been changed.")


class CredentialsInvalid(ElectionRefusal):
    """The uploaded public credentials cannot be used."""

    status = 422
    code = "credentials-invalid"
    title = _l("The public credentials cannot be used")
    advice = _l(
        "Upload the file public_credentials.json that the credential authority made for this election."
    )


class TrusteeUnknown(ElectionRefusal):
    """The address is not that of somebody who can be a trustee here."""

    status = 422
    code = "trustee-unknown"
    title = _l("This person cannot be named as a trustee")
    advice = _l("Enter the e-mail address of an account that has the trustee role.")


class AuthorityTooLarge(ElectionRefusal):
    """The server may make credentials for small polls of account holders only."""

    status = 422
    code = "authority-too-large"
    title = _l("The server cannot make the credentials of this election")
    advice = _l("Let a credential authority make them on another computer, then upload its public file.")


class TrusteeKeyInvalid(ElectionRefusal):
    """A trustee's public key does not verify."""

    status = 422
    code = "trustee-key-invalid"
    title = _l("This public key cannot be used")
    advice = _l("Make a new key pair on the trustee page and send it again.")


class NotThisTrustee(ElectionRefusal):
    """The account is not the trustee with that number."""

    status = 403
    code = "not-this-trustee"
    title = _l("This page belongs to another trustee")
    advice = _l("Sign in with the account that was named as this trustee.")


class DecryptionInvalid(ElectionRefusal):
    """A partial decryption does not verify against the tally."""

    status = 422
    code = "decryption-invalid"
    title = _l("This partial decryption does not verify")
    advice = _l("Decrypt again with the key file of this election. Nothing has been recorded.")


class DecryptionAlreadyMade(ElectionRefusal):
    """This trustee has decrypted already."""

    code = "decryption-already-made"
    title = _l("You have already decrypted this tally")
    advice = _l("Nothing more is needed from you.")


class NotOnRoll(ElectionRefusal):
    """The account is not on the voter roll."""

    status = 403
    code = "not-on-roll"
    title = _l("You are not on the voter roll of this election")
    advice = _l("If you think you should be, ask the election office named on the election's page.")


class ElectionNotOpen(ElectionRefusal):
    """Ballots are not taken yet."""

    code = "election-not-open"
    title = _l("Voting has not begun")
    advice = _l("Keep your voting code and come back when voting opens.")


class BallotLate(ElectionRefusal):
    """The election is closed."""

    code = "ballot-late"
    title = _l("Voting is closed")
    advice = _l(
        "This ballot came after closing and was not counted. Ballots that you cast before still count."
    )


class BallotInvalid(ElectionRefusal):
    """The ballot fails one of the published checks; `check` names it."""

    status = 422
    code = "ballot-invalid"
    title = _l("This ballot is not valid")
    advice = _l("Reload the voting page and make the ballot again. Nothing has been counted.")


class CredentialUnknown(ElectionRefusal):
    """The ballot's credential is not on the list of this election."""

    status = 422
    code = "credential-unknown"
    title = _l("This voting code is not one of this election")
    advice = _l("Type the voting code exactly as it stands in your letter for this election.")


class CredentialBoundElsewhere(ElectionRefusal):
    """Another account has used this credential, or this account another one."""

    status = 403
    code = "credential-bound"
    title = _l("This voting code does not go with your account")
    advice = _l(
        "A voting code belongs to the account that used it first, and each account uses one. "
        "If the voting code in your letter was used by someone else, tell the election office at once."
    )


class BallotAlreadyAccepted(ElectionRefusal):
    """The very same ballot is in the ballot box already."""

    code = "ballot-already-accepted"
    title = _l("This very ballot has already been accepted")
    advice = _l("It counts once. To change your vote, make a new ballot.")


class CiphertextRepeated(ElectionRefusal):
    """The ballot repeats a ciphertext of an earlier one."""

    code = "ciphertext-repeated"
    title = _l("This ballot repeats part of another one")
    advice = _l("Reload the voting page and make the ballot again. Nothing has been counted.")


def next_state(state: str, act: Act) -> ElectionState:
    """The state after `act`. Raises ActNotAllowed for every pair that the table does not list."""
    try:
        return TRANSITIONS[ElectionState(state), act]
    except KeyError:
        raise ActNotAllowed(state=state, act=str(act)) from None


def ensure_takes_ballots(state: str, now: datetime, closes_at: datetime | None) -> None:
    """Demand that a ballot may be cast at `now`. Raises ElectionNotOpen, BallotLate."""
    if ElectionState(state) in (_S.DRAFT, _S.READY, _S.CANCELLED):
        raise ElectionNotOpen
    if ElectionState(state) is not _S.OPEN or (closes_at is not None and now >= closes_at):
        raise BallotLate


def release_slot(now: datetime) -> datetime:
    """When a ballot that is cast at `now` reaches the ledger's tree: the next full quarter of an hour."""
    passed = timedelta(minutes=now.minute % 15, seconds=now.second, microseconds=now.microsecond)
    return now - passed + timedelta(minutes=15)


def ensure_question(answers: list[str], minimum: int, maximum: int) -> None:
    """Demand a question that can be answered. Raises QuestionInvalid."""
    if not answers or len(set(answers)) != len(answers):
        raise QuestionInvalid(_l("Each question has at least one answer, and no answer stands twice."))
    if not 0 <= minimum <= maximum <= len(answers) or maximum == 0:
        raise QuestionInvalid(_l("The smallest and largest number of choices do not fit the answers."))


def missing_steps(
    *, question_count: int, roll_size: int, trustee_count: int, registered_count: int, has_credentials: bool
) -> list[str]:
    """What a draft still lacks, as step names in order: questions, roll, trustees, credentials."""
    complete = {
        "questions": question_count > 0,
        "roll": roll_size > 0,
        "trustees": trustee_count > 0 and registered_count == trustee_count,
        "credentials": has_credentials,
    }
    return [step for step, done in complete.items() if not done]


@dataclass(frozen=True)
class Milestone:
    """A step in the life of an election: set-up, open, close, tally, result or cancel.

    `at` is when it happened or is planned, where known; `state` is done, now or future.
    """

    step: str
    state: str
    at: datetime | None = None
    reason: str = ""
    # Of the entry in the ledger.
    leaf_hash: str = ""


class Dated(Protocol):
    """An election, as far as its milestones need to know it."""

    state: str
    opens_at: datetime | None
    closes_at: datetime | None
    opened_at: datetime | None
    closed_at: datetime | None
    opening_reason: str
    closing_reason: str
    cancelling_reason: str


def list_milestones(election: Dated, set_up_at: datetime | None) -> list[Milestone]:
    """What has happened to an election and what is still to come, in order."""
    if ElectionState(election.state) is _S.CANCELLED:
        begun = [Milestone("set-up", "done", set_up_at)] if set_up_at else []
        return [*begun, Milestone("cancel", "done", reason=election.cancelling_reason)]
    opening, closing = election.opened_at or election.opens_at, election.closed_at or election.closes_at
    return [
        Milestone("set-up", _reached(election.state, _S.READY), set_up_at),
        Milestone("open", _reached(election.state, _S.OPEN), opening, election.opening_reason),
        Milestone("close", _reached(election.state, _S.CLOSED), closing, election.closing_reason),
        Milestone("tally", _reached(election.state, _S.DECRYPTING)),
        Milestone("result", _reached(election.state, _S.FINISHED)),
    ]


def _reached(state: str, goal: ElectionState) -> str:
    order = list(ElectionState)
    distance = order.index(goal) - order.index(ElectionState(state))
    if distance <= 0:
        return "done"
    # Between closing and the result something is under way at every moment; before, only a date is awaited.
    is_under_way = distance == 1 and goal in (_S.DECRYPTING, _S.FINISHED)
    return "now" if is_under_way else "future"
