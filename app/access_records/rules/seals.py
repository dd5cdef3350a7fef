"""On what ground an access may be kept from its person, and for how long. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from app.access_records.rules.grounds import LookUpRefused
from app.platform.errors import HwabaekError


class SealGround(StrEnum):
    """What allows an investigation to keep an access from its person."""

    COURT_ORDER = "court-order"
    STATUTE = "statute"


LONGEST_SEALS = {SealGround.COURT_ORDER: timedelta(days=2 * 365), SealGround.STATUTE: timedelta(days=365)}


class SealGroundMissing(LookUpRefused):
    """A seal without a court's order or a law."""

    code = "seal-ground-missing"
    field = "ground"
    title = _l("No seal without a ground")
    advice = _l("Name the court and the number of its order, or the law and the article.")


class SealExpiryNotAllowed(LookUpRefused):
    """The day on which the seal opens is past, or too far away."""

    code = "seal-expiry-not-allowed"
    field = "expires_on"
    title = _l("The access cannot be sealed until that day")
    advice = _l("Choose a day from tomorrow on: within two years for a court order, within one for a law.")


class SealNotFound(HwabaekError):
    """No such access is sealed, or not any more."""

    status = 404
    code = "seal-not-found"
    title = _l("No such access is sealed")
    advice = _l("It may have opened in the meantime.")


@dataclass(frozen=True)
class SealTerms:
    """Why an access is sealed, and when it opens by itself; None where no ground or day was given."""

    kind: SealGround | None
    ground: str
    expires_at: datetime | None


def ensure_seal(terms: SealTerms, now: datetime) -> tuple[SealGround, datetime]:
    """Demand a ground and a day that it allows; both. Raises SealGroundMissing, SealExpiryNotAllowed."""
    if terms.kind is None or not terms.ground.strip():
        raise SealGroundMissing
    expires_at = terms.expires_at and terms.expires_at.replace(microsecond=0)
    if expires_at is None or not now < expires_at <= now + LONGEST_SEALS[terms.kind]:
        raise SealExpiryNotAllowed
    return terms.kind, expires_at
