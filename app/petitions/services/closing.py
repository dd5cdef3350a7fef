"""The end: closing on the last day, archiving when nothing is owed any more, the key destroyed."""

from datetime import timedelta

from sqlalchemy import func, select

from app.extensions import db
from app.ledger.entry_types import EntryType
from app.petitions.models import Obligation, Petition, PetitionTotal, Signature
from app.petitions.rules.clocks import ARCHIVED_AFTER_DAYS
from app.petitions.rules.life import Act, Actor, PetitionState
from app.petitions.rules.refusals import ActNotAllowed
from app.petitions.rules.signing import LOCAL
from app.petitions.services.counting import fold_totals
from app.petitions.services.forgetting import forget_signers
from app.petitions.services.keys import destroy_key
from app.petitions.services.steps import lock_petition, take_step
from app.platform import clock
from app.platform.transaction import after_commit, transaction

_ENDED = (PetitionState.CLOSED, PetitionState.STOPPED, PetitionState.JOINED)


def close_petitions() -> int:
    """Close the petitions whose last day has passed; how many."""
    today = clock.now().astimezone(LOCAL).date()
    due = select(Petition.reference).where(Petition.state == PetitionState.OPEN, Petition.closes_on < today)
    references = list(db.session.scalars(due))
    return sum(_close(reference) for reference in references)


def archive_petitions() -> int:
    """Archive what ended long ago and is owed nothing; how many."""
    before = clock.now() - timedelta(days=ARCHIVED_AFTER_DAYS)
    owed = select(Obligation.id).where(Obligation.petition_id == Petition.id, Obligation.met_at.is_(None))
    due = select(Petition.reference).where(
        Petition.state.in_(_ENDED), Petition.closed_at < before, ~owed.exists()
    )
    references = list(db.session.scalars(due))
    for reference in references:
        archive_petition(reference)
    return len(references)


def archive_petition(reference: str, actor: Actor = Actor.CLOCK) -> None:
    """Close the books of a petition: no row that says who signed is left, the count stays checkable.

    The key is destroyed only after the commit; a stop in between is made good by the next run of the job,
    which destroys the keys of archived petitions. Raises ActNotAllowed.
    """
    while fold_totals():
        pass
    with transaction():
        petition = lock_petition(reference)
        forget_signers(petition.id, reference)
        petition.archived_at = clock.now()
        public = {"count": petition.signature_count, "levels": _count_levels(petition.id)}
        take_step(petition, Act.ARCHIVE, actor, EntryType.PETITION_ARCHIVE, public=public)
        after_commit(lambda: destroy_key(reference))


def destroy_old_keys() -> None:
    """Destroy the keys of archived petitions that a stop has left."""
    archived = select(Petition.reference).where(Petition.state == PetitionState.ARCHIVED)
    for reference in db.session.scalars(archived):
        destroy_key(reference)


def forget_old_signers() -> None:
    """Forget the signers of petitions that were archived when less was forgotten; once is enough."""
    kept = select(Signature.id).where(Signature.petition_id == Petition.id, Signature.proof.is_not(None))
    archived = select(Petition.id, Petition.reference).where(
        Petition.state == PetitionState.ARCHIVED, kept.exists()
    )
    for row in db.session.execute(archived).all():
        with transaction():
            forget_signers(row.id, row.reference)


def _close(reference: str) -> bool:
    today = clock.now().astimezone(LOCAL).date()
    with transaction():
        petition = lock_petition(reference)
        if petition.closes_on is None or petition.closes_on >= today:
            return False
        petition.closed_at = clock.now()
        try:
            take_step(petition, Act.CLOSE, Actor.CLOCK, EntryType.PETITION_CLOSE)
        except ActNotAllowed:
            # A moderator was faster.
            return False
    return True


def _count_levels(petition_id: int) -> dict[str, int]:
    wanted = (
        select(PetitionTotal.level, func.sum(PetitionTotal.count))
        .where(PetitionTotal.petition_id == petition_id)
        .group_by(PetitionTotal.level)
    )
    return {level: int(count) for level, count in db.session.execute(wanted) if count}
