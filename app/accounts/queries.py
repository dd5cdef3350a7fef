"""Readers of accounts."""

from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import Account, AccountSession
from app.extensions import db
from app.notifications.recipients import Recipient
from app.platform import clock


def find_account(email: str) -> Account | None:
    """The account of an address, in whatever case it is written."""
    return db.session.scalar(select(Account).where(Account.email == email.strip().lower()))


def find_signed_in(session_id: str) -> Account | None:
    """The account whose browser carries `session_id`, unless the session has ended."""
    row = db.session.scalar(
        select(AccountSession)
        .options(joinedload(AccountSession.account))
        .where(AccountSession.id_hash == hash_identifier(session_id), AccountSession.expires_at > clock.now())
    )
    return row.account if row is not None else None


def find_recipient(account_id: int) -> Recipient | None:
    """Where mail for an account goes, and in which language."""
    account = db.session.get(Account, account_id)
    if account is None:
        return None
    return Recipient(account.email, account.display_name, account.language)


def hash_identifier(identifier: str) -> bytes:
    """How session identifiers and tokens are kept: SHA-256 suffices, they are random."""
    return sha256(identifier.encode()).digest()
