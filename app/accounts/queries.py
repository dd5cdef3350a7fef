"""Readers of accounts."""

from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Account, AccountRole, AccountSession, AccountToken, District
from app.accounts.policy import Role
from app.accounts.rules import AccountNotFound, LinkExpired, TokenPurpose, normalize_email
from app.extensions import db
from app.notifications.rules import Recipient
from app.platform import clock
from app.platform.pagination import Page, paginate

# Databases limit how many values one statement may name.
ADDRESS_CHUNK = 1_000


def find_account(email: str) -> Account | None:
    """The account of an address, in whatever case it is written."""
    return db.session.scalar(select(Account).where(Account.email == normalize_email(email)))


def find_account_of_person(person_id: int) -> Account | None:
    """The one verified account of a person."""
    return db.session.scalar(select(Account).where(Account.person_id == person_id))


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


def list_verified_citizens(district: str = "") -> list[Account]:
    """The confirmed and verified citizens of a district (empty: of the whole town), oldest account first."""
    wanted = (
        select(Account)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(
            AccountRole.role == Role.CITIZEN,
            Account.confirmed_at.is_not(None),
            Account.verified_at.is_not(None),
        )
        .order_by(Account.id)
    )
    if district:
        wanted = wanted.where(Account.district == district)
    return list(db.session.scalars(wanted))


def list_account_ids(emails: Sequence[str]) -> dict[str, int]:
    """The account numbers of the addresses (in lower case) that have a confirmed account."""
    found: dict[str, int] = {}
    for start in range(0, len(emails), ADDRESS_CHUNK):
        wanted = select(Account.email, Account.id).where(
            Account.email.in_(emails[start : start + ADDRESS_CHUNK]), Account.confirmed_at.is_not(None)
        )
        found.update(db.session.execute(wanted).all())
    return found


def list_districts() -> list[District]:
    """The parts of the municipality, by code."""
    return list(db.session.scalars(select(District).order_by(District.code)))


def get_account(account_id: int) -> Account:
    """The account of a number. Raises AccountNotFound."""
    account = db.session.get(Account, account_id)
    if account is None:
        raise AccountNotFound
    return account


def get_token(token: str, purpose: TokenPurpose) -> AccountToken:
    """A mailed link that still works, with its account. Raises LinkExpired."""
    row = db.session.scalar(
        select(AccountToken)
        .options(joinedload(AccountToken.account))
        .where(
            AccountToken.token_hash == hash_identifier(token),
            AccountToken.purpose == purpose.value,
            AccountToken.expires_at > clock.now(),
        )
    )
    if row is None:
        raise LinkExpired
    return row


def count_with_role(role: Role) -> int:
    """How many accounts have a role."""
    return db.session.scalar(select(func.count()).where(AccountRole.role == role.value)) or 0


def list_accounts(search: str, page: int) -> Page[Account]:
    """One page of accounts by name, those whose name or address contains `search`."""
    wanted = select(Account).order_by(Account.display_name, Account.id)
    if search:
        matches = (
            column.icontains(search, autoescape=True) for column in (Account.display_name, Account.email)
        )
        wanted = wanted.where(or_(*matches))
    return paginate(wanted, page)


def find_district(code: str | None) -> District | None:
    """The district of a code."""
    return db.session.get(District, code) if code else None
