"""Sheets of signatures on paper. Names and postcodes stay on the paper."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.platform.columns import UtcDateTime

BigId = BigInteger().with_variant(Integer, "sqlite")


class PaperSheet(db.Model):
    """One sheet that a clerk has entered."""

    __tablename__ = "petition_paper_sheet"
    __table_args__ = (Index("uq_petition_paper_sheet_number", "petition_id", "number", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"))
    # What is written on the sheet, so that an auditor finds it again.
    number: Mapped[str] = mapped_column(String(20))
    clerk_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    line_count: Mapped[int] = mapped_column(Integer)
    # SHA-256 of the scan, where there is one; the scan itself is kept elsewhere.
    scan: Mapped[str | None] = mapped_column(String(64))
    ledger_entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)


class PaperLine(db.Model):
    """Which line of a sheet a signature stands on."""

    __tablename__ = "petition_paper_line"

    sheet_id: Mapped[int] = mapped_column(
        ForeignKey("petition_paper_sheet.id"), primary_key=True, autoincrement=False
    )
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    signature_id: Mapped[int] = mapped_column(ForeignKey("petition_signature.id"), unique=True)
