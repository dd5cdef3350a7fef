"""Writers of the ledger: entries, the tree, keys, witnesses."""

from app.ledger.services.entries import (
    Entry,
    Pending,
    Personal,
    append,
    append_many,
    erase_openings,
    leaf_bytes,
)
from app.ledger.services.maps import append_map_leaf

__all__ = [
    "Entry",
    "Pending",
    "Personal",
    "append",
    "append_many",
    "append_map_leaf",
    "erase_openings",
    "leaf_bytes",
]
