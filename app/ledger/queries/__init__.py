"""Readers of the ledger."""

from app.ledger.queries.checkpoints import find_checkpoint, get_cosigned_note, list_cosignatures
from app.ledger.queries.entries import find_entry, list_leaf_hashes, list_newest_entries
from app.ledger.queries.receipts import Receipt, ReceiptState, get_map_proof, get_receipt
from app.ledger.queries.tree import Tree, get_bundle, get_tile

__all__ = [
    "Receipt",
    "ReceiptState",
    "Tree",
    "find_checkpoint",
    "find_entry",
    "get_bundle",
    "get_cosigned_note",
    "get_map_proof",
    "get_receipt",
    "get_tile",
    "list_cosignatures",
    "list_leaf_hashes",
    "list_newest_entries",
]
