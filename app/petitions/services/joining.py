"""Followers of a petition that is joined to another go on with that one."""

from sqlalchemy import or_, select, update
from sqlalchemy.orm import aliased

from app.extensions import db
from app.petitions.models import Follower, Petition


def move_followers(petition: Petition, target: Petition) -> None:
    """Move those who do not follow the other one yet, in the caller's transaction."""
    other = aliased(Follower)
    both = select(other.id).where(
        other.petition_id == target.id,
        or_(
            other.account_id == Follower.account_id,
            other.email_signer_id == Follower.email_signer_id,
        ),
    )
    db.session.execute(
        update(Follower)
        .where(Follower.petition_id == petition.id, ~both.exists())
        .values(petition_id=target.id)
        .execution_options(synchronize_session=False)
    )
