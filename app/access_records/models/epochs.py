"""Epochs: once a day the map of everybody, and what the oversight body said about it."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.platform.columns import JsonText, UtcDateTime


class Epoch(db.Model):
    """One map: its number is its place in the log of maps, so it cannot have two roots."""

    __tablename__ = "access_epoch"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    labels: Mapped[int] = mapped_column(Integer)


class EpochLeaf(db.Model):
    """What the map of an epoch says of one person. Kept, nonces too, until the second epoch after it."""

    __tablename__ = "access_epoch_leaf"

    epoch: Mapped[int] = mapped_column(ForeignKey("access_epoch.number"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    head: Mapped[bytes] = mapped_column(LargeBinary(32))
    sealed_commitment: Mapped[str] = mapped_column(String(64))
    # Loaded for the oversight body alone: who has the nonce can test whether nothing is sealed.
    sealed_nonce: Mapped[bytes] = mapped_column(LargeBinary(32), deferred=True, deferred_raiseload=True)
    # What the commitment hides, {commitment of the access: expiry}: for the oversight body alone.
    sealed: Mapped[dict[str, int]] = mapped_column(JsonText, deferred=True, deferred_raiseload=True)


class OversightStatement(db.Model):
    """What the oversight body found when it opened all leaves of an epoch, signed with its own key."""

    __tablename__ = "oversight_statement"

    epoch: Mapped[int] = mapped_column(ForeignKey("access_epoch.number"), primary_key=True)
    agrees: Mapped[bool] = mapped_column(Boolean)
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class OversightKey(db.Model):
    """The public half of a key with which the oversight body signs; the other half is not here."""

    __tablename__ = "oversight_key"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    verifier_key: Mapped[str] = mapped_column(String(200), unique=True)
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AccessPreference(db.Model):
    """When a person wants mail about accesses, and the sizes of the log of maps in their last proof files."""

    __tablename__ = "access_preference"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    notify: Mapped[str] = mapped_column(String(10), default="at-once")
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proof_sizes: Mapped[list[int]] = mapped_column(JsonText, default=list)
