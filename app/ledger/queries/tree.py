"""The tree as it is stored: full tiles in their table, the right edge from the leaves' own table."""

from typing import Any

from sqlalchemy import select

from app.core.merkle import (
    HASH_BYTES,
    TILE_HEIGHT,
    TILE_WIDTH,
    consistency_proof,
    inclusion_proof,
    node_in_tile,
    root_hash,
)
from app.extensions import db
from app.ledger.models import LedgerEntry, LedgerMapLeaf, LedgerTile
from app.ledger.queries.checkpoints import find_checkpoint
from app.ledger.rules import Log, LogAltered, TileNotFound

# log -> (index, leaf, leaf hash) of its leaves
LEAVES: dict[Log, tuple[Any, Any, Any]] = {
    Log.LEDGER: (LedgerEntry.index, LedgerEntry.leaf, LedgerEntry.leaf_hash),
    Log.MAP: (LedgerMapLeaf.epoch, LedgerMapLeaf.leaf, LedgerMapLeaf.leaf_hash),
}


def list_row(log: Log, level: int, start: int, end: int) -> list[bytes]:
    """The hashes [start, end) of one row of tiles: leaf hashes, or roots of the full tiles below.

    Raises LogAltered where some are missing.
    """
    if level == 0:
        index, _, digest = LEAVES[log]
        wanted = select(digest).where(index >= start, index < end).order_by(index)
        row = [bytes.fromhex(value) for value in db.session.scalars(wanted)]
    else:
        below = select(LedgerTile.root).where(LedgerTile.log == log.value, LedgerTile.level == level - 1)
        between = below.where(LedgerTile.number >= start, LedgerTile.number < end)
        row = list(db.session.scalars(between.order_by(LedgerTile.number)))
    if len(row) != end - start:
        raise LogAltered(f"{log.value}: row {level} lacks hashes between {start} and {end}")
    return row


def read_tile(log: Log, level: int, number: int, width: int) -> list[bytes]:
    """The hashes of a tile, whether or not a checkpoint covers it. Raises LogAltered."""
    if width < TILE_WIDTH:
        return list_row(log, level, number * TILE_WIDTH, number * TILE_WIDTH + width)
    tile = db.session.get(LedgerTile, (log.value, level, number))
    if tile is None:
        raise LogAltered(f"{log.value}: tile {level}/{number} is missing")
    return [tile.hashes[at : at + HASH_BYTES] for at in range(0, len(tile.hashes), HASH_BYTES)]


class Tree:
    """The log's first `size` leaves as a tree; it may be larger meanwhile."""

    def __init__(self, log: Log, size: int) -> None:
        self._log = log
        self.size = size
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def root(self) -> bytes:
        """MTH of the tree."""
        return root_hash(self.size, self._read)

    def prove_inclusion(self, index: int) -> list[bytes]:
        """PATH(index, D[size]). Raises MalformedProofError for an index outside the tree."""
        return inclusion_proof(index, self.size, self._read)

    def prove_consistency(self, old: int) -> list[bytes]:
        """PROOF(old, D[size]); empty for old = 0, where there is nothing to prove."""
        return consistency_proof(old, self.size, self._read) if old else []

    def _read(self, level: int, index: int) -> bytes:
        row, inner = divmod(level, TILE_HEIGHT)
        number, place = divmod(index << inner, TILE_WIDTH)
        return node_in_tile(self._tile(row, number), inner, place >> inner)

    def _tile(self, row: int, number: int) -> list[bytes]:
        if (row, number) not in self._tiles:
            width = min(TILE_WIDTH, (self.size >> TILE_HEIGHT * row) - number * TILE_WIDTH)
            self._tiles[row, number] = read_tile(self._log, row, number, width)
        return self._tiles[row, number]


def get_tile(log: Log, level: int, number: int, width: int) -> bytes:
    """A tile as it is served. Raises TileNotFound for one that no checkpoint covers."""
    _ensure_covered(log, level, number, width)
    try:
        return b"".join(read_tile(log, level, number, width))
    except LogAltered as problem:
        raise TileNotFound from problem


def get_bundle(log: Log, number: int, width: int) -> bytes:
    """An entry bundle: each leaf after its length in two bytes. Raises TileNotFound."""
    _ensure_covered(log, 0, number, width)
    index, leaf, _ = LEAVES[log]
    start = number * TILE_WIDTH
    wanted = select(leaf).where(index >= start, index < start + width).order_by(index)
    leaves = list(db.session.scalars(wanted))
    if len(leaves) != width:
        raise TileNotFound
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in leaves)


def _ensure_covered(log: Log, level: int, number: int, width: int) -> None:
    newest = find_checkpoint(log)
    # Levels are bounded before the shift, which would otherwise make numbers of any length.
    if newest is None or level > 7 or (number * TILE_WIDTH + width) << TILE_HEIGHT * level > newest.size:
        raise TileNotFound
