"""Hiding commitments: a leaf can be published while what it commits to stays private and can be erased.

c = SHA-256(TAG || nonce || RFC 8785 JSON of the content). The nonce is fresh and random, 32 bytes, never
derived from a key: once content and nonce are deleted, c says nothing about either.
"""

import hashlib
import json
from collections.abc import Mapping

import rfc8785

COMMITMENT_TAG = b"hwabaek/ledger/commitment/v1\x00"
NONCE_BYTES = 32
LARGEST_INTEGER = 2**53 - 1
# Strings and integers under ASCII names: of these the standard library writes the same bytes as RFC 8785 asks
# for, ten times as fast as `rfc8785`, which a test compares.
_FLAT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)

Content = Mapping[str, "str | int"]


class ContentNotCommittable(Exception):
    """A value is neither a string nor a small integer, or the nonce has a wrong length."""


def canonical_json(content: Mapping[str, object]) -> bytes:
    """The one byte string that stands for `content` (RFC 8785)."""
    if all(map(_is_committable, content.values())):
        return _write_flat(content)
    return rfc8785.dumps(content)  # type: ignore[arg-type]


def commit_to(content: Content, nonce: bytes) -> str:
    """Commit to `content` under `nonce` (32 fresh random bytes); 64 lowercase hexadecimal digits.

    Raises ContentNotCommittable: floats and large integers have no spelling that every language agrees on.
    """
    if len(nonce) != NONCE_BYTES:
        raise ContentNotCommittable(f"a nonce has {NONCE_BYTES} bytes")
    for name, value in content.items():
        if not _is_committable(value):
            raise ContentNotCommittable(name)
    return hashlib.sha256(COMMITMENT_TAG + nonce + _write_flat(content)).hexdigest()


def opens(commitment: str, content: Content, nonce: bytes) -> bool:
    """Whether `content` and `nonce` are what `commitment` was made from."""
    return commit_to(content, nonce) == commitment


def _write_flat(content: Mapping[str, object]) -> bytes:
    """The bytes of a content whose values are known to be committable."""
    if "".join(content).isascii():
        try:
            return _FLAT.encode(content).encode()
        except UnicodeEncodeError:
            # Half a character: the library says so in its own words.
            pass
    return rfc8785.dumps(content)  # type: ignore[arg-type]


def _is_committable(value: object) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, str) or (isinstance(value, int) and abs(value) <= LARGEST_INTEGER)
