"""The file that proves to one person which access records exist about them: its parts, writing, reading.

    label      HMAC-SHA256(label key, "hwabaek/access-label/v1")
    map value  SHA-256("hwabaek/access-map-value/v1" || 0x00 || count as 8 bytes || head || sealed commitment)
    epoch leaf RFC 8785 JSON of {"at", "epoch", "labels", "root"}, at index `epoch` of the log of maps

The sealed commitment stands in the file, its nonce does not: who has the nonce can try whether nothing is
sealed, and that is what the commitment hides. `access_verification.py` says what the file proves.

The file is JSON in gzip (RFC 1952), which takes back what base64 adds to hashes. Unpacked, it is as good.
"""

import base64
import binascii
import gzip
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.access_errors import MalformedAccessProofError
from app.core.checkpoints import ProofFile, parse_note
from app.core.commitments import Content, canonical_json, commit_to
from app.core.ledger_errors import LedgerError

FORMAT = "hwabaek-access-proof/v1"
# Bytes after unpacking, some 500,000 entries; and how many times larger than the file, which entries are not
# by far. A small file can be made to unpack to more than there is memory for.
LARGEST_DOCUMENT, LARGEST_RATIO, SMALL_DOCUMENT = 256 * 2**20, 64, 2**20
_GZIP_MAGIC = b"\x1f\x8b"
# Why an entry of the file is a commitment only: its content was kept as long as the law says.
ERASED = "erased"
LABEL_ENROL = "access-records:label:enrol"
ACCESS_SEAL = "access-records:access:seal"
_MAP_VALUE = b"hwabaek/access-map-value/v1\x00"
_HASH_BYTES = 32


def map_value(count: int, head: bytes, sealed_commitment: str) -> bytes:
    """What the map holds under a label: how many entries, the head of their chain, what is sealed."""
    message = _MAP_VALUE + count.to_bytes(8, "big") + head + bytes.fromhex(sealed_commitment)
    return hashlib.sha256(message).digest()


def sealed_content(sealed: Mapping[str, int]) -> Content:
    """What a sealed commitment hides: commitments of sealed accesses with their expiry (Unix seconds)."""
    return {"sealed": ",".join(f"{commitment}:{expiry}" for commitment, expiry in sorted(sealed.items()))}


def commit_to_sealed(sealed: Mapping[str, int], nonce: bytes) -> str:
    """Commit to the accesses that are sealed about one person, which may be none."""
    return commit_to(sealed_content(sealed), nonce)


@dataclass(frozen=True)
class ProvedEntry:
    """One access of the chain: its content and nonce, or only the commitment and why no more is shown."""

    content: Content | None
    nonce: bytes | None
    withheld: str = ""
    bare_commitment: str = ""

    @property
    def commitment(self) -> str:
        """What goes into the chain."""
        if self.content is None or self.nonce is None:
            return self.bare_commitment
        return commit_to(self.content, self.nonce)


@dataclass(frozen=True)
class LedgerProof:
    """What one leaf of the ledger commits to: its public fields, content, nonce, and the proof of inclusion.

    `proof` is None while the sequencer has not come to the leaf; `at` in Unix seconds.
    """

    type: str
    at: int
    public: Mapping[str, str]
    content: Content
    nonce: bytes
    proof: ProofFile | None = None

    @property
    def leaf(self) -> bytes:
        """The leaf's bytes, rebuilt. Raises ContentNotCommittable."""
        commitments = [commit_to(self.content, self.nonce)]
        return canonical_json(
            {"type": self.type, "at": self.at, "public": dict(self.public), "commitments": commitments}
        )


def enrolment_of(label_key: bytes, nonce: bytes, at: int, proof: ProofFile | None = None) -> LedgerProof:
    """The ledger's commitment to a person's label key."""
    return LedgerProof(LABEL_ENROL, at, {}, {"label_key": label_key.hex()}, nonce, proof)


