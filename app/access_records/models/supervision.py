"""Supervision: alerts about records, their thresholds, known cases, monthly reports of inspectors."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access_records.models.records import AccessRecord
from app.accounts.models import Agency
from app.extensions import db
from app.platform.columns import JsonText, UtcDateTime

BigId = BigInteger().with_variant(Integer, "sqlite")


class AccessAlert(db.Model):
    """One rule that one record has set off; what the agency explained and the inspector found."""

    __tablename__ = "access_alert"
    __table_args__ = (
        Index("uq_access_alert_record_rule", "record_id", "rule", unique=True),
        Index("ix_access_alert_agency_state", "agency_id", "state"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("access_record.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    rule: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    explanation: Mapped[str] = mapped_column(Text, default="")
    explained_by: Mapped[int | None] = mapped_column(BigInteger)
    explained_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finding: Mapped[str] = mapped_column(Text, default="")
    judged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Whose openings hold the two texts as well: erased with them.
    explain_entry_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"))
    judge_entry_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"))

    record: Mapped[AccessRecord] = relationship()


class AlertThresholds(db.Model):
    """From when on an agency's look-ups raise alerts; without a row `rules.Thresholds()` stands."""

    __tablename__ = "alert_thresholds"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    persons_an_hour: Mapped[int] = mapped_column(Integer)
    opening_hour: Mapped[int] = mapped_column(Integer)
    closing_hour: Mapped[int] = mapped_column(Integer)
    repeats_a_month: Mapped[int] = mapped_column(Integer)
    emergencies_a_month: Mapped[int] = mapped_column(Integer)


class AgencyCase(db.Model):
    """A case as its agency reported it: open from a day on, until another one if it is closed."""

    __tablename__ = "agency_case"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(100), primary_key=True)
    opened_on: Mapped[date] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date)
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)


class InspectionReport(db.Model):
    """An agency's month. `content` stays empty until it is signed off; then it is what everybody may read."""

    __tablename__ = "inspection_report"
    __table_args__ = (Index("uq_inspection_report_agency_month", "agency_id", "month", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    # "2026-10"
    month: Mapped[str] = mapped_column(String(7))
    drafted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    content: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    ledger_entry_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"))

    agency: Mapped[Agency] = relationship()
