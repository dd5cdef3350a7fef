"""What each agency has to do with a request, and the words that point to it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Agency
from app.civil_requests.models.requests import CivilRequest
from app.civil_requests.rules.life import PartState
from app.extensions import db
from app.platform.columns import JsonText, UtcDateTime

GIVEN, HELD = "given", "held"
BigId = BigInteger().with_variant(Integer, "sqlite")


class Assignment(db.Model):
    """One agency's part of a request, with its clock. A transfer gives it to another agency."""

    __tablename__ = "civil_request_assignment"
    __table_args__ = (
        Index("uq_civil_request_assignment_agency", "request_id", "agency_id", unique=True),
        Index("ix_civil_request_assignment_due", "agency_id", "state", "due_on"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("civil_request.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    state: Mapped[str] = mapped_column(String(10), default=PartState.OPEN)
    begun_on: Mapped[date] = mapped_column(Date)
    # Transfers, pauses, extensions, as the deadline engine takes them.
    clock_events: Mapped[list[dict[str, Any]]] = mapped_column(JsonText, default=list)
    # What the engine makes of them; NULL while the clock is stopped.
    due_on: Mapped[date | None] = mapped_column(Date)
    # Whether the filer has been told that the day has passed.
    late: Mapped[bool] = mapped_column(default=False)
    # Where the filer lives, where they have given it. What is held by the residents' system is never copied:
    # with their consent, which is this agency's alone, it is read there, each time on record.
    address: Mapped[str] = mapped_column(Text, default="")
    address_source: Mapped[str] = mapped_column(String(10), default="")
    # What the agency asked back, and the filer's reply; the newest one.
    question: Mapped[str] = mapped_column(Text, default="")
    reply: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Days of the calendar from the filing to the answer, transfers or not.
    days_taken: Mapped[int | None] = mapped_column(Integer)

    request: Mapped[CivilRequest] = relationship()
    agency: Mapped[Agency] = relationship()


class AgencyKeyword(db.Model):
    """A word that points to an agency."""

    __tablename__ = "civil_request_keyword"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    word: Mapped[str] = mapped_column(String(60), primary_key=True)
