"""A signer's word against the invalidation of their own signature: once, by account or by the mailed link."""

from typing import Any

from sqlalchemy import ColumnElement, select

from app.accounts.models import Account
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.petitions.models import InvalidatedSignature, Signature
from app.petitions.queries.email_signers import get_email_signer
from app.petitions.queries.facts import get_facts
from app.petitions.rules import refusals
from app.petitions.rules.signing import SignatureState
from app.platform import clock
from app.platform.transaction import transaction


def object_to_invalidation(account: Account, reference: str, text: str) -> None:
    """Say as a signer why one's signature should count.

    Raises PetitionNotFound, NotSigned, ObjectedAlready.
    """
    mine = (Signature.petition_id == get_facts(reference).id) & (Signature.account_id == account.id)
    _object(mine, reference, text, Personal({"account": account.id, "text": text}, account.id))


def object_by_link(token: str, text: str) -> None:
    """The same, by whoever signed by e-mail. Raises LinkExpired, NotSigned, ObjectedAlready."""
    signer, petition = get_email_signer(token)
    mine = Signature.email_signer_id == signer.id
    _object(mine, petition.reference, text, Personal({"email_signer": signer.id, "text": text}))


def _object(mine: ColumnElement[bool], reference: str, text: str, personal: Personal) -> None:
    wanted: Any = (
        select(InvalidatedSignature)
        .join(Signature, Signature.id == InvalidatedSignature.signature_id)
        .where(mine, Signature.state == SignatureState.INVALIDATED)
        .order_by(InvalidatedSignature.invalidation_id.desc())
        .limit(1)
        .with_for_update(of=InvalidatedSignature)
        .execution_options(populate_existing=True)
    )
    with transaction():
        changed = db.session.scalar(wanted)
        if changed is None:
            raise refusals.NotSigned
        if changed.objected_at is not None:
            raise refusals.ObjectedAlready
        changed.objection, changed.objected_at = text, clock.now()
        public = {"petition": reference, "invalidation": changed.invalidation_id}
        ledger.append(Entry(EntryType.OBJECTION_RAISE, public=public, personal=[personal]))
