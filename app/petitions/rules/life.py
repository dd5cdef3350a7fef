"""What a petition may become, and by whom: one table, everything else is refused. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from app.petitions.rules.refusals import ActNotAllowed


class PetitionState(StrEnum):
    """The life of a petition. What it is owed has clocks of its own (Obligation)."""

    DRAFT = "draft"
    SPONSORING = "sponsoring"
    MODERATION = "moderation"
    OPEN = "open"
    CLOSED = "closed"
    ARCHIVED = "archived"
    # Refused: the text stays public with the reason, or is hidden where the code says so.
    REJECTED = "rejected"
    HIDDEN = "hidden"
    # Too few sponsors in time.
    LAPSED = "lapsed"
    # Taken back by its creator before it was published.
    WITHDRAWN = "withdrawn"
    # The same as another petition, which its followers now follow.
    JOINED = "joined"
    # Ended early by a moderator, with a coded reason.
    STOPPED = "stopped"


class Act(StrEnum):
    """Everything that is done to a petition."""

    EDIT = "edit"
    SUBMIT = "submit"
    SPONSOR = "sponsor"
    LAPSE = "lapse"
    WITHDRAW = "withdraw"
    ASK_CHANGES = "ask-changes"
    PUBLISH = "publish"
    REJECT = "reject"
    HIDE = "hide"
    JOIN = "join"
    SIGN = "sign"
    UNSIGN = "unsign"
    INVALIDATE = "invalidate"
    RESTORE = "restore"
    REACH = "reach"
    ROUTE = "route"
    RESPOND = "respond"
    SCHEDULE = "schedule"
    HOLD = "hold"
    DECLINE = "decline"
    EXTEND = "extend"
    PAUSE = "pause"
    RESUME = "resume"
    RECORD_OUTCOME = "record-outcome"
    STOP = "stop"
    CLOSE = "close"
    # A day more for one on which signing was switched off.
    PROLONG = "prolong"
    ARCHIVE = "archive"


class Actor(StrEnum):
    """In what capacity somebody acts."""

    CREATOR = "creator"
    CITIZEN = "citizen"
    MODERATOR = "moderator"
    AGENCY = "agency"
    CLERK = "clerk"
    # Time itself, or a count: what the jobs do.
    CLOCK = "clock"


@dataclass(frozen=True)
class Transition:
    """Where an act leads, and who may do it."""

    to: PetitionState
    actors: frozenset[Actor]


def _by(to: PetitionState, *actors: Actor) -> Transition:
    return Transition(to, frozenset(actors))


_S, _A, _W = PetitionState, Act, Actor

TRANSITIONS: dict[tuple[PetitionState, Act], Transition] = {
    (_S.DRAFT, _A.EDIT): _by(_S.DRAFT, _W.CREATOR),
    (_S.DRAFT, _A.WITHDRAW): _by(_S.WITHDRAWN, _W.CREATOR),
    # Where no sponsors are needed, `next_state` goes on to moderation at once.
    (_S.DRAFT, _A.SUBMIT): _by(_S.SPONSORING, _W.CREATOR),
    # The last sponsor needed moves the petition on: `next_state` again.
    (_S.SPONSORING, _A.SPONSOR): _by(_S.SPONSORING, _W.CITIZEN),
    (_S.SPONSORING, _A.LAPSE): _by(_S.LAPSED, _W.CLOCK),
    (_S.SPONSORING, _A.WITHDRAW): _by(_S.WITHDRAWN, _W.CREATOR),
    (_S.MODERATION, _A.SPONSOR): _by(_S.MODERATION, _W.CITIZEN),
    (_S.MODERATION, _A.WITHDRAW): _by(_S.WITHDRAWN, _W.CREATOR),
    (_S.MODERATION, _A.EDIT): _by(_S.MODERATION, _W.MODERATOR),
    (_S.MODERATION, _A.ASK_CHANGES): _by(_S.DRAFT, _W.MODERATOR),
    (_S.MODERATION, _A.PUBLISH): _by(_S.OPEN, _W.MODERATOR),
    (_S.MODERATION, _A.REJECT): _by(_S.REJECTED, _W.MODERATOR),
    (_S.MODERATION, _A.HIDE): _by(_S.HIDDEN, _W.MODERATOR),
    (_S.MODERATION, _A.JOIN): _by(_S.JOINED, _W.MODERATOR),
    (_S.OPEN, _A.EDIT): _by(_S.OPEN, _W.MODERATOR),
    (_S.OPEN, _A.JOIN): _by(_S.JOINED, _W.MODERATOR),
    (_S.OPEN, _A.SIGN): _by(_S.OPEN, _W.CITIZEN, _W.CREATOR, _W.CLERK),
    (_S.OPEN, _A.STOP): _by(_S.STOPPED, _W.MODERATOR),
    (_S.OPEN, _A.PROLONG): _by(_S.OPEN, _W.CLOCK),
    (_S.OPEN, _A.CLOSE): _by(_S.CLOSED, _W.CLOCK),
    (_S.CLOSED, _A.ARCHIVE): _by(_S.ARCHIVED, _W.CLOCK, _W.MODERATOR),
    (_S.STOPPED, _A.ARCHIVE): _by(_S.ARCHIVED, _W.CLOCK, _W.MODERATOR),
    (_S.JOINED, _A.ARCHIVE): _by(_S.ARCHIVED, _W.CLOCK, _W.MODERATOR),
}
# Whoever answers goes on answering after the signing has ended.
for _state in (_S.OPEN, _S.CLOSED):
    TRANSITIONS.update(
        {
            (_state, _A.INVALIDATE): _by(_state, _W.MODERATOR),
            (_state, _A.RESTORE): _by(_state, _W.MODERATOR),
            (_state, _A.REACH): _by(_state, _W.CLOCK),
            (_state, _A.ROUTE): _by(_state, _W.MODERATOR, _W.AGENCY),
            (_state, _A.RESPOND): _by(_state, _W.AGENCY),
            (_state, _A.SCHEDULE): _by(_state, _W.AGENCY),
            (_state, _A.HOLD): _by(_state, _W.AGENCY),
            (_state, _A.DECLINE): _by(_state, _W.AGENCY),
            (_state, _A.EXTEND): _by(_state, _W.AGENCY),
            (_state, _A.PAUSE): _by(_state, _W.AGENCY),
            (_state, _A.RESUME): _by(_state, _W.AGENCY),
            (_state, _A.RECORD_OUTCOME): _by(_state, _W.AGENCY, _W.MODERATOR),
        }
    )
# Taking back is as easy as signing, as long as the signature is there for everybody to see.
for _state in (_S.OPEN, _S.CLOSED, _S.JOINED, _S.STOPPED):
    TRANSITIONS[_state, _A.UNSIGN] = _by(_state, _W.CITIZEN, _W.CREATOR, _W.CLERK)

# What strangers may see. A hidden petition shows its number and reason only.
PUBLIC_STATES = frozenset({_S.OPEN, _S.CLOSED, _S.ARCHIVED, _S.REJECTED, _S.HIDDEN, _S.JOINED, _S.STOPPED})
# What has been open, and so has a key, a count and entries in the ledger.
COUNTED_STATES = frozenset({_S.OPEN, _S.CLOSED, _S.ARCHIVED, _S.JOINED, _S.STOPPED})


def next_state(state: PetitionState | str, act: Act, actor: Actor) -> PetitionState:
    """The state after `act` by `actor`. Raises ActNotAllowed for everything that the table does not list."""
    transition = TRANSITIONS.get((PetitionState(state), act))
    if transition is None or actor not in transition.actors:
        raise ActNotAllowed
    return transition.to


def after_sponsors(state: PetitionState, sponsors: int, needed: int) -> PetitionState:
    """Moderation, as soon as there are as many sponsors as the type asks for."""
    return _S.MODERATION if state is _S.SPONSORING and sponsors >= needed else state
