"""Writers of the ledger: entries, the tree, keys, witnesses."""

from app.ledger.services.entries import Entry, Pending, Personal, append, append_many, leaf_bytes
from app.ledger.services.maps import append_map_leaf

__all__ = ["Entry", "Pending", "Personal", "append", "append_many", "append_map_leaf", "leaf_bytes"]
