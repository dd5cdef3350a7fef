"""Accesses that an investigation keeps from the person for a time that is fixed beforehand."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access_records.models.systems import InformationSystem
from app.accounts.models import Agency
from app.extensions import db
from app.ledger.models import LedgerEntry
from app.platform.columns import JsonText, UtcDateTime

BigId = BigInteger().with_variant(Integer, "sqlite")


class SealedAccess(db.Model):
    """One sealed access. `content` holds author, ground and expiry; all of it is behind `commitment`."""

    __tablename__ = "sealed_access"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    system_id: Mapped[int] = mapped_column(ForeignKey("information_system.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Where the oversight body ordered the opening before its time.
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    opening_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    # When its content was erased, years after it opened.
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    content: Mapped[dict[str, Any]] = mapped_column(JsonText)
    nonce: Mapped[bytes] = mapped_column(LargeBinary(32))
    commitment: Mapped[str] = mapped_column(String(64), unique=True)
    ledger_entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)

    system: Mapped[InformationSystem] = relationship()
    agency: Mapped[Agency] = relationship()
    ledger_entry: Mapped[LedgerEntry] = relationship()
