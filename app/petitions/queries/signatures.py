"""Readers of signatures, for whoever gave them."""

from sqlalchemy import ColumnElement, case, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Account
from app.extensions import db
from app.petitions.models import EmailSigner, Petition, Signature, Sponsor
from app.petitions.rules.addresses import canonical_address
from app.petitions.rules.refusals import NotSigned
from app.petitions.rules.signing import SignatureState

# One person can have two rows: by e-mail before they were verified, and as the person. One at most counts.
_BEST_FIRST = (case((Signature.state == SignatureState.COUNTED, 0), else_=1), Signature.id.desc())


def find_signature_of(account: Account, petition_id: int) -> Signature | None:
    """The signature of an account's holder: the one that counts, else the newest."""
    wanted = (
        select(Signature)
        .options(joinedload(Signature.ledger_entry), joinedload(Signature.change_entry))
        .where(Signature.petition_id == petition_id, _is_of(account))
        .order_by(*_BEST_FIRST)
        .limit(1)
    )
    return db.session.scalar(wanted)


def get_signature_of(account: Account, petition_id: int) -> Signature:
    """The same. Raises NotSigned."""
    found = find_signature_of(account, petition_id)
    if found is None:
        raise NotSigned
    return found


def list_signatures_of(account: Account) -> list[tuple[Signature, Petition]]:
    """Everything that an account's holder has signed, newest first; of each petition the one that counts."""
    wanted = (
        select(Signature, Petition)
        .join(Petition, Petition.id == Signature.petition_id)
        .where(_is_of(account))
        .order_by(*_BEST_FIRST)
    )
    best: dict[int, tuple[Signature, Petition]] = {}
    for signature, petition in db.session.execute(wanted):
        best.setdefault(petition.id, (signature, petition))
    return sorted(best.values(), key=lambda pair: pair[0].signed_at, reverse=True)


def list_refused_sponsorships(account_id: int) -> list[tuple[Petition, str]]:
    """What somebody sponsored without their signature being written when it opened, with the refusal's code.

    Without what they have signed since.
    """
    signed = select(Signature.id).where(
        Signature.petition_id == Petition.id, Signature.account_id == account_id
    )
    wanted = (
        select(Petition, Sponsor.refusal)
        .join(Sponsor, Sponsor.petition_id == Petition.id)
        .where(Sponsor.account_id == account_id, Sponsor.refusal.is_not(None), ~signed.exists())
        .order_by(Sponsor.id.desc())
    )
    return [(petition, code) for petition, code in db.session.execute(wanted) if code]


def find_signature_by_email(email_signer_id: int) -> Signature | None:
    """The signature of somebody who signed by e-mail."""
    wanted = (
        select(Signature)
        .options(joinedload(Signature.ledger_entry), joinedload(Signature.change_entry))
        .where(Signature.email_signer_id == email_signer_id)
    )
    return db.session.scalar(wanted)


def _is_of(account: Account) -> ColumnElement[bool]:
    """Given by the account, or by e-mail from its address, which its holder has proved to be theirs."""
    address = canonical_address(account.email)
    by_email = select(EmailSigner.id).where(EmailSigner.canonical_email == address)
    return or_(Signature.account_id == account.id, Signature.email_signer_id.in_(by_email))
