"""Names of blocks, criteria, reasons and of what becomes of an invalidation."""

from flask_babel import lazy_gettext as _l

from app.petitions.rules.fraud import BlockKind, InvalidationState
from app.petitions.rules.reasons import INVALIDATIONS
from app.petitions.rules.signing import Level

_KINDS = {
    BlockKind.DOMAIN: _l("Mail domain"),
    BlockKind.ADDRESS: _l("E-mail address"),
    BlockKind.NETWORK: _l("Network"),
}
_CRITERIA = {
    "domain": _l("Mail domain"),
    "network": _l("Network"),
    "district": _l("District"),
    "level": _l("How the signer is known"),
    "postcode": _l("Postcode"),
    "from_day": _l("From this day on"),
    "to_day": _l("Until this day"),
}
_LEVELS = {
    Level.EMAIL: _l("An address that answers"),
    Level.VERIFIED: _l("A verified person"),
    Level.DESK: _l("A verified person, at a desk"),
    Level.PAPER: _l("A line on paper"),
}
# Shape and colour, and the word.
_STATES = {
    InvalidationState.PROPOSED: ("due", _l("Waits for a second person")),
    InvalidationState.REFUSED: ("closed", _l("Turned down")),
    InvalidationState.RUNNING: ("pending", _l("Under way")),
    InvalidationState.DONE: ("done", _l("Done")),
    InvalidationState.UNDO_PROPOSED: ("due", _l("Undoing waits for a second person")),
    InvalidationState.UNDOING: ("pending", _l("Being undone")),
    InvalidationState.UNDONE: ("closed", _l("Undone")),
}


def name_kind(code: str) -> str:
    """What a block or an alert is about."""
    return str(_KINDS[BlockKind(code)])


def name_criterion(code: str) -> str:
    """What a criterion looks at."""
    return str(_CRITERIA[code])


def name_level(code: str) -> str:
    """How a signer is known."""
    return str(_LEVELS[Level(code)])


def describe_state(code: str) -> tuple[str, str]:
    """How the state of an invalidation is drawn, and its name."""
    kind, text = _STATES[InvalidationState(code)]
    return kind, str(text)


def name_reason(code: str) -> str:
    """Why signatures were declared invalid."""
    return str(INVALIDATIONS[code].text)
