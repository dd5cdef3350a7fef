"""What moderators do against fraud: blocks, alerts, and invalidations with a second person."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import db
from app.petitions.models.petitions import Petition
from app.platform.columns import JsonText, UtcDateTime

BigId = BigInteger().with_variant(Integer, "sqlite")


class Block(db.Model):
    """A mail domain, an address or a network from which nobody can sign unverified."""

    __tablename__ = "petition_block"
    __table_args__ = (Index("uq_petition_block_subject", "kind", "subject", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    # A domain as it is; of an address and a network their keyed hash, in hexadecimal.
    subject: Mapped[str] = mapped_column(String(254))
    # What moderators see of it.
    label: Mapped[str] = mapped_column(String(254))
    reason: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TrendAlert(db.Model):
    """An hour in which unusually many of a petition's signatures came from one network or domain."""

    __tablename__ = "petition_trend_alert"
    __table_args__ = (
        Index("uq_petition_trend_alert", "petition_id", "hour", "kind", "subject", unique=True),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"))
    # The hour's beginning.
    hour: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(254))
    # How many of how many.
    count: Mapped[int] = mapped_column(Integer)
    total: Mapped[int] = mapped_column(Integer)
    # When a moderator said that it is seen to.
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    petition: Mapped[Petition] = relationship()


class Invalidation(db.Model):
    """Signatures of one petition that are declared invalid together, by two moderators."""

    __tablename__ = "petition_invalidation"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petition.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), index=True)
    # What a signature must match; all of it.
    criteria: Mapped[dict[str, Any]] = mapped_column(JsonText)
    reason_code: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(Text)
    # Who signs after the proposal is not meant by it.
    last_signature_id: Mapped[int] = mapped_column(BigInteger)
    # How many matched when it was proposed, and the same for each criterion by itself.
    matched: Mapped[int] = mapped_column(Integer)
    counts: Mapped[dict[str, int]] = mapped_column(JsonText)
    # Whoever made the latest proposal, of the invalidation or of its undoing: the other person confirms.
    proposed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undo_note: Mapped[str] = mapped_column(Text, default="")

    petition: Mapped[Petition] = relationship()


class InvalidatedSignature(db.Model):
    """A signature that an invalidation has changed, and what its signer says to that."""

    __tablename__ = "petition_invalidated_signature"

    signature_id: Mapped[int] = mapped_column(ForeignKey("petition_signature.id"), primary_key=True)
    invalidation_id: Mapped[int] = mapped_column(ForeignKey("petition_invalidation.id"), primary_key=True)
    restored: Mapped[bool] = mapped_column(default=False)
    objection: Mapped[str] = mapped_column(Text, default="")
    objected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
