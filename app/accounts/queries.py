"""Readers of accounts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Select, bindparam, false, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import (
    Account,
    AccountRole,
    AccountSession,
    AccountToken,
    DeskActRecord,
    DeskSession,
    District,
    LinkedIdentity,
    Passkey,
    Person,
    RecoveryCode,
    Resident,
    SavedText,
    TotpKey,
)
from app.accounts.policy import Role
from app.accounts.rules import (
    SAVED_TEXT_LIFETIME,
    AccountNotFound,
    DeskActNotFound,
    DeskActNotOffered,
    LinkExpired,
    NoDeskSession,
    TokenPurpose,
    idle_end,
    normalize_email,
)
from app.extensions import db
from app.notifications.rules import Recipient
from app.platform import clock
from app.platform.pagination import Page, paginate

# Databases limit how many values one statement may name.
ADDRESS_CHUNK = 1_000
DEMO_ACCOUNTS = "demo-accounts.json"
UNDONE_COUNT = 20


@dataclass(frozen=True)
class Served:
    """A person at a desk, as far as the town knows them; `clerk` is who serves them."""

    person: Person
    account: Account | None = None
    resident: Resident | None = None
    clerk: Account | None = None

    @property
    def is_registered(self) -> bool:
        """Whether there is somebody to act for: an account, or what a desk attested."""
        return self.account is not None or self.resident is not None

    @property
    def holder(self) -> Account | Resident:
        """What keeps the person's name, district and language. Raises DeskActNotOffered without one."""
        found = self.account or self.resident
        if found is None:
            raise DeskActNotOffered
        return found

    @property
    def name(self) -> str:
        """How to address the person."""
        return self.account.display_name if self.account else self.resident.name if self.resident else ""

    @property
    def district(self) -> str:
        """The code of the district that the person lives in, empty for none."""
        return (self.holder.district if self.is_registered else None) or ""


def find_account(email: str) -> Account | None:
    """The account of an address, in whatever case it is written."""
    return db.session.scalar(select(Account).where(Account.email == normalize_email(email)))


def find_account_of_person(person_id: int) -> Account | None:
    """The one verified account of a person."""
    return db.session.scalar(select(Account).where(Account.person_id == person_id))


# Asked by every request of somebody who is signed in: one statement, built once.
_SESSION = (
    select(AccountSession)
    .options(joinedload(AccountSession.account).joinedload(Account.role_rows))
    .where(AccountSession.id_hash == bindparam("id_hash"), AccountSession.expires_at > bindparam("now"))
)


def find_session(session_id: str) -> AccountSession | None:
    """The session, with its account, that a browser carries, unless it has ended or lain idle."""
    now = clock.now()
    found = db.session.scalars(_SESSION, {"id_hash": hash_identifier(session_id), "now": now})
    row = found.unique().one_or_none()
    if row is None or row.last_seen_at + idle_end(row.account.is_official()) <= now:
        return None
    return row


def list_sessions(account_id: int) -> list[AccountSession]:
    """The account's sessions that have not ended, last used first."""
    wanted = select(AccountSession).where(
        AccountSession.account_id == account_id, AccountSession.expires_at > clock.now()
    )
    rows = db.session.scalars(wanted.order_by(AccountSession.last_seen_at.desc())).all()
    return [row for row in rows if row.last_seen_at + idle_end(row.account.is_official()) > clock.now()]


def has_totp(account_id: int) -> bool:
    """Whether the account's holder has set up an authenticator."""
    return db.session.get(TotpKey, account_id) is not None


def list_passkeys(account_id: int) -> list[Passkey]:
    """The account's passkeys, oldest first."""
    wanted = select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id)
    return list(db.session.scalars(wanted))


def find_passkey(account_id: int, credential_id: bytes) -> Passkey | None:
    """One passkey of an account."""
    return db.session.scalar(
        select(Passkey).where(Passkey.account_id == account_id, Passkey.credential_id == credential_id)
    )


