"""What keeps the holder of an account from signing, before they try."""

from dataclasses import dataclass

from app.access_records.queries.labels import find_enrolment
from app.accounts.models import Account, District, Region
from app.accounts.queries import find_region
from app.extensions import db
from app.petitions.queries.counts import get_standing
from app.petitions.queries.facts import Facts
from app.petitions.rules.admission import Applicant, ensure_admitted, ensure_open
from app.petitions.rules.refusals import PetitionRefusal
from app.petitions.rules.signing import LOCAL, Level, choose_place
from app.platform import clock
from app.platform.language import current_language


@dataclass(frozen=True)
class Publication:
    """What the ledger would say of a signature made now, besides the pseudonym."""

    level: Level
    place: str


def find_refusal(account: Account, petition: Facts) -> PetitionRefusal | None:
    """Why this account may not sign the petition now; None when it may."""
    today = clock.now().astimezone(LOCAL).date()
    known = find_enrolment(account.person_id) if account.person_id else None
    applicant = Applicant(account.level, account.district, known.birth_year if known else None)
    try:
        ensure_open(petition.state, petition.closes_on, today)
        ensure_admitted(petition.rules.sign, applicant, today)
    except PetitionRefusal as refusal:
        return refusal
    return None


def preview_publication(account: Account, petition: Facts) -> Publication:
    """What becomes public when the account signs now."""
    level = Level.EMAIL if account.person_id is None else Level.VERIFIED
    count = get_standing(petition.id).by_district.get(account.district or "", 0)
    return Publication(level, choose_place(account.district, find_region(account.district), count))


def name_place(place: str) -> str | None:
    """The name of an entry's place in the reader's language; None for "elsewhere"."""
    kind, _, code = place.partition(":")
    row: District | Region | None = None
    if kind == "district":
        row = db.session.get(District, code)
    elif kind == "region":
        row = db.session.get(Region, code)
    if row is None:
        return code or None
    return row.name_ko if current_language() == "ko" else row.name