@dataclass(frozen=True)
class EpochLeaf:
    """One epoch in the log of maps; `at` in Unix seconds."""

    number: int
    root: bytes
    at: int
    labels: int

    def to_bytes(self) -> bytes:
        """The leaf's bytes."""
        return canonical_json(
            {"epoch": self.number, "root": self.root.hex(), "at": self.at, "labels": self.labels}
        )


@dataclass(frozen=True)
class Consistency:
    """That the log of maps of `size` leaves is the beginning of the present one."""

    size: int
    path: tuple[bytes, ...]


@dataclass(frozen=True)
class AccessProof:
    """Everything that a proof file says; nothing is verified yet."""

    enrolment: LedgerProof
    count: int
    head: bytes
    entries: tuple[ProvedEntry, ...]
    sealed_commitment: str
    epoch: EpochLeaf
    siblings: tuple[bytes, ...]
    map_proof: ProofFile
    consistency: tuple[Consistency, ...] = ()
    opened: tuple[LedgerProof, ...] = ()

    @property
    def label_key(self) -> bytes:
        """The key that the enrolment committed to."""
        return bytes.fromhex(str(self.enrolment.content["label_key"]))


def write_access_proof(proof: AccessProof) -> bytes:
    """Write the file: one JSON document in gzip, hashes in base64, the entries one a line."""
    document = {
        "format": FORMAT,
        "enrolment": {
            "label_key": _text(proof.label_key),
            "nonce": _text(proof.enrolment.nonce),
            "at": proof.enrolment.at,
            "proof": _file_to_json(proof.enrolment.proof),
        },
        "count": proof.count,
        "head": _text(proof.head),
        "sealed": _text(bytes.fromhex(proof.sealed_commitment)),
        "epoch": {
            "epoch": proof.epoch.number,
            "root": _text(proof.epoch.root),
            "at": proof.epoch.at,
            "labels": proof.epoch.labels,
        },
        "map_path": _text(b"".join(proof.siblings)),
        "map_proof": _file_to_json(proof.map_proof),
        "consistency": [{"size": c.size, "path": _text(b"".join(c.path))} for c in proof.consistency],
        "opened": [_opened_to_json(opened) for opened in proof.opened],
    }
    lines = ",\n".join(_compact(_entry_to_json(entry)) for entry in proof.entries)
    text = f'{_compact(document)[:-1]},"entries":[\n{lines}]}}\n'
    return gzip.compress(text.encode(), mtime=0)


def parse_access_proof(raw: bytes) -> AccessProof:
    """Read a proof file, packed or unpacked; nothing is verified. Raises MalformedAccessProofError."""
    try:
        document = json.loads(_unpack(raw) if raw.startswith(_GZIP_MAGIC) else raw)
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise MalformedAccessProofError(f"not a file of the format {FORMAT}")
        return _parse(document)
    except MalformedAccessProofError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, LedgerError) as problem:
        reason = f"{type(problem).__name__}: {problem}"
        raise MalformedAccessProofError(f"the file is incomplete or damaged ({reason})") from problem


def _unpack(raw: bytes) -> bytes:
    """What is in the gzip, never more than a document of that size could be."""
    unpacking = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    largest = min(LARGEST_DOCUMENT, max(SMALL_DOCUMENT, LARGEST_RATIO * len(raw)))
    try:
        document = unpacking.decompress(raw, largest)
    except zlib.error as problem:
        raise MalformedAccessProofError(f"the file is damaged ({problem})") from problem
    if not unpacking.eof or unpacking.unused_data:
        raise MalformedAccessProofError("the file is cut off, too large, or goes on after its end")
    return document


