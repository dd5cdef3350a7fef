"""A map from labels to values with one root: who stands in it, with which value, and that nobody else does.

A binary trie over the 256 bits of each label, as sparse as the labels allow: a subtree with one label is
that label's leaf, so a path is about log2(n) hashes long. Labels are 32 pseudorandom bytes.

    empty            SHA-256("hwabaek/prefix-map/empty/v1")
    leaf(label, v)   SHA-256("hwabaek/prefix-map/leaf/v1" || 0x00 || label || v)
    node(l, r)       SHA-256("hwabaek/prefix-map/node/v1" || 0x00 || l || r)

The whole label is in the leaf, so a leaf that stands higher than its 256th bit still names one label only.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass

from app.core.ledger_errors import MapProofError

LABEL_BYTES = VALUE_BYTES = 32
LABEL_BITS = 8 * LABEL_BYTES
EMPTY = hashlib.sha256(b"hwabaek/prefix-map/empty/v1").digest()
_LEAF = b"hwabaek/prefix-map/leaf/v1\x00"
_NODE = b"hwabaek/prefix-map/node/v1\x00"


def _leaf(label: bytes, value: bytes) -> bytes:
    return hashlib.sha256(_LEAF + label + value).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()


def _bit(label: bytes, depth: int) -> int:
    return label[depth >> 3] >> (7 - (depth & 7)) & 1


@dataclass(frozen=True)
class MapProof:
    """The siblings from the root's children down, and the leaf that stands at the end of the way.

    `other`: the (label, value) found there where it is not the one asked for, None for an empty place.
    """

    siblings: tuple[bytes, ...]
    other: tuple[bytes, bytes] | None = None


class PrefixMap:
    """A map that is built once from all its labels."""

    def __init__(self, values: Mapping[bytes, bytes]) -> None:
        if any(len(label) != LABEL_BYTES or len(value) != VALUE_BYTES for label, value in values.items()):
            raise MapProofError("labels and values have 32 bytes")
        self._labels = sorted(values)
        self._values = values
        # (first label, depth) of every inner node -> its hash.
        self._nodes: dict[tuple[int, int], bytes] = {}
        self.root = self._build(0, len(self._labels), 0)

    def prove(self, label: bytes) -> MapProof:
        """Prove which value stands under `label`, or that none does."""
        siblings: list[bytes] = []
        start, end, depth = 0, len(self._labels), 0
        while end - start > 1:
            middle = self._middle(start, end, depth)
            depth += 1
            if _bit(label, depth - 1):
                siblings.append(self._hash(start, middle, depth))
                start = middle
            else:
                siblings.append(self._hash(middle, end, depth))
                end = middle
        if start == end or self._labels[start] == label:
            return MapProof(tuple(siblings))
        other = self._labels[start]
        return MapProof(tuple(siblings), (other, self._values[other]))

    def _middle(self, start: int, end: int, depth: int) -> int:
        """The first of the labels [start, end), which share `depth` bits, whose next bit is 1."""
        prefix = int.from_bytes(self._labels[start], "big") >> (LABEL_BITS - depth)
        edge = ((prefix << 1 | 1) << (LABEL_BITS - depth - 1)).to_bytes(LABEL_BYTES, "big")
        return bisect_left(self._labels, edge, start, end)

    def _build(self, start: int, end: int, depth: int) -> bytes:
        if end - start < 2:
            return self._hash(start, end, depth)
        middle = self._middle(start, end, depth)
        node = _node(self._build(start, middle, depth + 1), self._build(middle, end, depth + 1))
        self._nodes[start, depth] = node
        return node

    def _hash(self, start: int, end: int, depth: int) -> bytes:
        if start == end:
            return EMPTY
        if end - start == 1:
            return _leaf(self._labels[start], self._values[self._labels[start]])
        return self._nodes[start, depth]


def verify_lookup(root: bytes, label: bytes, value: bytes | None, proof: MapProof) -> None:
    """Verify that `value` stands under `label` in the map with that root; None: that nothing does.

    Raises MapProofError.
    """
    if len(label) != LABEL_BYTES or len(proof.siblings) > LABEL_BITS:
        raise MapProofError("a label has 32 bytes, and a path at most as many steps as it has bits")
    depth = len(proof.siblings)
    if value is not None and proof.other is not None:
        raise MapProofError("another label stands where this one should")
    result = EMPTY if value is None else _leaf(label, value)
    if value is None and proof.other is not None:
        other, found = proof.other
        shared = all(_bit(other, at) == _bit(label, at) for at in range(depth))
        if other == label or len(other) != LABEL_BYTES or len(found) != VALUE_BYTES or not shared:
            raise MapProofError("what stands there does not show that the label is missing")
        result = _leaf(other, found)
    for at in range(depth - 1, -1, -1):
        sibling = proof.siblings[at]
        result = _node(sibling, result) if _bit(label, at) else _node(result, sibling)
    if result != root:
        raise MapProofError("the path does not lead to the map's root")
