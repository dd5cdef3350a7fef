"""Requests, who waits for their answers, and what happened to them."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.civil_requests.rules.life import RequestState
from app.extensions import db
from app.ledger.models import LedgerEntry
from app.platform.columns import JsonText, UtcDateTime

BigId = BigInteger().with_variant(Integer, "sqlite")


class CivilRequest(db.Model):
    """One request. What each agency does with it stands in its assignments."""

    __tablename__ = "civil_request"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # Random, so that an address cannot be guessed.
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    state: Mapped[str] = mapped_column(String(12), default=RequestState.DRAFT, index=True)
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    # Whether its filer agrees that question and answer are published without names.
    publishable: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    filed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("civil_request.id"))
    # Closing: a code of rules/reasons.py, what the official adds, and who; then the appeal.
    reason_code: Mapped[str | None] = mapped_column(String(40))
    reason_note: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[int | None] = mapped_column(BigInteger)
    appeal: Mapped[str] = mapped_column(Text, default="")
    decision: Mapped[str] = mapped_column(Text, default="")
    # The knowledge base: question and answer without names, as an official has worded them.
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    published_title: Mapped[str] = mapped_column(String(120), default="")
    published_question: Mapped[str] = mapped_column(Text, default="")
    published_answer: Mapped[str] = mapped_column(Text, default="")

    merged_into: Mapped["CivilRequest | None"] = relationship(remote_side="CivilRequest.id")


class Filer(db.Model):
    """Who waits for an answer: who wrote the request, and whoever wrote one that was merged into it."""

    __tablename__ = "civil_request_filer"
    __table_args__ = (Index("uq_civil_request_filer", "request_id", "account_id", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("civil_request.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    # The request that they wrote, where it is another one.
    via_id: Mapped[int | None] = mapped_column(ForeignKey("civil_request.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # How content they are with the answer, 1 to 5, and a line about it.
    score: Mapped[int | None] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(String(200), default="")


class RequestEvent(db.Model):
    """What happened to a request, as its page tells it; the ledger's entry proves it."""

    __tablename__ = "civil_request_event"
    __table_args__ = (Index("ix_civil_request_event_request", "request_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("civil_request.id"))
    act: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # What the sentence needs: agencies, reasons, days.
    facts: Mapped[dict[str, Any]] = mapped_column(JsonText)
    ledger_entry_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"))

    ledger_entry: Mapped[LedgerEntry | None] = relationship()
