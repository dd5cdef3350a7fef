"""Readers of petitions."""

from sqlalchemy import select

from app.extensions import db
from app.petitions.models import Petition
from app.petitions.rules.life import PUBLIC_STATES
from app.petitions.rules.refusals import PetitionNotFound


def get_public_petition(reference: str) -> Petition:
    """The petition that everybody may see under this reference. Raises PetitionNotFound."""
    petition = db.session.scalar(select(Petition).where(Petition.reference == reference))
    if petition is None or petition.state not in PUBLIC_STATES:
        raise PetitionNotFound
    return petition