def _parse(document: dict[str, Any]) -> AccessProof:
    epoch = document["epoch"]
    return AccessProof(
        enrolment=_parse_enrolment(document["enrolment"]),
        count=_natural(document["count"]),
        head=_hash(document["head"]),
        entries=tuple(_parse_entry(entry) for entry in _list(document["entries"])),
        sealed_commitment=_hash(document["sealed"]).hex(),
        epoch=EpochLeaf(
            _natural(epoch["epoch"]), _hash(epoch["root"]), _natural(epoch["at"]), _natural(epoch["labels"])
        ),
        siblings=_hashes(document["map_path"]),
        map_proof=_parse_file(document["map_proof"]),
        consistency=tuple(
            Consistency(_natural(item["size"]), _hashes(item["path"]))
            for item in _list(document["consistency"])
        ),
        opened=tuple(_parse_opened(item) for item in _list(document["opened"])),
    )


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as problem:
        raise MalformedAccessProofError("not in base64") from problem


def _hash(text: str) -> bytes:
    raw = _bytes(text)
    if len(raw) != _HASH_BYTES:
        raise MalformedAccessProofError("a hash, key or nonce does not have 32 bytes")
    return raw


def _hashes(text: str) -> tuple[bytes, ...]:
    raw = _bytes(text)
    if len(raw) % _HASH_BYTES:
        raise MalformedAccessProofError("a path is made of hashes of 32 bytes")
    return tuple(raw[start : start + _HASH_BYTES] for start in range(0, len(raw), _HASH_BYTES))


def _hex(text: str) -> str:
    if len(bytes.fromhex(text)) != _HASH_BYTES or text != text.lower() or len(text) != 2 * _HASH_BYTES:
        raise MalformedAccessProofError("a commitment has 64 lowercase hexadecimal digits")
    return text


def _natural(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**53:
        raise MalformedAccessProofError("a whole number from 0 was expected")
    return value


def _list(value: Any) -> Sequence[Any]:
    if not isinstance(value, list):
        raise MalformedAccessProofError("a list was expected")
    return value


def _content(value: Any) -> Content:
    if not isinstance(value, dict) or not all(type(field) in (str, int) for field in value.values()):
        raise MalformedAccessProofError("a content has strings and whole numbers only")
    return value


def _entry_to_json(entry: ProvedEntry) -> dict[str, object]:
    if entry.content is None or entry.nonce is None:
        return {"commitment": entry.bare_commitment, "withheld": entry.withheld}
    return {"content": dict(entry.content), "nonce": _text(entry.nonce)}


def _parse_entry(item: Any) -> ProvedEntry:
    if "commitment" in item:
        return ProvedEntry(None, None, str(item["withheld"]), _hex(item["commitment"]))
    return ProvedEntry(_content(item["content"]), _hash(item["nonce"]))


def _file_to_json(proof: ProofFile | None) -> dict[str, object] | None:
    """The parts of a tlog-proof, its path in one text."""
    if proof is None:
        return None
    path = _text(b"".join(proof.path))
    return {"index": proof.index, "path": path, "checkpoint": proof.checkpoint.to_text()}


def _parse_file(item: Any) -> ProofFile:
    return ProofFile(_natural(item["index"]), _hashes(item["path"]), parse_note(item["checkpoint"]))


def _parse_waiting_file(item: Any) -> ProofFile | None:
    return None if item is None else _parse_file(item)


def _parse_enrolment(item: Any) -> LedgerProof:
    key, nonce = _hash(item["label_key"]), _hash(item["nonce"])
    return enrolment_of(key, nonce, _natural(item["at"]), _parse_waiting_file(item["proof"]))


def _opened_to_json(opened: LedgerProof) -> dict[str, object]:
    return {
        "at": opened.at,
        "public": dict(opened.public),
        "content": dict(opened.content),
        "nonce": _text(opened.nonce),
        "proof": _file_to_json(opened.proof),
    }


def _parse_opened(item: Any) -> LedgerProof:
    public, content, nonce = _content(item["public"]), _content(item["content"]), _hash(item["nonce"])
    texts = {name: str(value) for name, value in public.items()}
    return LedgerProof(
        ACCESS_SEAL, _natural(item["at"]), texts, content, nonce, _parse_waiting_file(item["proof"])
    )
