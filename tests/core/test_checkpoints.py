"""Signed notes, checkpoints, cosignatures and proof files."""

import json

import pytest

from app.core import checkpoints as c
from app.core import merkle
from app.core.ledger_errors import LedgerError, MalformedNoteError, NoteSignatureError, UnknownKeyError
from tests.peers import NEEDS_SHARED, SHARED

EXAMPLE = SHARED / "vectors" / "signed-note.json"
KEY = c.SigningKey("hanbit.test/ledger", bytes(range(32)))
WITNESS = c.SigningKey("witness.test/w1", bytes(range(1, 33)), c.COSIGNATURE_TYPE)
LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(5)]


def read(level: int, index: int) -> bytes:
    """A full subtree of LEAVES."""
    return merkle.node_in_tile(LEAVES, level, index)


def make_checkpoint() -> c.Note:
    """A signed checkpoint over LEAVES."""
    text = c.Checkpoint(KEY.name, len(LEAVES), merkle.root_hash(len(LEAVES), read)).to_text()
    return c.sign_note(text, [KEY])


@pytest.mark.skipif(not EXAMPLE.exists(), reason=NEEDS_SHARED.format("vectors/signed-note.json"))
def test_the_specification_s_example_verifies() -> None:
    example = json.loads(EXAMPLE.read_text())
    key = c.parse_verifier_key(example["vkey"])
    note = c.parse_note(example["note"])
    assert str(key) == example["vkey"]
    assert note.to_text() == example["note"]
    assert c.open_note(note, [key]) == [key]


def test_keys_survive_their_text_form() -> None:
    assert c.parse_signing_key(KEY.to_text()) == KEY
    assert c.parse_verifier_key(str(WITNESS.verifier)) == WITNESS.verifier
    with pytest.raises(MalformedNoteError):
        c.parse_verifier_key(str(KEY.verifier).replace("hanbit", "hanbat"))


def test_only_a_known_key_opens_a_checkpoint() -> None:
    note = make_checkpoint()
    assert c.open_checkpoint(note, [KEY.verifier]).size == 5
    with pytest.raises(UnknownKeyError):
        c.open_checkpoint(note, [c.generate_signing_key(KEY.name).verifier])
    with pytest.raises(MalformedNoteError):
        c.open_checkpoint(note, [KEY.verifier], origin="elsewhere.test/ledger")


def test_a_changed_checkpoint_is_refused() -> None:
    note = make_checkpoint()
    with pytest.raises(NoteSignatureError):
        c.open_checkpoint(c.Note(note.text.replace("\n5\n", "\n4\n"), note.signatures), [KEY.verifier])


def test_cosignatures_are_told_from_the_log_s_own() -> None:
    note = make_checkpoint()
    line = c.cosign(note, WITNESS, 1_795_000_000)
    cosigned = c.parse_note(c.Note(note.text, (*note.signatures, line)).to_text())
    assert c.list_cosignatures(cosigned, [WITNESS.verifier]) == {WITNESS.verifier: 1_795_000_000}
    assert c.open_checkpoint(cosigned, [KEY.verifier, WITNESS.verifier]).size == 5
    forged = c.NoteSignature(line.name, line.key_id, bytes(8) + line.signature[8:])
    with pytest.raises(NoteSignatureError):
        c.list_cosignatures(c.Note(note.text, (forged,)), [WITNESS.verifier])


@pytest.mark.parametrize("extra", [b"", b"what it means"])
def test_a_proof_file_proves_its_leaf_only(extra: bytes) -> None:
    path = tuple(merkle.inclusion_proof(3, 5, read))
    text = c.ProofFile(3, path, make_checkpoint(), extra).to_text()
    proof = c.parse_proof_file(text)
    assert (proof.to_text(), proof.extra) == (text, extra)
    assert proof.verify(LEAVES[3], [KEY.verifier]).size == 5
    with pytest.raises(LedgerError):
        proof.verify(LEAVES[2], [KEY.verifier])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no signature\n",
        "text\n\n",
        "text\n\nnot a line\n",
        "te\txt\n\n\u2014 a AAAAAAAA\n",
        "t\n\n\u2014 a AAAA\n",
    ],
)
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(MalformedNoteError):
        c.parse_note(text)
