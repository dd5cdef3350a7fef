"""Signed notes, checkpoints, cosignatures and proof files in the C2SP formats.

signed-note v1.0.0, tlog-checkpoint v1.0.0, tlog-cosignature v1 (Ed25519), tlog-proof v1. Ed25519 comes
from `cryptography`; what stands here is text and framing.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.core.ledger_errors import MalformedNoteError, NoteSignatureError, UnknownKeyError
from app.core.merkle import HASH_BYTES, verify_inclusion

SIGNATURE_TYPE = 0x01
COSIGNATURE_TYPE = 0x04
PROOF_HEADER = "c2sp.org/tlog-proof@v1"
_PRIVATE_PREFIX = "PRIVATE+KEY+"
_SIGNATURE_LINE = re.compile("\u2014 ([^ +\u00a0\u2000-\u200b\u3000]+) ([A-Za-z0-9+/]+={0,2})")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_MAXIMUM_SIGNATURES = 100
_TIME_BYTES = 8


def _to_base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _from_base64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as problem:
        raise MalformedNoteError("not in base64") from problem
    if _to_base64(raw) != text:
        raise MalformedNoteError("base64 that is not in its one form")
    return raw


def parse_number(text: str) -> int:
    """A decimal number without leading zeros. Raises MalformedNoteError."""
    if not _NUMBER.fullmatch(text):
        raise MalformedNoteError("not a decimal number without leading zeros")
    return int(text)


def _parse_hash(line: str) -> bytes:
    raw = _from_base64(line)
    if len(raw) != HASH_BYTES:
        raise MalformedNoteError("a hash does not have 32 bytes")
    return raw


def _key_id(name: str, kind: int, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


@dataclass(frozen=True)
class VerifierKey:
    """A named public key: 32 bytes of Ed25519, for notes (0x01) or for cosignatures (0x04)."""

    name: str
    public: bytes
    kind: int = SIGNATURE_TYPE

    @property
    def id(self) -> bytes:
        """The four bytes that name the key in a signature line."""
        return _key_id(self.name, self.kind, self.public)

    def __str__(self) -> str:
        """The key in note form (vkey)."""
        return f"{self.name}+{self.id.hex()}+{_to_base64(bytes([self.kind]) + self.public)}"


def parse_verifier_key(text: str) -> VerifierKey:
    """Read a vkey. Raises MalformedNoteError."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3 or not parts[0] or any(character.isspace() for character in parts[0]):
        raise MalformedNoteError("a verifier key has the form name+id+key")
    raw = _from_base64(parts[2])
    if len(raw) != 1 + HASH_BYTES or raw[0] not in (SIGNATURE_TYPE, COSIGNATURE_TYPE):
        raise MalformedNoteError("not an Ed25519 key for notes or cosignatures")
    key = VerifierKey(parts[0], raw[1:], raw[0])
    if key.id.hex() != parts[1]:
        raise MalformedNoteError("the key's id does not match the key")
    return key


@dataclass(frozen=True)
class SigningKey:
    """A named private key (its 32-byte seed)."""

    name: str
    seed: bytes
    kind: int = SIGNATURE_TYPE

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        private = Ed25519PrivateKey.from_private_bytes(self.seed)
        return VerifierKey(self.name, private.public_key().public_bytes_raw(), self.kind)

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of an Ed25519 signature."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)

    def to_text(self) -> str:
        """The key as its file has it; to be kept secret."""
        secret = _to_base64(bytes([self.kind]) + self.seed)
        return f"{_PRIVATE_PREFIX}{self.name}+{self.verifier.id.hex()}+{secret}"


def generate_signing_key(name: str, kind: int = SIGNATURE_TYPE) -> SigningKey:
    """A fresh key with that name."""
    return SigningKey(name, Ed25519PrivateKey.generate().private_bytes_raw(), kind)


