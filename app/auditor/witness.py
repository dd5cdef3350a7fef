"""A witness (C2SP tlog-witness v1.0.0): cosigns a checkpoint only if it extends the last one it signed."""

import base64
import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.auditor.private_files import make_folder, write_private
from app.core.checkpoints import (
    Checkpoint,
    SigningKey,
    VerifierKey,
    cosign,
    open_checkpoint,
    parse_checkpoint,
    parse_note,
    parse_number,
)
from app.core.ledger_errors import (
    ConsistencyProofError,
    LedgerError,
    MalformedProofError,
    NoteSignatureError,
    UnknownKeyError,
)
from app.core.merkle import EMPTY_ROOT, HASH_BYTES, verify_consistency

LONGEST_PROOF = 63
SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """What a request gets."""

    status: int
    body: str
    kind: str = TEXT_TYPE


def _now() -> int:
    return int(time.time())


class Witness:
    """Keeps one checkpoint a log in `state`; nothing is answered before it is on disk."""

    def __init__(
        self, key: SigningKey, logs: Sequence[VerifierKey], state: Path, now: Callable[[], int] = _now
    ) -> None:
        self._key = key
        self._logs = logs
        self._state = state
        self._now = now
        self._lock = threading.Lock()
        make_folder(state)

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer one add-checkpoint request."""
        try:
            old, proof, note_text = _parse_request(body)
            note = parse_note(note_text)
            named = parse_checkpoint(note.text)
        except (LedgerError, ValueError) as problem:
            return Answer(400, f"{problem}\n")
        keys = [key for key in self._logs if key.name == named.origin]
        if not keys:
            return Answer(404, "this log is not known here\n")
        try:
            checkpoint = open_checkpoint(note, keys)
        except (UnknownKeyError, NoteSignatureError) as problem:
            return Answer(403, f"{problem}\n")
        if old > checkpoint.size:
            return Answer(400, "the old size is larger than the checkpoint's\n")
        with self._lock:
            refusal = self._find_refusal(checkpoint, old, proof)
            if refusal is not None:
                return refusal
            write_private(self._path(checkpoint.origin), note_text.encode())
        return Answer(200, cosign(note, self._key, self._now()).to_line())

    def _find_refusal(self, checkpoint: Checkpoint, old: int, proof: list[bytes]) -> Answer | None:
        seen = self._find_seen(checkpoint.origin)
        size, root = (seen.size, seen.root) if seen else (0, EMPTY_ROOT)
        if old != size:
            return Answer(409, f"{size}\n", SIZE_TYPE)
        if checkpoint.size == size and checkpoint.root != root:
            return Answer(409, "another root of the same size was signed before\n")
        try:
            if old:
                verify_consistency(old, checkpoint.size, proof, root, checkpoint.root)
            elif proof:
                raise MalformedProofError("nothing has to be proved of an empty tree")
        except (ConsistencyProofError, MalformedProofError) as problem:
            return Answer(422, f"{problem}\n")
        return None

    def _find_seen(self, origin: str) -> Checkpoint | None:
        path = self._path(origin)
        return parse_checkpoint(parse_note(path.read_text("utf-8")).text) if path.exists() else None

    def _path(self, origin: str) -> Path:
        return self._state / f"{hashlib.sha256(origin.encode()).hexdigest()}.checkpoint"


def _parse_request(body: bytes) -> tuple[int, list[bytes], str]:
    """The old size, the consistency proof, the checkpoint. Raises LedgerError, ValueError."""
    head, blank, note = body.decode("utf-8").partition("\n\n")
    first, *lines = head.split("\n")
    if not blank or not first.startswith("old ") or len(lines) > LONGEST_PROOF:
        raise ValueError("an old size, at most 63 hashes, an empty line and a checkpoint were expected")
    proof = [base64.b64decode(line, validate=True) for line in lines]
    if any(len(value) != HASH_BYTES for value in proof):
        raise ValueError("a hash does not have 32 bytes")
    return parse_number(first.removeprefix("old ")), proof, note
