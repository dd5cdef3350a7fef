"""Connected information systems, what they hold, and what they may ask for."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Agency
from app.extensions import db
from app.platform.columns import JsonText, UtcDateTime

BigId = BigInteger().with_variant(Integer, "sqlite")


class InformationSystem(db.Model):
    """A system of an agency that holds or reads personal data. Its key signs what it reports."""

    __tablename__ = "information_system"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    name_ko: Mapped[str] = mapped_column(String(200))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    categories: Mapped[list[str]] = mapped_column(JsonText)
    purposes: Mapped[list[str]] = mapped_column(JsonText)
    legal_basis: Mapped[str] = mapped_column(String(300))
    legal_basis_ko: Mapped[str] = mapped_column(String(300))
    # 1, 2 or 5: after so many years a record's content is erased; its leaf stays.
    retention_years: Mapped[int] = mapped_column(Integer)
    dpo_name: Mapped[str] = mapped_column(String(100))
    dpo_email: Mapped[str] = mapped_column(String(254))
    # Ed25519: the 32 bytes in base64, and the name that signatures call the key by.
    public_key: Mapped[str] = mapped_column(String(44))
    key_id: Mapped[str] = mapped_column(String(80), unique=True)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)

    agency: Mapped[Agency] = relationship()


class SystemDatum(db.Model):
    """One datum that a system holds about a person."""

    __tablename__ = "system_datum"
    __table_args__ = (
        Index("ix_system_datum_person_system", "person_id", "system_id", "category", unique=True),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey("information_system.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    category: Mapped[str] = mapped_column(String(40))
    # Loaded by nobody in passing: only a statement that names the column reads it.
    value: Mapped[str] = mapped_column(Text, deferred=True, deferred_raiseload=True)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PurposeCode(db.Model):
    """A reason for which data may be read, as a term of the Data Privacy Vocabulary."""

    __tablename__ = "purpose_code"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    dpv: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(String(200))
    text_ko: Mapped[str] = mapped_column(String(200))
    # full: shown as it is; neutral: without what would tell about somebody else; delayed: shown after days.
    disclosure: Mapped[str] = mapped_column(String(10))
    delay_days: Mapped[int] = mapped_column(Integer, default=0)