def parse_signing_key(text: str) -> SigningKey:
    """Read a private key file. Raises MalformedNoteError."""
    text = text.strip()
    parts = text.removeprefix(_PRIVATE_PREFIX).split("+", 2)
    if not text.startswith(_PRIVATE_PREFIX) or len(parts) != 3:
        raise MalformedNoteError("not a private key in note form")
    raw = _from_base64(parts[2])
    if len(raw) != 1 + HASH_BYTES or raw[0] not in (SIGNATURE_TYPE, COSIGNATURE_TYPE):
        raise MalformedNoteError("not an Ed25519 key for notes or cosignatures")
    key = SigningKey(parts[0], raw[1:], raw[0])
    if key.verifier.id.hex() != parts[1]:
        raise MalformedNoteError("the key's id does not match the key")
    return key


@dataclass(frozen=True)
class NoteSignature:
    """One signature line: who, which key, and the bytes after the key's id."""

    name: str
    key_id: bytes
    signature: bytes

    def to_line(self) -> str:
        """The line with its newline."""
        return f"\u2014 {self.name} {_to_base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True)
class Note:
    """A text with signatures that nobody has verified yet."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def to_text(self) -> str:
        """The note as it is served."""
        return self.text + "\n" + "".join(signature.to_line() for signature in self.signatures)


def sign_note(text: str, keys: Iterable[SigningKey]) -> Note:
    """Sign a text that ends in a newline. Raises MalformedNoteError."""
    _ensure_text(text)
    return Note(text, tuple(NoteSignature(k.name, k.verifier.id, k.sign(text.encode())) for k in keys))


def _ensure_text(text: str) -> None:
    if not text.endswith("\n") or any(ord(character) < 0x20 and character != "\n" for character in text):
        raise MalformedNoteError("a note's text ends in a newline and has no control characters")


def parse_signature_line(line: str) -> NoteSignature:
    """Read one signature line without its newline. Raises MalformedNoteError."""
    match = _SIGNATURE_LINE.fullmatch(line)
    raw = _from_base64(match[2]) if match else b""
    if match is None or len(raw) < 5:
        raise MalformedNoteError("not a signature line")
    return NoteSignature(match[1], raw[:4], raw[4:])


def parse_note(text: str) -> Note:
    """Read a note; nothing is verified. Raises MalformedNoteError."""
    _ensure_text(text)
    body, blank, lines = text.rpartition("\n\n")
    if not blank:
        raise MalformedNoteError("a note has a blank line before its signatures")
    signatures = lines.removesuffix("\n").split("\n")
    if len(signatures) > _MAXIMUM_SIGNATURES:
        raise MalformedNoteError("too many signatures")
    return Note(body + "\n", tuple(map(parse_signature_line, signatures)))


def is_signed(message: bytes, signature: bytes, public: bytes) -> bool:
    """Whether an Ed25519 signature verifies."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def open_note(note: Note, keys: Sequence[VerifierKey]) -> list[VerifierKey]:
    """The known keys that have signed the note; signatures of others are ignored.

    Raises NoteSignatureError where a known key's signature does not verify, UnknownKeyError for none.
    """
    verified = []
    for signature in note.signatures:
        for key in keys:
            if key.kind != SIGNATURE_TYPE or (signature.name, signature.key_id) != (key.name, key.id):
                continue
            if not is_signed(note.text.encode(), signature.signature, key.public):
                raise NoteSignatureError(f"the signature of {key.name} does not verify")
            verified.append(key)
    if not verified:
        raise UnknownKeyError("no known key has signed this note")
    return verified


