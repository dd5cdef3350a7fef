"""Writers of the ledger: entries, the tree, keys, witnesses."""

from app.ledger.services.entries import Entry, Personal, append, leaf_bytes
from app.ledger.services.maps import append_map_leaf

__all__ = ["Entry", "Personal", "append", "append_map_leaf", "leaf_bytes"]
