"""The file with all leaves of an epoch opened, for the oversight body: its parts, writing, reading.

No person is named in it: a leaf stands under the key of its label. Hashes, keys and nonces are hexadecimal.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.access_chain import make_label
from app.core.access_errors import MalformedAccessProofError
from app.core.access_proofs import EpochLeaf, map_value
from app.core.checkpoints import ProofFile, parse_proof_file
from app.core.ledger_errors import LedgerError

FORMAT = "hwabaek-opened-epoch/v1"
_HASH_BYTES = 32


@dataclass(frozen=True)
class OpenedLeaf:
    """What the map says of one label, and everything that it was made from."""

    label_key: bytes
    enrolment_nonce: bytes
    count: int
    head: bytes
    # The chain: one commitment for each access, oldest first.
    commitments: tuple[str, ...]
    sealed_commitment: str
    sealed_nonce: bytes
    # Commitment of each sealed access -> its expiry, in Unix seconds.
    sealed: Mapping[str, int]

    @property
    def label(self) -> bytes:
        """Where the leaf stands in the map."""
        return make_label(self.label_key)

    @property
    def value(self) -> bytes:
        """What stands there."""
        return map_value(self.count, self.head, self.sealed_commitment)


@dataclass(frozen=True)
class OpenedEpoch:
    """An epoch with all its leaves; `map_proof` is None until the log of maps has a checkpoint over it."""

    epoch: EpochLeaf
    leaves: tuple[OpenedLeaf, ...]
    map_proof: ProofFile | None = None


def write_opened_epoch(opened: OpenedEpoch) -> bytes:
    """Write the file: one JSON document, the leaves one a line."""
    epoch = opened.epoch
    document = {
        "format": FORMAT,
        "epoch": {"epoch": epoch.number, "root": epoch.root.hex(), "at": epoch.at, "labels": epoch.labels},
        "map_proof": opened.map_proof and opened.map_proof.to_text(),
    }
    lines = ",\n".join(_compact(_leaf_to_json(leaf)) for leaf in opened.leaves)
    return f'{_compact(document)[:-1]},"leaves":[\n{lines}]}}\n'.encode()


def parse_opened_epoch(raw: bytes) -> OpenedEpoch:
    """Read such a file; nothing is verified. Raises MalformedAccessProofError."""
    try:
        document = json.loads(raw)
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise MalformedAccessProofError(f"not a file of the format {FORMAT}")
        return _parse(document)
    except MalformedAccessProofError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, LedgerError) as problem:
        reason = f"{type(problem).__name__}: {problem}"
        raise MalformedAccessProofError(f"the file is incomplete or damaged ({reason})") from problem


def _parse(document: dict[str, Any]) -> OpenedEpoch:
    epoch, proof = document["epoch"], document["map_proof"]
    return OpenedEpoch(
        EpochLeaf(
            _natural(epoch["epoch"]), _hash(epoch["root"]), _natural(epoch["at"]), _natural(epoch["labels"])
        ),
        tuple(_parse_leaf(item) for item in document["leaves"]),
        None if proof is None else parse_proof_file(proof),
    )


def _leaf_to_json(leaf: OpenedLeaf) -> dict[str, object]:
    return {
        "label_key": leaf.label_key.hex(),
        "enrolment_nonce": leaf.enrolment_nonce.hex(),
        "count": leaf.count,
        "head": leaf.head.hex(),
        "commitments": list(leaf.commitments),
        "sealed_commitment": leaf.sealed_commitment,
        "sealed_nonce": leaf.sealed_nonce.hex(),
        "sealed": dict(leaf.sealed),
    }


def _parse_leaf(item: Any) -> OpenedLeaf:
    return OpenedLeaf(
        label_key=_hash(item["label_key"]),
        enrolment_nonce=_hash(item["enrolment_nonce"]),
        count=_natural(item["count"]),
        head=_hash(item["head"]),
        commitments=tuple(_hash(text).hex() for text in item["commitments"]),
        sealed_commitment=_hash(item["sealed_commitment"]).hex(),
        sealed_nonce=_hash(item["sealed_nonce"]),
        sealed={_hash(text).hex(): _natural(expiry) for text, expiry in item["sealed"].items()},
    )


def _hash(text: str) -> bytes:
    raw = bytes.fromhex(text)
    if len(raw) != _HASH_BYTES:
        raise MalformedAccessProofError("a hash, key or nonce does not have 32 bytes")
    return raw


def _natural(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**53:
        raise MalformedAccessProofError("a whole number from 0 was expected")
    return value


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
