"""Coded reasons for refusing, stopping and invalidating: each public, each with its words. Pure."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Reason:
    """A code, what it means, and whether a petition's text is hidden for it."""

    code: str
    text: object
    hides: bool = False


def _by_code(*reasons: Reason) -> dict[str, Reason]:
    return {reason.code: reason for reason in reasons}


REJECTIONS = _by_code(
    Reason("other-body", _l("It asks for something that this body cannot decide or do.")),
    Reason("unclear", _l("It does not say clearly what should be done.")),
    Reason("single-case", _l("It is about one person's own case; a civil request is the way for that.")),
    Reason("duplicate", _l("There is a petition about the same matter already.")),
    Reason("decided", _l("It was asked and answered less than six months ago.")),
    Reason("court", _l("The matter is before a court.")),
    Reason("advertising", _l("It advertises something.")),
    Reason("defamatory", _l("It says something about somebody that may be false and harm them."), hides=True),
    Reason("personal-data", _l("It tells personal matters of somebody."), hides=True),
    Reason("offensive", _l("It is offensive or calls for violence."), hides=True),
    Reason("unlawful", _l("Publishing it would break the law."), hides=True),
)
STOPS = _by_code(
    Reason("court-order", _l("A court has ordered it.")),
    Reason("settled", _l("What it asks for has been done.")),
    Reason("creator", _l("Its creator has asked to end it.")),
    Reason("abuse", _l("Its text turned out to break the rules.")),
)
INVALIDATIONS = _by_code(
    Reason("not-resident", _l("The signer does not live where this petition may be signed from.")),
    Reason("unreachable", _l("Mail to the address comes back.")),
    Reason("throw-away", _l("The address is from a provider of throw-away addresses.")),
    Reason("automated", _l("It came from a program.")),
    Reason("same-person", _l("The same person has signed in another way.")),
    Reason("illegible", _l("The line on paper cannot be read, or is not complete.")),
)
