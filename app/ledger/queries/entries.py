"""Entries as the public sees them: those that are in the tree."""

import json
from collections.abc import Iterable

from sqlalchemy import Text, cast, select

from app.extensions import db
from app.ledger.entry_types import EntryType
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


def list_leaf_hashes(types: Iterable[EntryType], name: str, value: str) -> dict[str, str]:
    """Entry type -> leaf hash of the entry of that type whose public field `name` is `value`.

    For types with few entries: it reads them all.
    """
    field = f"{json.dumps(name)}:{json.dumps(value, ensure_ascii=False)}"
    wanted = select(LedgerEntry.type, LedgerEntry.leaf_hash).where(
        LedgerEntry.type.in_([type_.value for type_ in types]),
        cast(LedgerEntry.public, Text).contains(field, autoescape=True),
    )
    rows = db.session.execute(wanted.order_by(LedgerEntry.id))
    return {row.type: row.leaf_hash for row in rows}