def count_recovery_codes(account_id: int) -> int:
    """How many recovery codes are left."""
    return db.session.scalar(select(func.count()).where(RecoveryCode.account_id == account_id)) or 0


def find_saved_text(account_id: int, form_key: str) -> SavedText | None:
    """What the account's holder was writing in a form, unless it is too old."""
    row = db.session.get(SavedText, (account_id, form_key))
    return row if row is not None and row.saved_at > clock.now() - SAVED_TEXT_LIFETIME else None


def find_linked(issuer: str, subject: str) -> LinkedIdentity | None:
    """The link between a provider's name for somebody and their account."""
    return db.session.get(LinkedIdentity, (issuer, subject))


def has_linked(account_id: int) -> bool:
    """Whether the account is linked with an identity provider."""
    wanted = select(LinkedIdentity.subject).where(LinkedIdentity.account_id == account_id).limit(1)
    return db.session.scalar(wanted) is not None


def is_played(email: str) -> bool:
    """Whether the address is one that the demo town hands out; never so in production."""
    path = Path(current_app.config["DATA_DIR"]) / DEMO_ACCOUNTS
    if current_app.config["PRODUCTION"] or not path.is_file():
        return False
    return any(row["email"] == email and "totp_secret" in row for row in json.loads(path.read_text("utf-8")))


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


def know_person(person: Person, clerk: Account | None = None) -> Served:
    """What the town keeps of a person, for whoever serves them."""
    return Served(person, find_account_of_person(person.id), db.session.get(Resident, person.id), clerk)


def find_served(session: AccountSession) -> Served | None:
    """Whom the clerk of this session serves now."""
    row = db.session.get(DeskSession, session.id_hash)
    if row is None or row.ends_at <= clock.now():
        return None
    return know_person(row.person, session.account)


def get_served(session: AccountSession) -> Served:
    """The same. Raises NoDeskSession when it is nobody."""
    served = find_served(session)
    if served is None:
        raise NoDeskSession
    return served


def list_desk_acts(person_id: int | None, account_id: int | None) -> list[DeskActRecord]:
    """What was done at desks for a person or for the holder of an account, newest first."""
    mine = _acts_for(person_id, account_id).options(joinedload(DeskActRecord.ledger_entry))
    return list(db.session.scalars(mine.order_by(DeskActRecord.id.desc())))


def get_desk_act(record_id: int, person_id: int | None, account_id: int | None) -> DeskActRecord:
    """One of these acts. Raises DeskActNotFound."""
    wanted = _acts_for(person_id, account_id).where(DeskActRecord.id == record_id)
    record: DeskActRecord | None = db.session.scalar(wanted)
    if record is None:
        raise DeskActNotFound
    return record


def list_undone_acts(agency_id: int | None) -> list[DeskActRecord]:
    """What was done at an agency's desks and undone since, newest first."""
    wanted = select(DeskActRecord).where(
        DeskActRecord.agency_id == agency_id, DeskActRecord.undone_at.is_not(None)
    )
    return list(db.session.scalars(wanted.order_by(DeskActRecord.undone_at.desc()).limit(UNDONE_COUNT)))


def _acts_for(person_id: int | None, account_id: int | None) -> Select[Any]:
    mine: list[ColumnElement[bool]] = []
    if person_id is not None:
        mine.append(DeskActRecord.person_id == person_id)
    if account_id is not None:
        mine.append(DeskActRecord.account_id == account_id)
    return select(DeskActRecord).where(or_(false(), *mine))


def find_region(district_code: str | None) -> str | None:
    """The code of the region that a district belongs to; districts hardly change, so they are remembered."""
    if district_code is None:
        return None
    regions: dict[str, str | None] = current_app.extensions.setdefault("regions", {})
    if district_code not in regions:
        wanted = select(District.region_code).where(District.code == district_code)
        regions[district_code] = db.session.scalar(wanted)
    return regions[district_code]
