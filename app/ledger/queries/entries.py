"""Entries as the public sees them: those that are in the tree."""

from sqlalchemy import select

from app.extensions import db
from app.ledger.models import LedgerEntry

NEWEST_COUNT = 20


def find_entry(leaf_hash: str) -> LedgerEntry | None:
    """The entry with this leaf hash; among equal leaves the first of the tree."""
    wanted = select(LedgerEntry).where(LedgerEntry.leaf_hash == leaf_hash)
    return db.session.scalar(wanted.order_by(LedgerEntry.index.is_(None), LedgerEntry.index).limit(1))


def list_newest_entries(count: int = NEWEST_COUNT) -> list[LedgerEntry]:
    """The last entries of the tree, newest first."""
    wanted = select(LedgerEntry).where(LedgerEntry.index.is_not(None))
    return list(db.session.scalars(wanted.order_by(LedgerEntry.index.desc()).limit(count)))
