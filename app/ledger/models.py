"""Tables of the ledger."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text, text
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


class LedgerMapLeaf(db.Model):
    """One leaf of the map's log: its index is the epoch, so an epoch cannot have two."""

    __tablename__ = "ledger_map_leaf"

    epoch: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    leaf: Mapped[bytes] = mapped_column(LargeBinary)
    leaf_hash: Mapped[str] = mapped_column(String(64), index=True)


class LedgerTile(db.Model):
    """A full tile: 256 hashes of its row, and the hash of the subtree that they make."""

    __tablename__ = "ledger_tile"

    log: Mapped[str] = mapped_column(String(16), primary_key=True)
    level: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))


class LedgerCheckpoint(db.Model):
    """A signed checkpoint as it is served; its size is its key, so one size cannot have two roots."""

    __tablename__ = "ledger_checkpoint"

    log: Mapped[str] = mapped_column(String(16), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class LedgerCosignature(db.Model):
    """One witness's signature line on a checkpoint."""

    __tablename__ = "ledger_cosignature"

    log: Mapped[str] = mapped_column(String(16), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    witness: Mapped[str] = mapped_column(String(255), primary_key=True)
    line: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
