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
