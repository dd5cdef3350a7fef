"""Followers of a petition that is joined to another go on with that one."""

from hashlib import sha256

from sqlalchemy import select

from app.extensions import db
from app.petitions.models import EmailSigner, Follower, Petition
from app.petitions.rules.life import PetitionState
from app.petitions.services.email_signing import link_token


def lock_target(petition: Petition) -> Petition:
    """The petition that a joined one was joined to in the end, kept from being joined on meanwhile."""
    target = petition
    while target.state == PetitionState.JOINED and target.joined_to_id is not None:
        wanted = select(Petition).where(Petition.id == target.joined_to_id).with_for_update(read=True)
        target = db.session.scalars(wanted.execution_options(populate_existing=True)).one()
    return target


def move_follower(follower: Follower, target: Petition) -> Follower:
    """Let somebody follow the other one, in the caller's transaction; once, whoever does so already."""
    signer_id = follower.email_signer_id
    if signer_id is not None:
        signer_id = _take_address(signer_id, target)
        mine = Follower.email_signer_id == signer_id
    else:
        mine = Follower.account_id == follower.account_id
    known = db.session.scalar(select(Follower).where(Follower.petition_id == target.id, mine))
    if known is None:
        follower.petition_id, follower.email_signer_id = target.id, signer_id
        return follower
    db.session.delete(follower)
    return known


def _take_address(signer_id: int, target: Petition) -> int:
    """The row of the same address for the other petition, made if there is none: nothing is signed by it.

    The old row says what the address signed, and goes with the old petition's archive.
    """
    old = db.session.get_one(EmailSigner, signer_id)
    address = old.canonical_email
    mine = (EmailSigner.petition_id == target.id, EmailSigner.canonical_email == address)
    signer = db.session.scalar(select(EmailSigner).where(*mine))
    if signer is None:
        signer = EmailSigner(petition_id=target.id, canonical_email=address, postcode="", follows=True)
        signer.name, signer.email, signer.language = old.name, old.email, old.language
        signer.requested_at = old.requested_at
        signer.token_hash = sha256(link_token(target.id, address).encode()).digest()
        db.session.add(signer)
        db.session.flush()
    return signer.id
