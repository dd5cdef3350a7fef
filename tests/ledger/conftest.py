"""Entries by the dozen, and what the sequencer makes of them."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert

from app.core.merkle import leaf_hash
from app.extensions import db as database
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.models import LedgerEntry
from app.ledger.services import Entry, leaf_bytes
from app.ledger.services.sequencer import sequence_batch
from app.platform import clock
from app.platform.transaction import transaction


def append_many(count: int, start: int = 0) -> None:
    """Entries as `append` would make them, but all in one statement."""
    now = clock.now().replace(microsecond=0)
    leaves = [leaf_bytes(EntryType.ELECTION_CREATE, now, {"n": start + n}, []) for n in range(count)]
    rows = [
        {
            "type": EntryType.ELECTION_CREATE.value,
            "at": now,
            "release_at": now,
            "order_key": b"",
            "public": {"n": start + n},
            "leaf": leaf,
            "leaf_hash": leaf_hash(leaf).hex(),
        }
        for n, leaf in enumerate(leaves)
    ]
    with transaction():
        for at in range(0, count, 5000):
            database.session.execute(insert(LedgerEntry), rows[at : at + 5000])


@pytest.fixture
def grow(db: Any) -> Callable[[int], None]:
    """Append that many entries and sequence them."""
    made = 0

    def grow_by(count: int) -> None:
        nonlocal made
        append_many(count, made)
        made += count
        while sequence_batch():
            pass

    return grow_by


def append_one(**public: Any) -> LedgerEntry:
    with transaction():
        number = ledger.append(Entry(EntryType.ELECTION_CREATE, public=public)).id
    return database.session.get_one(LedgerEntry, number)
