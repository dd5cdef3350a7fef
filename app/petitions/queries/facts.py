"""What signing needs to know of a petition, remembered for a few seconds.

The state is a first look only: whoever writes reads it again under a lock.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import current_app
from sqlalchemy import select

from app.extensions import db
from app.petitions.models import Petition
from app.petitions.rules.life import PetitionState
from app.petitions.rules.refusals import PetitionNotFound
from app.petitions.rules.types import PetitionRules, parse_rules
from app.platform import clock

REMEMBERED = timedelta(seconds=5)


@dataclass(frozen=True)
class Facts:
    """Number, state, last day and rules of one petition."""

    id: int
    reference: str
    state: PetitionState
    closes_on: date | None
    rules: PetitionRules


def get_facts(reference: str) -> Facts:
    """The facts of the petition with this reference, at most REMEMBERED old. Raises PetitionNotFound."""
    remembered: dict[str, tuple[datetime, Facts]]
    remembered = current_app.extensions.setdefault("petition_facts", {})
    now = clock.now()
    read_at, facts = remembered.get(reference, (now, None))
    if facts is None or not timedelta() <= now - read_at < REMEMBERED:
        facts = _read_facts(reference)
        remembered[reference] = (now, facts)
    return facts


def _read_facts(reference: str) -> Facts:
    columns = (Petition.id, Petition.reference, Petition.state, Petition.closes_on, Petition.rules)
    row = db.session.execute(select(*columns).where(Petition.reference == reference)).one_or_none()
    if row is None:
        raise PetitionNotFound
    return Facts(row.id, row.reference, PetitionState(row.state), row.closes_on, parse_rules(row.rules))
