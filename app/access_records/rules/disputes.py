"""The life of a question about an access. Pure."""

from datetime import date
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from app.platform.deadlines import Rule, Term, Unit
from app.platform.errors import HwabaekError


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
