"""Which signatures a sample holds: drawn by a seed that the ledger gives, so that all can draw again.

The seed is made of the root of the first checkpoint that covers the request. Nobody knows that root when the
sample is asked for. The operator signs it, and could try several by adding entries of its own: whoever doubts
asks for a second sample.
"""

import hashlib
from collections.abc import Iterable

_TAG = b"hwabaek/petition-sample/v1"


def make_seed(petition: str, request_leaf: bytes, root: bytes) -> bytes:
    """The seed of a sample: of its petition, the exact entry that asked for it, and the root after it."""
    return hashlib.sha256(b"\x00".join([_TAG, petition.encode(), request_leaf, root])).digest()


def draw_sample(seed: bytes, pseudonyms: Iterable[bytes], size: int) -> list[bytes]:
    """`size` of the pseudonyms, each as likely as the other; all of them, where there are fewer."""
    return sorted(pseudonyms, key=lambda pseudonym: hashlib.sha256(seed + pseudonym).digest())[:size]
