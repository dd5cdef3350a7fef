"""The one writer of the tree: gives entries their index, stores full tiles, signs a checkpoint.

All of it is one transaction under a lock: what is served was committed, a stop at any point undoes the
whole, and a second sequencer finds nothing left to do.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import bindparam, func, insert, select, text, update

from app.core.checkpoints import Checkpoint, sign_note
from app.core.merkle import EMPTY_ROOT, TILE_HEIGHT, TILE_WIDTH, node_in_tile
from app.extensions import db, huey
from app.ledger.models import LedgerCheckpoint, LedgerEntry, LedgerMapLeaf, LedgerTile
from app.ledger.queries.checkpoints import find_checkpoint
from app.ledger.queries.tree import Tree, list_row
from app.ledger.rules import Log, LogAltered
from app.ledger.services.keys import get_origin, list_signing_keys
from app.ledger.services.witnesses import load_witnesses
from app.platform import clock
from app.platform.transaction import after_commit, transaction

# One batch holds the write lock for a fraction of a second.
BATCH_SIZE = 5_000
SPACING = timedelta(seconds=2)
# One number for "a sequencer of Hwabaek is at work", among PostgreSQL's advisory locks.
SEQUENCER_LOCK = 7_236_452
WITNESS_JOB = "app.ledger.jobs.ask_witnesses"


def sequence_batch(limit: int = BATCH_SIZE, spacing: timedelta = timedelta()) -> list[LedgerCheckpoint]:
    """Fold what is released into the trees, at most `limit` leaves each; return the new checkpoints.

    Nothing is signed when nothing is new, nor sooner than `spacing` after the newest checkpoint.
    Raises LogAltered when the stored tree no longer has the root that was signed.
    """
    made = [_sequence(log, limit, spacing) for log in Log if _count_waiting(log)]
    return [checkpoint for checkpoint in made if checkpoint is not None]


def _count_waiting(log: Log) -> int:
    """Whether there is something to do, asked before the write lock is taken."""
    if log is Log.LEDGER:
        waiting = select(LedgerEntry.id).where(
            LedgerEntry.index.is_(None), LedgerEntry.release_at <= clock.now()
        )
        return len(db.session.scalars(waiting.limit(1)).all())
    newest = find_checkpoint(log)
    return _count_map_leaves() - (newest.size if newest else 0)


def _count_map_leaves() -> int:
    return db.session.scalar(select(func.count()).select_from(LedgerMapLeaf)) or 0


def _sequence(log: Log, limit: int, spacing: timedelta) -> LedgerCheckpoint | None:
    with transaction():
        _lock()
        newest = find_checkpoint(log)
        now = clock.now()
        if newest and timedelta() <= now - newest.at < spacing:
            return None
        old = newest.size if newest else 0
        new = _give_indexes(old, limit) if log is Log.LEDGER else min(_count_map_leaves(), old + limit)
        if new == old:
            return None
        _ensure_unaltered(log, old, newest.root if newest else EMPTY_ROOT)
        _store_full_tiles(log, old, new)
        checkpoint = _sign(log, new)
        if load_witnesses():
            after_commit(_start_witness_job)
    return checkpoint


def _lock() -> None:
    """SQLite's writers are alone already; PostgreSQL's wait here, and then see what was committed."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SEQUENCER_LOCK})


def _give_indexes(old: int, limit: int) -> int:
    wanted = (
        select(LedgerEntry.id)
        .where(LedgerEntry.index.is_(None), LedgerEntry.release_at <= clock.now())
        .order_by(LedgerEntry.release_at, LedgerEntry.order_key, LedgerEntry.id)
        .limit(limit)
    )
    numbers = db.session.scalars(wanted).all()
    highest = db.session.scalar(select(func.max(LedgerEntry.index)))
    if (-1 if highest is None else highest) != old - 1:
        raise LogAltered(f"the newest checkpoint has size {old}, the highest index is {highest}")
    if numbers:
        _write_indexes(numbers, old)
    return old + len(numbers)


def _write_indexes(numbers: Sequence[int], first: int) -> None:
    table = LedgerEntry.__table__
    statement = update(table).where(table.c.id == bindparam("entry")).values(index=bindparam("place"))
    rows = [{"entry": number, "place": first + at} for at, number in enumerate(numbers)]
    db.session.connection().execute(statement, rows)


def _ensure_unaltered(log: Log, size: int, root: bytes) -> None:
    if Tree(log, size).root() != root:
        raise LogAltered(f"{log.value}: the tree of size {size} no longer has the root that was signed")


def _store_full_tiles(log: Log, old: int, new: int) -> None:
    """Store the tiles that filled up while the tree grew, row by row."""
    level = 0
    while (first := old // TILE_WIDTH) < (end := new // TILE_WIDTH):
        row = list_row(log, level, first * TILE_WIDTH, end * TILE_WIDTH)
        tiles = [row[at : at + TILE_WIDTH] for at in range(0, len(row), TILE_WIDTH)]
        values = [
            {
                "log": log.value,
                "level": level,
                "number": first + at,
                "hashes": b"".join(hashes),
                "root": node_in_tile(hashes, TILE_HEIGHT, 0),
            }
            for at, hashes in enumerate(tiles)
        ]
        db.session.execute(insert(LedgerTile), values)
        level, old, new = level + 1, first, end


def _sign(log: Log, size: int) -> LedgerCheckpoint:
    root = Tree(log, size).root()
    note = sign_note(Checkpoint(get_origin(log), size, root).to_text(), list_signing_keys(log))
    row = LedgerCheckpoint(log=log.value, size=size, root=root, note=note.to_text(), at=clock.now())
    db.session.add(row)
    return row


def _start_witness_job() -> None:
    huey.start(WITNESS_JOB)
