"""Tables of the ledger."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.platform.columns import JsonText, UtcDateTime

# SQLite numbers rows only in a column of type INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")


UNSEQUENCED = text('"index" IS NULL')


class LedgerEntry(db.Model):
    """One act. `index` stays NULL until the sequencer gives the entry its place in the tree."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        # What the sequencer asks for; it stays small however long the ledger grows.
        Index(
            "ix_ledger_entry_unsequenced",
            "release_at",
            "order_key",
            "id",
            sqlite_where=UNSEQUENCED,
            postgresql_where=UNSEQUENCED,
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    index: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    type: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    release_at: Mapped[datetime] = mapped_column(UtcDateTime)
    order_key: Mapped[bytes] = mapped_column(LargeBinary(64), default=b"")
    public: Mapped[dict[str, Any]] = mapped_column(JsonText)
    leaf: Mapped[bytes] = mapped_column(LargeBinary)
    leaf_hash: Mapped[str] = mapped_column(String(64), index=True)


class LedgerOpening(db.Model):
    """What one commitment of an entry hides: delete the row, and the leaf says nothing any more."""

    __tablename__ = "ledger_opening"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entry.id"), index=True)
    commitment: Mapped[str] = mapped_column(String(64), unique=True)
    # An account's number, not a foreign key: the ledger stands below accounts and outlives them.
    person_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    nonce: Mapped[bytes] = mapped_column(LargeBinary(32))
    content: Mapped[dict[str, Any]] = mapped_column(JsonText)
