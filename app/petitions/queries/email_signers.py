"""Readers of those who sign by e-mail."""

from hashlib import sha256

from sqlalchemy import func, or_, select

from app.accounts.models import Account
from app.accounts.queries import list_districts
from app.extensions import db
from app.notifications.rules import Recipient
from app.petitions.models import EmailSigner, Follower, Petition, Signature, SignatureRequest
from app.petitions.rules.addresses import alike, canonical_address
from app.petitions.rules.email import MAILS_WINDOW, UNCONFIRMED_KEPT, WINDOW, longest_match
from app.petitions.rules.refusals import SignatureLinkExpired
from app.petitions.rules.signing import SignatureState
from app.platform import clock


def get_email_signer(token: str) -> tuple[EmailSigner, Petition]:
    """Who holds a mailed link, and for which petition. Raises SignatureLinkExpired."""
    wanted = (
        select(EmailSigner, Petition)
        .join(Petition, Petition.id == EmailSigner.petition_id)
        .where(
            EmailSigner.token_hash == sha256(token.encode()).digest(),
            or_(
                EmailSigner.confirmed_at.is_not(None),
                EmailSigner.requested_at > clock.now() - UNCONFIRMED_KEPT,
            ),
        )
    )
    row = db.session.execute(wanted).one_or_none()
    if row is None:
        raise SignatureLinkExpired
    return row.EmailSigner, row.Petition


def find_signer_recipient(email_signer_id: int) -> Recipient | None:
    """Where mail for somebody who signs by e-mail goes; None once their row is deleted."""
    signer = db.session.get(EmailSigner, email_signer_id)
    return None if signer is None else Recipient(signer.email, signer.name, signer.language)


def find_district_by_postcode(postcode: str) -> str | None:
    """The district that a postcode belongs to; None for one outside the town."""
    prefixes = {prefix: row.code for row in list_districts() for prefix in row.postcodes}
    return longest_match(postcode, prefixes)


def follows_by_email(email_signer_id: int) -> bool:
    """Whether somebody who signed by e-mail gets mails about the petition."""
    wanted = select(Follower.id).where(Follower.email_signer_id == email_signer_id)
    return db.session.scalar(wanted) is not None


def find_state_with_account(petition_id: int, addresses: set[str]) -> SignatureState | None:
    """What the signature of an account with one of these addresses is worth; None if none was given or left.

    An account under another spelling of the address is found from the other side, when it signs; but one
    whose signature is invalid cannot sign again, and so is looked for under every spelling.
    """
    given = (
        select(Signature.id)
        .join(Account, Account.id == Signature.account_id)
        .where(
            Signature.petition_id == petition_id,
            Signature.state == SignatureState.COUNTED,
            Account.email.in_(addresses),
        )
    )
    if db.session.scalar(given.limit(1)) is not None:
        return SignatureState.COUNTED
    canonical = {canonical_address(address) for address in addresses}
    invalid = any(canonical_address(email) in canonical for email in _list_invalid(petition_id, addresses))
    return SignatureState.INVALIDATED if invalid else None


def count_forms(petition_id: int, network: bytes) -> int:
    """How many forms have come from a network for a petition within WINDOW."""
    wanted = select(func.count()).where(
        SignatureRequest.network == network,
        SignatureRequest.petition_id == petition_id,
        SignatureRequest.at > clock.now() - WINDOW,
    )
    return db.session.scalar(wanted) or 0


def count_mails(petition_id: int, address: bytes) -> int:
    """How many mails have gone to an address about a petition within MAILS_WINDOW."""
    wanted = select(func.count()).where(
        SignatureRequest.address == address,
        SignatureRequest.petition_id == petition_id,
        SignatureRequest.at > clock.now() - MAILS_WINDOW,
    )
    return db.session.scalar(wanted) or 0


def _list_invalid(petition_id: int, addresses: set[str]) -> list[str]:
    """The addresses of accounts whose signature is invalid, at the same providers."""
    domains = {address.lower().rpartition("@")[2] for address in addresses}
    endings = [
        Account.email.endswith(f"@{domain}", autoescape=True)
        for domain in sorted(domains.union(*(alike(domain) for domain in domains)))
    ]
    wanted = (
        select(Account.email)
        .join(Signature, Signature.account_id == Account.id)
        .where(
            Signature.petition_id == petition_id,
            Signature.state == SignatureState.INVALIDATED,
            or_(*endings),
        )
    )
    return list(db.session.scalars(wanted))


def is_proof_used(challenge: bytes) -> bool:
    """Whether a form has come with this proof-of-work."""
    wanted = select(SignatureRequest.id).where(SignatureRequest.challenge == challenge)
    return db.session.scalar(wanted) is not None
