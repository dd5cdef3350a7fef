"""What an agency owes a petition, each with its own clock."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Agency
from app.extensions import db
from app.petitions.models.petitions import Petition
from app.platform.columns import JsonText, UtcDateTime

BigId = BigInteger().with_variant(Integer, "sqlite")


class Obligation(db.Model):
    """A response, debate or committee that a threshold has made due. One of a kind for a petition."""

    __tablename__ = "petition_obligation"
    __table_args__ = (Index("uq_petition_obligation_kind", "petition_id", "kind", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"))
    kind: Mapped[str] = mapped_column(String(20))
    threshold: Mapped[int] = mapped_column(Integer)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    begun_on: Mapped[date] = mapped_column(Date)
    # Pauses, extensions, transfers, as the deadline engine takes them.
    clock_events: Mapped[list[dict[str, Any]]] = mapped_column(JsonText, default=list)
    # What the engine makes of all that; NULL while the clock is stopped. Recomputed with each event.
    due_on: Mapped[date | None] = mapped_column(Date, index=True)
    # A debate or hearing: when and where it will be.
    scheduled_on: Mapped[date | None] = mapped_column(Date)
    place: Mapped[str] = mapped_column(String(200), default="")
    # Kept: answered, debated, or declined with a reason.
    met_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    declined: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(Text, default="")
    # Where the record, transcript or film of a debate is.
    record_url: Mapped[str] = mapped_column(String(500), default="")

    petition: Mapped[Petition] = relationship()
    agency: Mapped[Agency | None] = relationship()
