"""Readers for clerks who enter paper, and for the desk."""

from collections.abc import Sequence

from sqlalchemy import select

from app.extensions import db
from app.petitions.models import PaperSheet, Petition, Signature
from app.petitions.rules.life import PetitionState

LISTED = 200
_CHUNK = 500


def list_open_petitions(*, on_paper: bool = False) -> list[Petition]:
    """The open petitions with the most signatures; those only that take signatures on paper if asked for."""
    wanted = (
        select(Petition)
        .where(Petition.state == PetitionState.OPEN)
        .order_by(Petition.signature_count.desc(), Petition.id)
        .limit(LISTED)
    )
    rows = list(db.session.scalars(wanted))
    return [row for row in rows if not on_paper or row.rules["sign"].get("on_paper")]


def list_sheets(petition_id: int) -> list[PaperSheet]:
    """The sheets that were entered for a petition, newest first."""
    wanted = select(PaperSheet).where(PaperSheet.petition_id == petition_id).order_by(PaperSheet.id.desc())
    return list(db.session.scalars(wanted.limit(LISTED)))


def has_sheet(petition_id: int, number: str) -> bool:
    """Whether a sheet with this number was entered for a petition."""
    wanted = select(PaperSheet.id).where(PaperSheet.petition_id == petition_id, PaperSheet.number == number)
    return db.session.scalar(wanted) is not None


def find_signature_ids(petition_id: int, pseudonyms: Sequence[bytes]) -> dict[bytes, int]:
    """The signatures that the petition knows under these pseudonyms, by pseudonym."""
    found: dict[bytes, int] = {}
    for start in range(0, len(pseudonyms), _CHUNK):
        wanted = select(Signature.pseudonym, Signature.id).where(
            Signature.petition_id == petition_id,
            Signature.pseudonym.in_(pseudonyms[start : start + _CHUNK]),
        )
        found.update({bytes(row.pseudonym): row.id for row in db.session.execute(wanted)})
    return found
