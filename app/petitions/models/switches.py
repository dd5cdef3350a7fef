"""When signing, creating and trending were switched off, and which petitions got a day more for it."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import db
from app.ledger.models import LedgerEntry
from app.platform.columns import UtcDateTime

BigId = BigInteger().with_variant(Integer, "sqlite")
STILL_OFF = text("on_at IS NULL")


class SwitchPeriod(db.Model):
    """One time during which something was off; `on_at` is NULL while it lasts."""

    __tablename__ = "petition_switch_period"
    __table_args__ = (
        Index(
            "uq_petition_switch_period_off",
            "switch",
            unique=True,
            sqlite_where=STILL_OFF,
            postgresql_where=STILL_OFF,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    switch: Mapped[str] = mapped_column(String(20))
    off_at: Mapped[datetime] = mapped_column(UtcDateTime)
    on_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    # Public.
    reason: Mapped[str] = mapped_column(Text)
    ledger_entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"))

    ledger_entry: Mapped[LedgerEntry] = relationship()


class AddedDay(db.Model):
    """A day on which signing was off, and for which the petition was given one more."""

    __tablename__ = "petition_added_day"

    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), primary_key=True)
    on: Mapped[date] = mapped_column(Date, primary_key=True)
