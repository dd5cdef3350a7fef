"""What agencies may pass on, on which basis, and what a change of a consent is called. Pure."""

from collections.abc import Collection
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from app.access_records.rules.grounds import LookUpRefused
from app.platform.errors import HwabaekError

# How a record of the gateway says who asked, where no official did.
GATEWAY, OWN_REQUEST = "gateway", "own request"
# A record has one language only; both of the town's stand in it.
OWN_REQUEST_UNIT = "Own request · 본인 신청"
ADDRESS = "address"


class Basis(StrEnum):
    """On what a sharing rests: the person's own consent, or a statute that asks nobody."""

    CONSENT = "consent"
    STATUTE = "statute"


class AskedBy(StrEnum):
    """Who wanted what a record is about: an official; the person; or the gateway, for the other agency."""

    OFFICIAL = "official"
    PERSON = "person"
    GATEWAY = "gateway"


class ConsentAct(StrEnum):
    """How a person changes what they agree to."""

    GIVE = "give"
    NARROW = "narrow"
    WITHDRAW = "withdraw"


class SharingInvalid(HwabaekError):
    """What was entered about a sharing cannot be registered."""

    status = 422
    code = "sharing-invalid"
    title = _l("This sharing cannot be registered like this")
    advice = _l("Correct what is named and try again. Nothing has been registered.")


class SharingUnknown(LookUpRefused):
    """No such sharing is registered, or it is not the asking agency's."""

    status = 404
    code = "sharing-unknown"
    field = "sharing"
    title = _l("No such sharing is registered")
    advice = _l("Choose one of the sharings in which your agency is the receiver.")


class CategoryNotShared(LookUpRefused):
    """The sharing does not cover this kind of data."""

    code = "category-not-shared"
    field = "categories"
    title = _l("The sharing does not cover this kind of data")
    advice = _l("Choose among the kinds of data that the sharing names.")


class NoConsent(LookUpRefused):
    """The sharing rests on consent, and the person has given none for this."""

    status = 403
    code = "no-consent"
    title = _l("The person has not agreed to this")
    advice = _l("Ask the person: they can agree under “What agencies may share”. Nothing was passed on.")


class ConsentNotAsked(HwabaekError):
    """The sharing rests on a statute, so there is nothing to give or withdraw."""

    status = 409
    code = "consent-not-asked"
    title = _l("This sharing does not rest on your consent")
    advice = _l("A law orders it. You can ask the agency for correction, or for the reason of an access.")


class ConsentUnchanged(HwabaekError):
    """The person agrees to just this already, or to nothing already."""

    status = 409
    code = "consent-unchanged"
    title = _l("The consent stands like this already")
    advice = _l("Nothing has been changed. The person sees it under “What agencies may share”.")


def name_change(before: Collection[str], after: Collection[str]) -> ConsentAct | None:
    """What it is called when a consent to `before` becomes one to `after`; None when nothing changes.

    Whatever adds a category is a new consent, even where another one goes.
    """
    if set(before) == set(after):
        return None
    if not after:
        return ConsentAct.WITHDRAW
    return ConsentAct.NARROW if set(after) < set(before) else ConsentAct.GIVE


def who_asked(sender_id: str | None, official_ref: str | None) -> AskedBy:
    """Who asked, by a record's columns.

    A connected system's report has the sender's id: it cannot hide an official behind the gateway's words.
    """
    if sender_id is not None:
        return AskedBy.OFFICIAL
    return {GATEWAY: AskedBy.GATEWAY, OWN_REQUEST: AskedBy.PERSON}.get(official_ref or "", AskedBy.OFFICIAL)
