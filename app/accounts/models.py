"""Tables of accounts."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts import policy
from app.accounts.policy import Role
from app.accounts.rules import SessionFactor
from app.extensions import db
from app.ledger.models import LedgerEntry
from app.platform.columns import JsonText, UtcDateTime
from app.platform.permissions import Permission

BigId = BigInteger().with_variant(Integer, "sqlite")


class Agency(db.Model):
    """A public body that officials act for."""

    __tablename__ = "agency"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    name_ko: Mapped[str] = mapped_column(String(200))


class Region(db.Model):
    """Several districts together: what is said of a person where their district would say too much."""

    __tablename__ = "region"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    name_ko: Mapped[str] = mapped_column(String(100))


class District(db.Model):
    """A part of the municipality; accounts and voter rolls name it by its code."""

    __tablename__ = "district"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    name_ko: Mapped[str] = mapped_column(String(100))
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    # What the postcodes of the district begin with.
    postcodes: Mapped[list[str]] = mapped_column(JsonText, default=list)


class Person(db.Model):
    """One natural person that the town knows. The claim itself is nowhere; its keyed hash finds it again."""

    __tablename__ = "person"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # HMAC-SHA256 of the identity claim under DATA_DIR/keys/identity.key, in hexadecimal.
    pseudonym: Mapped[str] = mapped_column(String(64), unique=True)
    # The year alone: enough for rules about age, and no more.
    birth_year: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Account(db.Model):
    """A person's account. `email` is stored in lower case."""

    __tablename__ = "account"
    # A number is never given to a second person: openings and messages name people by it.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    display_name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str] = mapped_column(String(200))
    district: Mapped[str | None] = mapped_column(String(40), index=True)
    language: Mapped[str] = mapped_column(String(5), default="en")
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    # The part of the agency that an official works in.
    unit: Mapped[str | None] = mapped_column(String(100))
    # Unique: one person has one account of level 2.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    agency: Mapped[Agency | None] = relationship()
    person: Mapped[Person | None] = relationship()
    role_rows: Mapped[list["AccountRole"]] = relationship(
        back_populates="account", cascade="all, delete-orphan", lazy="selectin"
    )

    # Flask-Login asks these three.
    is_active = True
    is_authenticated = True
    is_anonymous = False

    def get_id(self) -> str:
        """The account's number, for Flask-Login."""
        return str(self.id)

    @property
    def roles(self) -> frozenset[Role]:
        """The roles this account has."""
        return frozenset(Role(row.role) for row in self.role_rows)

    def has_role(self, role: Role) -> bool:
        """Whether the account has `role`."""
        return role in self.roles

    def has_permission(self, permission: Permission) -> bool:
        """Whether any role of the account carries `permission`."""
        return policy.has_permission(self.roles, permission)

    def is_verified(self) -> bool:
        """Whether this is a known person, not just an address that answers."""
        return self.verified_at is not None

    def is_official(self) -> bool:
        """Whether the account acts for a public body."""
        return policy.is_official(self.roles)

    @property
    def level(self) -> int:
        """How well the person is known: 1 an address that answers, 2 a verified person."""
        return 2 if self.is_verified() else 1


class AccountRole(db.Model):
    """One role of one account."""

    __tablename__ = "account_role"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(30), primary_key=True)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship(back_populates="role_rows")


class AccountSession(db.Model):
    """A signed-in browser. Only the hash of its identifier is kept, so the table opens no session."""

    __tablename__ = "account_session"

    id_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    # Written at most once a minute; an idle session ends.
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # When the person last proved who they are; sensitive acts ask again.
    proved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    factor: Mapped[str] = mapped_column(String(10))
    # What the browser calls itself.
    device: Mapped[str] = mapped_column(String(200), default="")
    # What a passkey must sign next; good once.
    challenge: Mapped[bytes | None] = mapped_column(LargeBinary(64))

    account: Mapped[Account] = relationship()

    def needs_factor(self) -> bool:
        """Whether nothing but the second factor's own pages may open yet."""
        if self.factor == SessionFactor.PASSED:
            return False
        return self.account.is_official() or self.factor == SessionFactor.WANTED


class TotpKey(db.Model):
    """The secret that an account's app makes codes from, sealed under a key outside the database."""

    __tablename__ = "totp_key"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # The step of the last accepted code: each code works once.
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class Passkey(db.Model):
    """A passkey that passes the second factor beside the code."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecoveryCode(db.Model):
    """A code for the day the telephone is lost: used once, kept as a hash."""

    __tablename__ = "recovery_code"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)


class LinkedIdentity(db.Model):
    """How an identity provider calls an account's holder."""

    __tablename__ = "linked_identity"

    issuer: Mapped[str] = mapped_column(String(255), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship()


class SavedText(db.Model):
    """What somebody is writing in a form and has not sent yet."""

    __tablename__ = "saved_text"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    # The path of the form's page.
    form_key: Mapped[str] = mapped_column(String(200), primary_key=True)
    fields: Mapped[dict[str, list[str]]] = mapped_column(JsonText)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Resident(db.Model):
    """What a desk attested about a person who has no account; the row goes when they get one."""

    __tablename__ = "resident"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    # How the desk addresses them.
    name: Mapped[str] = mapped_column(String(100))
    district: Mapped[str | None] = mapped_column(String(40), index=True)
    language: Mapped[str] = mapped_column(String(5))


class DeskSession(db.Model):
    """A clerk's browser serves one person for a short while; it ends with the clerk's own session."""

    __tablename__ = "desk_session"

    session_hash: Mapped[bytes] = mapped_column(
        LargeBinary(32), ForeignKey("account_session.id_hash", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    person: Mapped[Person] = relationship()


class DeskActRecord(db.Model):
    """One act that a clerk did for a person who was present."""

    __tablename__ = "desk_act"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    # The account that the person had then: its holder sees the act even if it is no longer this person's.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    clerk_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    # All that the person sees of the clerk: a pseudonym that stays the same within one agency.
    clerk_tag: Mapped[str] = mapped_column(String(8))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    kind: Mapped[str] = mapped_column(String(64))
    details: Mapped[dict[str, Any]] = mapped_column(JsonText)
    # What undoing needs; None where the act cannot be undone.
    restore: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ledger_entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Who undid it, of `Undoer`.
    undone_by: Mapped[str | None] = mapped_column(String(10))
    undone_entry_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)

    agency: Mapped[Agency | None] = relationship()
    ledger_entry: Mapped[LedgerEntry] = relationship(foreign_keys=[ledger_entry_id])


class AccountToken(db.Model):
    """A link sent by mail, good for one act; only its hash is kept."""

    __tablename__ = "account_token"
    __table_args__ = (Index("ix_account_token_account_purpose", "account_id", "purpose"),)

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    # What using the link sets on the account.
    content: Mapped[dict[str, Any]] = mapped_column(JsonText)

    account: Mapped[Account] = relationship()
