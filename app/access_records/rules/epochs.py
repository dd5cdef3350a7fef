"""What is refused about epochs and proofs. Pure."""

from flask_babel import lazy_gettext as _l

from app.platform.errors import HwabaekError


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


class EpochNotOpen(HwabaekError):
    """The leaves of this epoch are not kept any more, or it was never closed."""

    status = 404
    code = "epoch-not-open"
    title = _l("The leaves of this epoch are gone")
    advice = _l("Only the last two epochs can be examined.")


class StatementNotUsable(HwabaekError):
    """Not a statement about this epoch, or not signed by the oversight body's key."""

    status = 422
    code = "statement-not-usable"
    title = _l("This is not a signed statement about this epoch")
    advice = _l("Send the file that “oversight examine” wrote, signed with the key that is registered.")


class StatementStands(HwabaekError):
    """What was signed about an epoch stands; nobody replaces it."""

    status = 409
    code = "statement-stands"
    title = _l("A statement about this epoch is published already")
    advice = _l("What was signed stands. Say in the next statement what has changed.")


class OversightKeyInvalid(HwabaekError):
    """Not the public half of a signing key in note form."""

    status = 422
    code = "oversight-key-invalid"
    title = _l("This is not a public key of the oversight body")
    advice = _l("Give the line that “oversight keygen” printed.")