@dataclass(frozen=True)
class Checkpoint:
    """What a log says about itself: its name, its size, its root."""

    origin: str
    size: int
    root: bytes

    def to_text(self) -> str:
        """The body of the note."""
        return f"{self.origin}\n{self.size}\n{_to_base64(self.root)}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the body of a checkpoint; extension lines are allowed and mean nothing here.

    Raises MalformedNoteError.
    """
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0]:
        raise MalformedNoteError("a checkpoint has an origin, a size and a root")
    return Checkpoint(lines[0], parse_number(lines[1]), _parse_hash(lines[2]))


def open_checkpoint(note: Note, keys: Sequence[VerifierKey], origin: str | None = None) -> Checkpoint:
    """The checkpoint of a note that a key of its own origin has signed.

    Raises UnknownKeyError, NoteSignatureError, MalformedNoteError.
    """
    checkpoint = parse_checkpoint(note.text)
    if origin is not None and checkpoint.origin != origin:
        raise MalformedNoteError(f"a checkpoint of {checkpoint.origin}, not of {origin}")
    open_note(note, [key for key in keys if key.name == checkpoint.origin])
    return checkpoint


def without_cosignatures(note: Note) -> Note:
    """The same checkpoint with the signatures of its own log only. Raises MalformedNoteError."""
    origin = parse_checkpoint(note.text).origin
    return Note(note.text, tuple(line for line in note.signatures if line.name == origin))


def _cosigned_message(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def cosign(note: Note, key: SigningKey, at: int) -> NoteSignature:
    """A witness's cosignature (type 0x04) on a checkpoint, made at `at` (Unix seconds)."""
    signature = key.sign(_cosigned_message(note.text, at))
    return NoteSignature(key.name, key.verifier.id, at.to_bytes(_TIME_BYTES, "big") + signature)


def list_cosignatures(note: Note, witnesses: Sequence[VerifierKey]) -> dict[VerifierKey, int]:
    """Each witness with the time of its cosignature, for the known witnesses that have cosigned.

    Raises NoteSignatureError where a known witness's cosignature does not verify.
    """
    found: dict[VerifierKey, int] = {}
    for signature in note.signatures:
        for key in witnesses:
            if key.kind != COSIGNATURE_TYPE or (signature.name, signature.key_id) != (key.name, key.id):
                continue
            at = int.from_bytes(signature.signature[:_TIME_BYTES], "big")
            if not is_signed(_cosigned_message(note.text, at), signature.signature[_TIME_BYTES:], key.public):
                raise NoteSignatureError(f"the cosignature of {key.name} does not verify")
            found[key] = at
    return found


@dataclass(frozen=True)
class ProofFile:
    """A tlog-proof: an index, an inclusion path and the checkpoint that it leads to."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: Note
    extra: bytes = b""

    def to_text(self) -> str:
        """The file's text."""
        extra = f"extra {_to_base64(self.extra)}\n" if self.extra else ""
        path = "".join(f"{_to_base64(value)}\n" for value in self.path)
        return f"{PROOF_HEADER}\n{extra}index {self.index}\n{path}\n{self.checkpoint.to_text()}"

    def verify(self, leaf: bytes, keys: Sequence[VerifierKey], origin: str | None = None) -> Checkpoint:
        """Verify that the leaf with that hash is in the log. Raises LedgerError's kinds."""
        checkpoint = open_checkpoint(self.checkpoint, keys, origin)
        verify_inclusion(leaf, self.index, checkpoint.size, self.path, checkpoint.root)
        return checkpoint


def parse_proof_file(text: str) -> ProofFile:
    """Read a tlog-proof; nothing is verified. Raises MalformedNoteError."""
    head, blank, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not blank or lines.pop(0) != PROOF_HEADER:
        raise MalformedNoteError(f"a proof file begins with {PROOF_HEADER}")
    extra = (
        _from_base64(lines.pop(0).removeprefix("extra ")) if lines and lines[0].startswith("extra ") else b""
    )
    if not lines or not lines[0].startswith("index "):
        raise MalformedNoteError("a proof file names its index")
    index = parse_number(lines.pop(0).removeprefix("index "))
    return ProofFile(index, tuple(map(_parse_hash, lines)), parse_note(checkpoint), extra)
