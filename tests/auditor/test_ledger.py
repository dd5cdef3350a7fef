"""`ledger`: a log of 100,000 entries over HTTP, consistency, a second opinion, folders and bad input."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore.errors import VerificationError
from sqlalchemy import select

from app.core.checkpoints import (
    COSIGNATURE_TYPE,
    Checkpoint,
    cosign,
    generate_signing_key,
    parse_note,
    sign_note,
)
from app.core.merkle import inclusion_proof, leaf_hash, node_hash, root_hash, verify_consistency
from app.extensions import db as database
from app.ledger.models import LedgerCheckpoint, LedgerEntry
from app.ledger.queries import Tree, find_checkpoint
from app.ledger.rules import Log
from app.ledger.services.sequencer import sequence_batch
from tests.auditor.conftest import Command
from tests.ledger.conftest import append_many
from tests.ledger.site import serve

LARGE, BATCH = 100_000, 1_000
PAIRS = 1_000


@pytest.fixture
def site(app: Flask, db: Any) -> Iterator[str]:
    with serve(app) as address:
        yield f"{address}/ledger"


def sequence(limit: int = 5_000) -> None:
    while sequence_batch(limit=limit):
        pass


@pytest.mark.slow
def test_a_hundred_thousand_entries(site: str, command: Command, tmp_path: Path) -> None:
    append_many(LARGE)
    sequence(BATCH)
    rows = database.session.scalars(select(LedgerCheckpoint).order_by(LedgerCheckpoint.size)).all()
    assert len(rows) == LARGE // BATCH
    check_pairs(rows)
    answer = command("ledger", site, "--json", "--out", tmp_path / "mirror")
    report = json.loads(answer.out)
    assert (answer.code, report["valid"], report["size"]) == (0, True, LARGE)
    assert report["root"] == rows[-1].root.hex()
    assert command("ledger", tmp_path / "mirror").code == 0
    check_with_sigstore(rows[-1])


def check_pairs(rows: Any) -> None:
    """A consistency proof holds between all adjacent and 1,000 random pairs."""
    chosen = random.Random(3)
    pairs = [(at, at + 1) for at in range(len(rows) - 1)]
    pairs += [tuple(sorted(chosen.sample(range(len(rows)), 2))) for _ in range(PAIRS)]
    trees = {row.size: Tree(Log.LEDGER, row.size) for row in rows}
    for old, new in ((rows[first], rows[second]) for first, second in pairs):
        path = trees[new.size].prove_consistency(old.size)
        verify_consistency(old.size, new.size, path, old.root, new.root)


def check_with_sigstore(row: LedgerCheckpoint) -> None:
    """An implementation that is not ours accepts our inclusion proofs, and no altered ones."""
    tree = Tree(Log.LEDGER, row.size)
    chosen = random.Random(5)
    for index in [0, 1, row.size - 1, *chosen.sample(range(row.size), 100)]:
        leaf = database.session.scalar(select(LedgerEntry.leaf).filter_by(index=index))
        verify_merkle_inclusion(as_rekor(leaf, index, row, tree.prove_inclusion(index)))
        with pytest.raises(VerificationError):
            verify_merkle_inclusion(as_rekor(leaf + b" ", index, row, tree.prove_inclusion(index)))


def as_rekor(leaf: bytes, index: int, row: LedgerCheckpoint, path: list[bytes]) -> Any:
    proof = SimpleNamespace(log_index=index, tree_size=row.size, hashes=path, root_hash=row.root)
    return SimpleNamespace(_inner=SimpleNamespace(inclusion_proof=proof, canonicalized_body=leaf))


def test_sigstore_agrees_on_small_trees() -> None:
    for size in range(1, 40):
        leaves = [bytes([n]) for n in range(size)]
        hashes = [leaf_hash(leaf) for leaf in leaves]

        def read(level: int, index: int, hashes: list[bytes] = hashes) -> bytes:
            if level == 0:
                return hashes[index]
            return node_hash(read(level - 1, 2 * index), read(level - 1, 2 * index + 1))

        row = SimpleNamespace(size=size, root=root_hash(size, read))
        for index in range(size):
            path = inclusion_proof(index, size, read)
            verify_merkle_inclusion(as_rekor(leaves[index], index, row, path))


def test_growth_is_checked_against_a_kept_checkpoint_or_mirror(
    site: str, command: Command, tmp_path: Path
) -> None:
    append_many(300)
    sequence()
    assert command("ledger", site, "--out", tmp_path / "old").code == 0
    kept = tmp_path / "kept.txt"
    kept.write_bytes((tmp_path / "old" / "checkpoint").read_bytes())
    append_many(300, 300)
    sequence()
    for since in (kept, tmp_path / "old", tmp_path / "old" / "checkpoint"):
        answer = command("ledger", site, "--since", since)
        assert answer.code == 0, answer.out
        assert "the 300 entries of the earlier checkpoint are its beginning" in answer.out


def test_an_empty_log_or_no_log_cannot_be_read(site: str, command: Command, tmp_path: Path) -> None:
    assert command("ledger", site).code == 2
    assert command("ledger", "http://127.0.0.1:1/ledger").code == 2
    assert command("ledger", tmp_path / "nothing").code == 2
    assert command("ledger", tmp_path).code == 2
    assert command("ledger", "ftp://127.0.0.1/ledger").code == 2


def test_a_pinned_key_must_have_signed(site: str, command: Command) -> None:
    append_many(3)
    sequence()
    stranger = generate_signing_key("127.0.0.1/ledger").verifier
    answer = command("ledger", site, "--log-key", stranger)
    assert (answer.code, "no known key" in answer.out) == (1, True)
    assert command("ledger", site, "--log-key", "nonsense").code == 2


@pytest.fixture
def mirror(site: str, command: Command, tmp_path: Path) -> Path:
    append_many(600)
    sequence()
    assert command("ledger", site, "--out", tmp_path / "mirror").code == 0
    return tmp_path / "mirror"


@pytest.mark.parametrize(
    ("path", "entry"),
    [
        ("tile/entries/001", 256),
        ("tile/0/001", 256),
        ("tile/1/000.p/2", None),
        ("tile/entries/002.p/88", 512),
    ],
)
def test_the_first_bad_entry_is_named(mirror: Path, command: Command, path: str, entry: int | None) -> None:
    file = mirror / path
    raw = bytearray(file.read_bytes())
    raw[20] ^= 1
    file.write_bytes(bytes(raw))
    answer = command("ledger", mirror, "--json")
    report = json.loads(answer.out)
    failed = next(item for item in report["checks"] if not item["passed"])
    assert (answer.code, failed["entry"]) == (1, entry)


@pytest.mark.parametrize("change", [lambda raw: raw[:-1], lambda raw: raw + b"x", lambda raw: b""])
@pytest.mark.parametrize("path", ["tile/entries/001", "tile/0/002.p/88", "tile/1/000.p/2"])
def test_files_of_a_wrong_length_are_refused(mirror: Path, command: Command, path: str, change: Any) -> None:
    (mirror / path).write_bytes(change((mirror / path).read_bytes()))
    assert command("ledger", mirror).code == 1


@pytest.mark.parametrize("content", [b"", b"\xff\n", b"a\n1\n", b"x" * 99, b"\n\n\n"])
def test_a_checkpoint_that_is_none_is_refused(mirror: Path, command: Command, content: bytes) -> None:
    (mirror / "checkpoint").write_bytes(content)
    assert command("ledger", mirror).code == 1
    (mirror / "vkey").write_bytes(content)
    assert command("ledger", mirror).code in (1, 2)


def test_a_checkpoint_with_another_root_is_refused(
    mirror: Path, app: Flask, command: Command, tmp_path: Path
) -> None:
    key = generate_signing_key("127.0.0.1/ledger")
    note = sign_note(Checkpoint(key.name, 600, b"\x01" * 32).to_text(), [key])
    (mirror / "checkpoint").write_text(note.to_text())
    (mirror / "vkey").write_text(f"{key.verifier}\n")
    answer = command("ledger", mirror, "--json")
    failed = [item["check"] for item in json.loads(answer.out)["checks"] if not item["passed"]]
    assert (answer.code, failed) == (1, ["root"])


def test_cosignatures_are_demanded_of_the_witnesses_that_are_named(
    mirror: Path, app: Flask, command: Command
) -> None:
    signing = generate_signing_key("witness.example/w1", COSIGNATURE_TYPE)
    other = generate_signing_key("witness.example/w2", COSIGNATURE_TYPE)
    note = parse_note(find_checkpoint(Log.LEDGER).note)
    line = cosign(note, signing, 1_700_000_000).to_line()
    (mirror / "checkpoint").write_text(note.to_text() + line)
    assert command("ledger", mirror, "--witness-key", signing.verifier).code == 0
    assert command("ledger", mirror, "--witness-key", other.verifier).code == 1
    forged = cosign(sign_note("x\n", []), signing, 1_700_000_000).to_line()
    (mirror / "checkpoint").write_text(note.to_text() + forged)
    assert command("ledger", mirror, "--witness-key", signing.verifier).code == 1
