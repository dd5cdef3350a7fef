"""SHA-256 in the forms that the Belenios specification uses, and every prefix that is hashed.

The prefixes separate the domains of crypto version 1; nothing else in app.core writes one.
"""

import hashlib
import re
from collections.abc import Iterable

from app.core.encoding import to_unpadded_base64
from app.core.groups.base import Element, Group

POSSESSION_PREFIX = "pok"
INTERVAL_PREFIX = "prove"
BLANK_PREFIX = "bproof0"
NONBLANK_PREFIX = "bproof1"
SIGNATURE_PREFIX = "sig"
DECRYPTION_PREFIX = "decrypt"
CREDENTIAL_PREFIX = "derive_credential"


def sha256_hex(raw: bytes) -> str:
    """SHA-256 in 64 lowercase hexadecimal digits: the name of a record."""
    return hashlib.sha256(raw).hexdigest()


def is_sha256_hex(text: object) -> bool:
    """Whether this has the form of `sha256_hex`."""
    return isinstance(text, str) and re.fullmatch("[0-9a-f]{64}", text) is not None


def sha256_base64(raw: bytes) -> str:
    """SHA-256 in 43 base64 characters: a fingerprint or a tracker."""
    return to_unpadded_base64(hashlib.sha256(raw).digest())


def hash_to_scalar(group: Group, prefix: str, elements: Iterable[Element]) -> int:
    """H(prefix, e_1 ... e_n) = SHA-256(prefix || join(",", e_i)) mod q ("Groups")."""
    text = prefix + ",".join(map(group.serialize, elements))
    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big") % group.order
