"""A person's chain of access records: what is committed to, and the hash over all of them.

commitment_i = commit_to(content_i, nonce_i); head_0 = SHA-256(TAG), head_i = SHA-256(TAG || head_{i-1} ||
commitment_i as 32 bytes). One head stands for the records, their order and their number.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.core.commitments import Content, commit_to

CHAIN_TAG = b"hwabaek/access-chain/v1\x00"
LABEL_TAG = b"hwabaek/access-label/v1"
FIRST_HEAD = hashlib.sha256(CHAIN_TAG).digest()


@dataclass(frozen=True)
class AccessContent:
    """What one record says; times in Unix seconds."""

    number: int
    system: str
    agency: str
    unit: str
    official: str
    purpose: str
    legal_basis: str
    case: str
    categories: Sequence[str]
    action: str
    accessed_at: int
    recorded_at: int
    break_glass: bool = False

    def content(self) -> Content:
        """The fields that the commitment hides, categories sorted and joined by commas."""
        return {
            "number": self.number,
            "system": self.system,
            "agency": self.agency,
            "unit": self.unit,
            "official": self.official,
            "purpose": self.purpose,
            "legal_basis": self.legal_basis,
            "case": self.case,
            "categories": ",".join(sorted(self.categories)),
            "action": self.action,
            "accessed_at": self.accessed_at,
            "recorded_at": self.recorded_at,
            "break_glass": int(self.break_glass),
        }


def commit_to_access(access: AccessContent, nonce: bytes) -> str:
    """Commit to one record under its own 32-byte nonce; hexadecimal. Raises ContentNotCommittable."""
    return commit_to(access.content(), nonce)


def next_head(head: bytes, commitment: str) -> bytes:
    """The chain's head after a record with this commitment; the first `head` is FIRST_HEAD."""
    return hashlib.sha256(CHAIN_TAG + head + bytes.fromhex(commitment)).digest()


def chain_head(commitments: Iterable[str]) -> bytes:
    """The head over all of a person's commitments, oldest first."""
    head = FIRST_HEAD
    for commitment in commitments:
        head = next_head(head, commitment)
    return head


def make_label(label_key: bytes) -> bytes:
    """The 32 bytes under which a person stands in the map: HMAC-SHA256 of a fixed text under their key."""
    return hmac.new(label_key, LABEL_TAG, hashlib.sha256).digest()
