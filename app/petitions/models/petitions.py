"""Petition types, petitions, the edits of their texts, and what happened to them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account, Agency
from app.extensions import db
from app.ledger.models import LedgerEntry
from app.petitions.rules.life import PetitionState
from app.platform.columns import JsonText, UtcDateTime

BigId = BigInteger().with_variant(Integer, "sqlite")


class PetitionType(db.Model):
    """A kind of petition. `rules` is its data; a petition keeps a copy of those it was started under."""

    __tablename__ = "petition_type"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    rules: Mapped[dict[str, Any]] = mapped_column(JsonText)
    # A type that is offered no more keeps its petitions.
    active: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Petition(db.Model):
    """One petition, from draft to archive."""

    __tablename__ = "petition"
    __table_args__ = (
        Index("ix_petition_state_opened", "state", "opened_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # What its address says; random, so that a draft's cannot be guessed.
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    state: Mapped[str] = mapped_column(String(20), default=PetitionState.DRAFT)
    type_code: Mapped[str] = mapped_column(ForeignKey("petition_type.code"))
    rules: Mapped[dict[str, Any]] = mapped_column(JsonText)
    title: Mapped[str] = mapped_column(String(120))
    # What should be done, and why; Markdown.
    demand: Mapped[str] = mapped_column(Text)
    reasons: Mapped[str] = mapped_column(Text, default="")
    # NULL once the creator has had their name erased.
    creator_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    # Whoever has to answer.
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # When it last entered the state whose clock runs: sponsoring, moderation.
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    moderated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Why it was rejected, hidden, stopped or joined: a code of rules/reasons.py, and what the moderator adds.
    reason_code: Mapped[str | None] = mapped_column(String(40))
    reason_note: Mapped[str] = mapped_column(Text, default="")
    joined_to_id: Mapped[int | None] = mapped_column(ForeignKey("petition.id"))
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The last day on which it takes signatures; moved by each day on which signing was switched off.
    closes_on: Mapped[date | None] = mapped_column(Date)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The public half of the key that makes its signers' pseudonyms.
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    # Folded from the signatures by a job, together with `counted_at`.
    signature_count: Mapped[int] = mapped_column(Integer, default=0)
    counted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(Text, default="")

    agency: Mapped[Agency | None] = relationship()
    creator: Mapped[Account | None] = relationship()
    joined_to: Mapped["Petition | None"] = relationship(remote_side="Petition.id")


class Edit(db.Model):
    """One change of a text by a moderator, after it was submitted: both versions are kept and shown."""

    __tablename__ = "petition_edit"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    editor_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(Text)
    before: Mapped[dict[str, str]] = mapped_column(JsonText)
    after: Mapped[dict[str, str]] = mapped_column(JsonText)


class TimelineEvent(db.Model):
    """What happened to a petition, as its page tells it; the ledger's entry proves it."""

    __tablename__ = "petition_event"
    __table_args__ = (Index("ix_petition_event_petition_at", "petition_id", "at", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"))
    act: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # What the sentence needs: counts, agencies, dates, texts.
    facts: Mapped[dict[str, Any]] = mapped_column(JsonText)
    ledger_entry_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"))

    ledger_entry: Mapped[LedgerEntry | None] = relationship()
