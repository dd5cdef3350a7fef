"""Readers of what the folding job has counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import func, select

from app.extensions import db
from app.petitions.models import Petition, PetitionTotal
from app.platform import clock

# As old as a folded count may be before the next fold.
FRESH = timedelta(seconds=10)


@dataclass(frozen=True)
class Standing:
    """A petition's count as the signing of the next one needs it."""

    total: int
    by_district: Mapping[str, int]
    read_at: datetime


def get_standing(petition_id: int) -> Standing:
    """Total and count of each district, as folded; this process remembers them for FRESH."""
    standings: dict[int, Standing] = current_app.extensions.setdefault("petition_standings", {})
    known, now = standings.get(petition_id), clock.now()
    if known is None or not timedelta() <= now - known.read_at < FRESH:
        known = standings[petition_id] = _read_standing(petition_id, now)
    return known


def _read_standing(petition_id: int, now: datetime) -> Standing:
    wanted = (
        select(PetitionTotal.district, func.sum(PetitionTotal.count))
        .where(PetitionTotal.petition_id == petition_id)
        .group_by(PetitionTotal.district)
    )
    by_district = {district: int(count) for district, count in db.session.execute(wanted)}
    total = db.session.scalar(select(Petition.signature_count).where(Petition.id == petition_id)) or 0
    return Standing(total, by_district, now)
