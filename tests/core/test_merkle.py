"""Merkle trees against vectors that others made, and against the definition itself."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import merkle
from app.core.ledger_errors import (
    ConsistencyProofError,
    InclusionProofError,
    LedgerError,
    MalformedProofError,
)
from tests.peers import NEEDS_SHARED, SHARED

VECTORS = sorted((SHARED / "vectors" / "merkle").rglob("*.json"))
LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(70)]


def decode(text: str | None) -> bytes:
    """A hash of a vector; missing ones are empty."""
    return base64.b64decode(text or "")


def answer(vector: dict) -> None:
    """Verify what a vector describes."""
    path = [decode(text) for text in vector["proof"] or []]
    if "leafIdx" in vector:
        leaf, root = decode(vector["leafHash"]), decode(vector["root"])
        merkle.verify_inclusion(leaf, vector["leafIdx"], vector["treeSize"], path, root)
    else:
        roots = decode(vector["root1"]), decode(vector["root2"])
        merkle.verify_consistency(vector["size1"], vector["size2"], path, *roots)


@pytest.mark.peer
@pytest.mark.skipif(not VECTORS, reason=NEEDS_SHARED.format("vectors/merkle"))
def test_every_vector_answers_as_it_should() -> None:
    wrong = []
    for file in VECTORS:
        vector = json.loads(file.read_text())
        try:
            answer(vector)
            refused = False
        except LedgerError:
            refused = True
        if refused is not vector["wantErr"]:
            wrong.append(f"{file}: {vector['desc']}")
    assert wrong == []
    assert len(VECTORS) == 196


def definition(leaves: list[bytes]) -> bytes:
    """MTH as RFC 6962 defines it."""
    if len(leaves) < 2:
        return leaves[0] if leaves else merkle.EMPTY_ROOT
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return merkle.node_hash(definition(leaves[:half]), definition(leaves[half:]))


def read(level: int, index: int) -> bytes:
    """A full subtree of LEAVES."""
    return merkle.node_in_tile(LEAVES, level, index)


@pytest.mark.parametrize("size", range(len(LEAVES)))
def test_root_and_all_proofs_of_a_size(size: int) -> None:
    root = merkle.root_hash(size, read)
    assert root == definition(LEAVES[:size])
    for index in range(size):
        path = merkle.inclusion_proof(index, size, read)
        merkle.verify_inclusion(LEAVES[index], index, size, path, root)
    for old in range(1, size + 1):
        path = merkle.consistency_proof(old, size, read)
        merkle.verify_consistency(old, size, path, definition(LEAVES[:old]), root)


@given(st.integers(1, 69), st.data())
def test_a_changed_proof_is_refused(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion_proof(index, size, read)
    root = merkle.root_hash(size, read)
    changed = list(path)
    if path and data.draw(st.booleans()):
        changed.pop(data.draw(st.integers(0, len(path) - 1)))
    else:
        changed.insert(data.draw(st.integers(0, len(path))), bytes(32))
    with pytest.raises(InclusionProofError):
        merkle.verify_inclusion(LEAVES[index], index, size, changed, root)


def test_a_rewritten_tree_is_not_consistent() -> None:
    other = [*LEAVES[:5], merkle.leaf_hash(b"other"), *LEAVES[6:20]]
    path = merkle.consistency_proof(10, 20, lambda level, index: merkle.node_in_tile(other, level, index))
    with pytest.raises(ConsistencyProofError):
        merkle.verify_consistency(10, 20, path, definition(LEAVES[:10]), definition(other))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 3)])
def test_a_leaf_outside_the_tree_is_refused(index: int, size: int) -> None:
    with pytest.raises(MalformedProofError):
        merkle.inclusion_proof(index, size, read)


def test_tiles_are_addressed_as_the_specification_says() -> None:
    assert merkle.tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert merkle.tile_path(1, 0, 7) == "tile/1/000.p/7"
    widths = list(merkle.tile_widths(70_000))
    assert sum(level == 0 and width == 256 for level, _, width in widths) == 273
    assert [w for w in widths if w[2] != 256] == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert list(merkle.tile_widths(256)) == [(0, 0, 256), (1, 0, 1)]
