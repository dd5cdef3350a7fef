"""Tables of the outbox."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.notifications.rules import ACCOUNT
from app.platform.columns import JsonText, UtcDateTime

BigId = BigInteger().with_variant(Integer, "sqlite")


class OutboxMessage(db.Model):
    """One e-mail that is still to be sent; the row goes when the message has gone."""

    __tablename__ = "outbox_message"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # Whose number `recipient_id` is: the rooms above register how to find the address of each kind.
    recipient_kind: Mapped[str] = mapped_column(String(20), default=ACCOUNT, server_default=ACCOUNT)
    recipient_id: Mapped[int] = mapped_column(BigInteger)
    template: Mapped[str] = mapped_column(String(100))
    context: Mapped[dict[str, Any]] = mapped_column(JsonText)
    # A text file that goes with it, and its name.
    attachment: Mapped[str | None] = mapped_column(Text)
    attachment_name: Mapped[str | None] = mapped_column(String(100))
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    attempt_count: Mapped[int] = mapped_column(Integer, default=0)


class ProofWish(db.Model):
    """Somebody wants the proof of a ledger entry by mail; the row goes when the proof is in the outbox."""

    __tablename__ = "proof_wish"

    # An account's number.
    account_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    leaf_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
