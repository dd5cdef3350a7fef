"""The life of a wish that a datum be corrected or deleted. Pure."""

from datetime import date
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from app.access_records.rules.disputes import ExtensionNotAllowed
from app.platform.deadlines import Rule, Term, Unit
from app.platform.errors import HwabaekError


class CorrectionKind(StrEnum):
    """What a person wants done with a datum."""

    CORRECTION = "correction"
    DELETION = "deletion"


class CorrectionState(StrEnum):
    """Where such a request stands."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    APPEALED = "appealed"
    DECIDED_GRANTED = "decided-granted"
    DECIDED_REFUSED = "decided-refused"
    WITHDRAWN = "withdrawn"


class CorrectionAct(StrEnum):
    """What is done with such a request."""

    EXTEND = "extend"
    GRANT = "grant"
    REFUSE = "refuse"
    APPEAL = "appeal"
    DECIDE_GRANT = "decide-grant"
    DECIDE_REFUSE = "decide-refuse"
    WITHDRAW = "withdraw"


CORRECTION_TRANSITIONS: dict[tuple[CorrectionState, CorrectionAct], CorrectionState] = {
    (CorrectionState.OPEN, CorrectionAct.EXTEND): CorrectionState.OPEN,
    (CorrectionState.OPEN, CorrectionAct.GRANT): CorrectionState.GRANTED,
    (CorrectionState.OPEN, CorrectionAct.REFUSE): CorrectionState.REFUSED,
    (CorrectionState.OPEN, CorrectionAct.WITHDRAW): CorrectionState.WITHDRAWN,
    (CorrectionState.REFUSED, CorrectionAct.APPEAL): CorrectionState.APPEALED,
    (CorrectionState.APPEALED, CorrectionAct.DECIDE_GRANT): CorrectionState.DECIDED_GRANTED,
    (CorrectionState.APPEALED, CorrectionAct.DECIDE_REFUSE): CorrectionState.DECIDED_REFUSED,
}
WAITING_CORRECTIONS = (CorrectionState.OPEN, CorrectionState.APPEALED)
CORRECTION_LAW = "Personal Information Protection Act, article 36"
# Ten days, every day counted; ten more once, with a reason.
CORRECTION_RULE = Rule(
    "datum-correction",
    (
        Term(
            date(2011, 9, 30),
            10,
            Unit.DAYS,
            "Enforcement Decree of the Personal Information Protection Act, article 43",
            maximum_extensions=1,
            maximum_extension=10,
        ),
    ),
)


class CorrectionNotFound(HwabaekError):
    """No such request, or none that this account may see."""

    status = 404
    code = "correction-not-found"
    title = _l("There is no such request")
    advice = _l("Open it from the page that shows what agencies hold about you.")


class CorrectionActRefused(HwabaekError):
    """The request is not at a stage at which this can be done."""

    status = 409
    code = "correction-state"
    title = _l("This cannot be done with the request now")
    advice = _l("Reload the page to see where the request stands now.")


class DatumNotHeld(HwabaekError):
    """The system does not hold this datum about this person, or holds it no longer."""

    status = 404
    code = "datum-not-held"
    title = _l("The system does not hold this")
    advice = _l("Look at what agencies hold about you; it may have been deleted already.")


class AlreadyRequested(HwabaekError):
    """A request about the same datum is still waiting."""

    status = 409
    code = "already-requested"
    title = _l("A request about this is still waiting")
    advice = _l("Open it to see where it stands; when it is answered you can send another one.")


class OwnCorrection(HwabaekError):
    """Nobody answers a request of their own, and nobody decides about an answer of their own."""

    status = 403
    code = "own-correction"
    title = _l("You cannot decide about this yourself")
    advice = _l("It is your own data or your own answer; somebody else of your agency takes it over.")


class CorrectionNotExtended(ExtensionNotAllowed):
    """The term of a correction is counted in days."""

    advice = _l("It can be extended once, by at most ten days, with a reason.")


def next_correction_state(state: str, act: CorrectionAct) -> CorrectionState:
    """The state after `act`. Raises CorrectionActRefused for every pair that the table does not list."""
    try:
        return CORRECTION_TRANSITIONS[CorrectionState(state), act]
    except KeyError:
        raise CorrectionActRefused(state=state, act=str(act)) from None
