"""Merkle trees of RFC 6962: hashes, inclusion and consistency proofs, and the tiles they are served in.

Letters are those of RFC 6962 section 2.1 (MTH, PATH, PROOF); verification follows RFC 9162 sections
2.1.3.2 and 2.1.4.2; tiles are C2SP tlog-tiles. A hash is 32 bytes, an index counts from 0.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence

from app.core.ledger_errors import (
    ConsistencyProofError,
    InclusionProofError,
    MalformedProofError,
)

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT

# (level, index) -> hash of the full subtree of 2**level leaves that begins at leaf index * 2**level.
NodeReader = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry: SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """k: the largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def subtrees(start: int, end: int) -> Iterator[tuple[int, int]]:
    """(level, index) of the full subtrees that together span the leaves [start, end), left to right."""
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        yield level, start >> level
        start += 1 << level


def root_hash(size: int, read: NodeReader) -> bytes:
    """MTH of the first `size` leaves, from the hashes of full subtrees."""
    return range_hash(0, size, read)


def range_hash(start: int, end: int, read: NodeReader) -> bytes:
    """MTH(D[start:end]) for a range that a proof can name: its full subtrees, joined from the right."""
    if start == end:
        return EMPTY_ROOT
    hashes = [read(level, index) for level, index in subtrees(start, end)]
    result = hashes.pop()
    while hashes:
        result = node_hash(hashes.pop(), result)
    return result


def inclusion_proof(index: int, size: int, read: NodeReader) -> list[bytes]:
    """PATH(index, D[size]): from the leaf's sibling up to the root's child.

    Raises MalformedProofError for an index outside the tree.
    """
    if not 0 <= index < size:
        raise MalformedProofError(f"there is no leaf {index} in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_hash(middle, end, read))
            end = middle
        else:
            path.append(range_hash(start, middle, read))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, read: NodeReader) -> list[bytes]:
    """PROOF(old, D[new]): that the first `old` leaves are the beginning of the `new` ones.

    Raises MalformedProofError unless 0 < old <= new.
    """
    if not 0 < old <= new:
        raise MalformedProofError(f"no consistency proof leads from size {old} to {new}")
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while old != end - start:
        middle = _split(end - start)
        if old <= middle:
            path.append(range_hash(start + middle, end, read))
            end = start + middle
        else:
            path.append(range_hash(start, start + middle, read))
            start, old, whole = start + middle, old - middle, False
    if not whole:
        path.append(range_hash(start, end, read))
    return path[::-1]


def _ensure_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(value) != HASH_BYTES for value in hashes):
        raise MalformedProofError("a hash does not have 32 bytes")


def _step_up(position: int, last: int) -> tuple[int, int]:
    """The parent's place; the right edge passes the levels at which it has no sibling."""
    if position & 1 or position == last:
        while position and not position & 1:
            position, last = position >> 1, last >> 1
    return position >> 1, last >> 1


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Verify that the leaf with hash `leaf` stands at `index` of the tree (RFC 9162, 2.1.3.2).

    Raises MalformedProofError, InclusionProofError.
    """
    _ensure_hashes([leaf, root, *path])
    if not 0 <= index < size:
        raise MalformedProofError(f"there is no leaf {index} in a tree of {size}")
    position, last, result = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise InclusionProofError("the proof is too long")
        is_right = position & 1 or position == last
        result = node_hash(sibling, result) if is_right else node_hash(result, sibling)
        position, last = _step_up(position, last)
    if last != 0 or result != root:
        raise InclusionProofError("the proof does not lead to the root")


def verify_consistency(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Verify that the tree of size `old` is the beginning of the one of size `new` (RFC 9162, 2.1.4.2).

    Raises MalformedProofError, ConsistencyProofError.
    """
    if not 0 < old <= new:
        raise MalformedProofError(f"no consistency proof leads from size {old} to {new}")
    if old == new:
        # Nothing is hashed here: the same tree is whatever both sides call its root.
        if path or old_root != new_root:
            raise ConsistencyProofError("two trees of one size differ")
        return
    _ensure_hashes([old_root, new_root, *path])
    hashes = ([old_root] if old & (old - 1) == 0 else []) + list(path)
    if not path:
        raise ConsistencyProofError("the proof is empty")
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    first = second = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise ConsistencyProofError("the proof is too long")
        if position & 1 or position == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
        else:
            second = node_hash(second, sibling)
        position, last = _step_up(position, last)
    if last != 0 or first != old_root or second != new_root:
        raise ConsistencyProofError("the proof does not lead to both roots")


# Tiles (C2SP tlog-tiles).


def tile_path(level: int, number: int, width: int = TILE_WIDTH) -> str:
    """The address of a tile below the log's prefix: tile/<L>/<N>[.p/<W>]."""
    return f"tile/{level}/{number_path(number, width)}"


def entries_path(number: int, width: int = TILE_WIDTH) -> str:
    """The address of an entry bundle: tile/entries/<N>[.p/<W>]."""
    return f"tile/entries/{number_path(number, width)}"


def number_path(number: int, width: int) -> str:
    """<N>[.p/<W>]: three digits a step, all but the last with an x."""
    steps = [f"{number % 1000:03d}"]
    while number := number // 1000:
        steps.insert(0, f"x{number % 1000:03d}")
    return "/".join(steps) + ("" if width == TILE_WIDTH else f".p/{width}")


def tile_widths(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, number, width) of every tile of a tree, widths below 256 being partial ones."""
    level = 0
    while size:
        full, partial = divmod(size, TILE_WIDTH)
        for number in range(full):
            yield level, number, TILE_WIDTH
        if partial:
            yield level, full, partial
        size, level = full, level + 1


def node_in_tile(hashes: Sequence[bytes], level_in_tile: int, index: int) -> bytes:
    """The inner node at `level_in_tile` (0 to 8) and `index` of a tile whose bottom row is `hashes`."""
    row = list(hashes[index << level_in_tile : (index + 1) << level_in_tile])
    if len(row) != 1 << level_in_tile:
        raise MalformedProofError("a tile is too narrow for the node that it should hold")
    while len(row) > 1:
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)]
    return row[0]
