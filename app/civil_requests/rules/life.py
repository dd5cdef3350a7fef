"""What may become of a request and of each agency's part, and by whom: everything else is refused. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from app.civil_requests.rules.refusals import ActNotAllowed


class RequestState(StrEnum):
    """The life of a request."""

    DRAFT = "draft"
    OPEN = "open"
    # Every part is answered.
    ANSWERED = "answered"
    # The same as another request, with which it is answered.
    MERGED = "merged"
    # Ended without an answer, for a coded reason; its filer can appeal.
    CLOSED = "closed"
    APPEALED = "appealed"
    # A second person has confirmed the closing.
    UPHELD = "upheld"
    WITHDRAWN = "withdrawn"


class PartState(StrEnum):
    """Where one agency stands with its part."""

    OPEN = "open"
    # The agency has asked the filer something; its clock is stopped.
    WAITING = "waiting"
    ANSWERED = "answered"
    # Another agency has it now; whether this one was late stays.
    PASSED_ON = "passed-on"


class Act(StrEnum):
    """Everything that is done to a request."""

    FILE = "file"
    TRANSFER = "transfer"
    SPLIT = "split"
    EXTEND = "extend"
    ASK = "ask"
    REPLY = "reply"
    RESUME = "resume"
    LATE = "late"
    ANSWER = "answer"
    MERGE = "merge"
    # Another request has been merged into this one.
    GATHER = "gather"
    CLOSE = "close"
    APPEAL = "appeal"
    UPHOLD = "uphold"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    RATE = "rate"
    PUBLISH = "publish"
    UNPUBLISH = "unpublish"


class Actor(StrEnum):
    """In what capacity somebody acts."""

    FILER = "filer"
    AGENCY = "agency"
    # An official of the agency who is not the one whose decision is appealed.
    SECOND = "second"
    CLOCK = "clock"


@dataclass(frozen=True)
class Transition:
    """Where an act leads, and who may do it."""

    to: RequestState
    actor: Actor


_S, _A, _W, _P = RequestState, Act, Actor, PartState

TRANSITIONS: dict[tuple[RequestState, Act], Transition] = {
    (_S.DRAFT, _A.FILE): Transition(_S.OPEN, _W.FILER),
    (_S.OPEN, _A.TRANSFER): Transition(_S.OPEN, _W.AGENCY),
    (_S.OPEN, _A.SPLIT): Transition(_S.OPEN, _W.AGENCY),
    (_S.OPEN, _A.EXTEND): Transition(_S.OPEN, _W.AGENCY),
    (_S.OPEN, _A.ASK): Transition(_S.OPEN, _W.AGENCY),
    (_S.OPEN, _A.REPLY): Transition(_S.OPEN, _W.FILER),
    (_S.OPEN, _A.RESUME): Transition(_S.OPEN, _W.AGENCY),
    (_S.OPEN, _A.LATE): Transition(_S.OPEN, _W.CLOCK),
    # With the last part `after_answers` goes on to answered.
    (_S.OPEN, _A.ANSWER): Transition(_S.OPEN, _W.AGENCY),
    (_S.OPEN, _A.MERGE): Transition(_S.MERGED, _W.AGENCY),
    (_S.OPEN, _A.GATHER): Transition(_S.OPEN, _W.AGENCY),
    (_S.OPEN, _A.CLOSE): Transition(_S.CLOSED, _W.AGENCY),
    (_S.OPEN, _A.WITHDRAW): Transition(_S.WITHDRAWN, _W.FILER),
    (_S.CLOSED, _A.APPEAL): Transition(_S.APPEALED, _W.FILER),
    (_S.APPEALED, _A.UPHOLD): Transition(_S.UPHELD, _W.SECOND),
    (_S.APPEALED, _A.REOPEN): Transition(_S.OPEN, _W.SECOND),
    (_S.ANSWERED, _A.RATE): Transition(_S.ANSWERED, _W.FILER),
    (_S.ANSWERED, _A.PUBLISH): Transition(_S.ANSWERED, _W.AGENCY),
    (_S.ANSWERED, _A.UNPUBLISH): Transition(_S.ANSWERED, _W.AGENCY),
}

PART_TRANSITIONS: dict[tuple[PartState, Act], PartState] = {
    (_P.OPEN, _A.TRANSFER): _P.PASSED_ON,
    # Given back to an agency that had it before.
    (_P.PASSED_ON, _A.TRANSFER): _P.OPEN,
    (_P.OPEN, _A.SPLIT): _P.OPEN,
    (_P.OPEN, _A.EXTEND): _P.OPEN,
    (_P.OPEN, _A.LATE): _P.OPEN,
    (_P.WAITING, _A.LATE): _P.WAITING,
    (_P.OPEN, _A.ASK): _P.WAITING,
    (_P.WAITING, _A.REPLY): _P.OPEN,
    (_P.WAITING, _A.RESUME): _P.OPEN,
    (_P.OPEN, _A.ANSWER): _P.ANSWERED,
}

# The parts whose answer is still to come.
UNANSWERED = frozenset({_P.OPEN, _P.WAITING})


def next_state(state: RequestState | str, act: Act, actor: Actor) -> RequestState:
    """The state after `act` by `actor`. Raises ActNotAllowed for everything that the table does not list."""
    transition = TRANSITIONS.get((RequestState(state), act))
    if transition is None or transition.actor is not actor:
        raise ActNotAllowed
    return transition.to


def next_part_state(state: PartState | str, act: Act) -> PartState:
    """The state of a part after `act`. Raises ActNotAllowed for everything that the table does not list."""
    try:
        return PART_TRANSITIONS[PartState(state), act]
    except KeyError:
        raise ActNotAllowed from None


def after_answers(state: RequestState, unanswered: int) -> RequestState:
    """Answered, as soon as no part is left."""
    return _S.ANSWERED if state is _S.OPEN and unanswered == 0 else state
