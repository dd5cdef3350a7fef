"""What agencies may pass on to each other, and to what of it a person agrees."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access_records.models.systems import InformationSystem
from app.accounts.models import Agency
from app.extensions import db
from app.ledger.models import LedgerEntry
from app.platform.columns import JsonText, UtcDateTime

BigId = BigInteger().with_variant(Integer, "sqlite")


class SharingAgreement(db.Model):
    """What one system may pass on to a system of another agency, for what, and on which basis."""

    __tablename__ = "sharing_agreement"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    system_id: Mapped[int] = mapped_column(ForeignKey("information_system.id"), index=True)
    # Where the receiving agency keeps what it gets, and so where it records that it did.
    receiving_system_id: Mapped[int] = mapped_column(ForeignKey("information_system.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    categories: Mapped[list[str]] = mapped_column(JsonText)
    purpose_code: Mapped[str] = mapped_column(ForeignKey("purpose_code.code"))
    basis: Mapped[str] = mapped_column(String(10))
    legal_basis: Mapped[str] = mapped_column(String(300))
    legal_basis_ko: Mapped[str] = mapped_column(String(300))
    # One sentence for the person: what good it does, or why nobody is asked.
    reason: Mapped[str] = mapped_column(Text)
    reason_ko: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)

    system: Mapped[InformationSystem] = relationship(foreign_keys=[system_id])
    receiving_system: Mapped[InformationSystem] = relationship(foreign_keys=[receiving_system_id])
    agency: Mapped[Agency] = relationship()


class Consent(db.Model):
    """To what of one sharing a person agrees now; nothing, where `categories` is empty.

    The row is locked by whoever changes it and by whoever passes data on under it.
    """

    __tablename__ = "consent"
    __table_args__ = (Index("uq_consent_person_agreement", "person_id", "agreement_id", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    agreement_id: Mapped[int] = mapped_column(ForeignKey("sharing_agreement.id"))
    categories: Mapped[list[str]] = mapped_column(JsonText)
    # When a consent was last given, narrowed or withdrawn; `ConsentChange` has all of it.
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    agreement: Mapped[SharingAgreement] = relationship()


class ConsentChange(db.Model):
    """One time that a person gave, narrowed or withdrew a consent; never changed."""

    __tablename__ = "consent_change"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    consent_id: Mapped[int] = mapped_column(ForeignKey("consent.id"), index=True)
    act: Mapped[str] = mapped_column(String(10))
    categories: Mapped[list[str]] = mapped_column(JsonText)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ledger_entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)

    consent: Mapped[Consent] = relationship()
    ledger_entry: Mapped[LedgerEntry] = relationship()
