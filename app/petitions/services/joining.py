"""Followers of a petition that is joined to another go on with that one."""

from sqlalchemy import select

from app.extensions import db
from app.petitions.models import Follower, Petition
from app.petitions.rules.life import PetitionState


def lock_target(petition: Petition) -> Petition:
    """The petition that a joined one was joined to in the end, kept from being joined on meanwhile."""
    target = petition
    while target.state == PetitionState.JOINED and target.joined_to_id is not None:
        wanted = select(Petition).where(Petition.id == target.joined_to_id).with_for_update(read=True)
        target = db.session.scalars(wanted.execution_options(populate_existing=True)).one()
    return target


def move_follower(follower: Follower, target: Petition) -> Follower:
    """Let somebody follow the other one, in the caller's transaction; whoever does so already is kept once."""
    if follower.account_id is not None:
        mine = Follower.account_id == follower.account_id
    else:
        mine = Follower.email_signer_id == follower.email_signer_id
    known = db.session.scalar(select(Follower).where(Follower.petition_id == target.id, mine))
    if known is None:
        follower.petition_id = target.id
        return follower
    db.session.delete(follower)
    return known
