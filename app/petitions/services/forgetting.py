"""What goes when a petition is archived: everything that says, or lets somebody compute, who signed it.

The key alone is not enough: a proof is verified with the public key, for whomever one guesses.
"""

from datetime import datetime, time

from sqlalchemy import delete, select, update

from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.models import LedgerEntry
from app.petitions.models import (
    EmailSigner,
    Follower,
    InvalidatedSignature,
    Invalidation,
    PaperLine,
    SampledSignature,
    Signature,
    Sponsor,
    TimelineEvent,
)
from app.petitions.rules.life import Act
from app.petitions.rules.signing import LOCAL
from app.petitions.services.desk_signing import forget_desk_acts


def forget_signers(petition_id: int, reference: str) -> None:
    """Forget who signed, sponsored, followed and objected, in the caller's transaction; idempotent.

    Left are pseudonyms, levels, places and days; and the creator, who is known for having started it.
    """
    _blank_signatures(petition_id)
    _blank_texts(petition_id)
    for table in (Follower, Sponsor, EmailSigner):
        db.session.execute(delete(table).where(table.petition_id == petition_id))
    ledger.erase_openings([*_list_sponsorings(petition_id), *_list_objections(petition_id, reference)])
    forget_desk_acts(reference)


def _blank_signatures(petition_id: int) -> None:
    mine = Signature.petition_id == petition_id
    blank = {"account_id": None, "email_signer_id": None, "district": None, "network": None, "proof": None}
    # The second at which somebody signed stands in what else is kept of that second.
    for day in db.session.scalars(select(Signature.signed_on).where(mine).distinct()).all():
        begun = datetime.combine(day, time(), LOCAL)
        db.session.execute(
            update(Signature).where(mine, Signature.signed_on == day).values(signed_at=begun, **blank)
        )


def _blank_texts(petition_id: int) -> None:
    """What signers and auditors wrote may name somebody; so does the line on paper that a signature is."""
    signatures = select(Signature.id).where(Signature.petition_id == petition_id)
    for change in (
        update(InvalidatedSignature)
        .where(InvalidatedSignature.signature_id.in_(signatures))
        .values(objection=""),
        update(SampledSignature).where(SampledSignature.signature_id.in_(signatures)).values(note=""),
        delete(PaperLine).where(PaperLine.signature_id.in_(signatures)),
    ):
        db.session.execute(change.execution_options(synchronize_session=False))


def _list_sponsorings(petition_id: int) -> list[int]:
    """The entries that say, each as a commitment, who sponsored."""
    wanted = select(TimelineEvent.ledger_entry_id).where(
        TimelineEvent.petition_id == petition_id,
        TimelineEvent.act == Act.SPONSOR,
        TimelineEvent.ledger_entry_id.is_not(None),
    )
    return [number for number in db.session.scalars(wanted) if number is not None]


def _list_objections(petition_id: int, reference: str) -> list[int]:
    """The entries that say, each as a commitment, who objected and what to."""
    invalidations = select(Invalidation.id).where(Invalidation.petition_id == petition_id)
    written = [
        {"petition": reference, "invalidation": number} for number in db.session.scalars(invalidations)
    ]
    wanted = select(LedgerEntry.id).where(
        LedgerEntry.type == EntryType.OBJECTION_RAISE.value, LedgerEntry.public.in_(written)
    )
    return list(db.session.scalars(wanted))
