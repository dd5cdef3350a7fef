"""200 alterations of the database behind the program's back, each found against an earlier checkpoint."""

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select

from app.extensions import db as database
from app.ledger.models import LedgerCheckpoint, LedgerEntry, LedgerTile
from app.ledger.rules import Log
from app.ledger.services import sequencer
from app.ledger.services.sequencer import sequence_batch
from app.platform.transaction import transaction
from tests.auditor.conftest import Command
from tests.ledger.conftest import append_many
from tests.ledger.site import serve

COUNT, COVERED, SIZE = 200, 280, 300
KINDS = ("edit", "delete", "reorder", "truncate", "insert")
COLUMNS = [column for column in LedgerEntry.__table__.columns if column.name != "id"]


@dataclass(frozen=True)
class Stored:
    """What the database held: rows of entries, tiles, checkpoints."""

    entries: list[dict[str, Any]]
    tiles: list[dict[str, Any]]
    checkpoints: list[dict[str, Any]]


def read_rows(table: Any, *order: Any) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in database.session.execute(select(*table).order_by(*order))]


def read_stored() -> Stored:
    return Stored(
        read_rows(COLUMNS, LedgerEntry.index),
        read_rows(LedgerTile.__table__.columns, LedgerTile.number),
        read_rows(LedgerCheckpoint.__table__.columns, LedgerCheckpoint.size),
    )


def write_stored(stored: Stored) -> None:
    tables = [
        (LedgerEntry, stored.entries),
        (LedgerTile, stored.tiles),
        (LedgerCheckpoint, stored.checkpoints),
    ]
    with transaction():
        for model, rows in tables:
            database.session.execute(delete(model))
            if rows:
                database.session.execute(insert(model), rows)


def alter(kind: str, entries: list[dict[str, Any]], chosen: random.Random) -> list[dict[str, Any]]:
    """The entries after one alteration of what the earlier checkpoint covers."""
    rows = [dict(row) for row in entries]
    at = chosen.randrange(COVERED)
    if kind == "edit":
        raw = bytearray(rows[at]["leaf"])
        raw[chosen.randrange(len(raw))] ^= 1 << chosen.randrange(8)
        rows[at]["leaf"] = bytes(raw)
    elif kind == "delete":
        del rows[at]
    elif kind == "reorder":
        other = chosen.choice([n for n in range(COVERED) if n != at])
        rows[at], rows[other] = rows[other], rows[at]
    elif kind == "truncate":
        del rows[at:]
    else:
        rows.insert(at, {**rows[at], "leaf": b'{"type":"forged"}'})
    for index, row in enumerate(rows):
        row["index"] = index
    return rows


def forge(kind: str, depth: int, stored: Stored, chosen: random.Random) -> Stored:
    """Write an alteration: into the entries alone, with their hashes, or with a whole tree signed anew."""
    rows = alter(kind, stored.entries, chosen)
    if depth:
        for row in rows:
            row["leaf_hash"] = hashlib.sha256(b"\0" + row["leaf"]).hexdigest()
    altered = Stored(rows, stored.tiles, stored.checkpoints)
    if depth < 2:
        write_stored(altered)
        return altered
    for row in rows:
        # The sequencer itself, with the log's own key, is made to rebuild it in this order.
        row["order_key"], row["index"] = row["index"].to_bytes(4, "big"), None
    write_stored(Stored(rows, [], []))
    while sequence_batch():
        pass
    return read_stored()


@pytest.fixture
def site(app: Flask, db: Any) -> Iterator[str]:
    with serve(app) as address:
        yield f"{address}/ledger"


@pytest.mark.slow
def test_every_alteration_is_found(site: str, command: Command, tmp_path: Path) -> None:
    append_many(SIZE)
    sequence_batch(limit=COVERED)
    assert command("ledger", site, "--out", tmp_path / "mirror").code == 0
    kept = tmp_path / "kept.txt"
    kept.write_bytes((tmp_path / "mirror" / "checkpoint").read_bytes())
    sequence_batch()
    stored = read_stored()
    before = [row["leaf"] for row in stored.entries]
    chosen = random.Random(7)
    for number in range(COUNT):
        kind, depth = KINDS[number % len(KINDS)], number // len(KINDS) % 3
        altered = forge(kind, depth, stored, chosen)
        since = (kept, tmp_path / "mirror")[number % 2]
        answer = command("ledger", site, "--since", since, "--json")
        assert answer.code == 1, (number, kind, depth, answer.out)
        leaves = [row["leaf"] for row in altered.entries]
        # The kept mirror knows each entry; a checkpoint alone knows only that some of them changed.
        if since != kept and (kind in ("edit", "reorder", "insert") or (depth == 2 and kind == "delete")):
            first = next(at for at in range(SIZE) if leaves[at] != before[at])
            named = [item["entry"] for item in json.loads(answer.out)["checks"] if not item["passed"]]
            assert first in named, (number, kind, depth, answer.out)
    write_stored(stored)
    assert command("ledger", site, "--since", kept).code == 0


def test_the_sequencer_signs_nothing_more_over_an_altered_tail(db: Any) -> None:
    append_many(SIZE)
    sequence_batch()
    with transaction():
        row = database.session.scalars(select(LedgerEntry).filter_by(index=SIZE - 1)).one()
        row.leaf_hash = "00" * 32
    append_many(1, SIZE)
    with pytest.raises(sequencer.LogAltered):
        sequence_batch()
    newest = database.session.scalar(select(LedgerCheckpoint.size).filter_by(log=Log.LEDGER.value))
    assert newest == SIZE
