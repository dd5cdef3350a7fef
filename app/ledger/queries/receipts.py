"""Receipts: a signed promise at once, a proof as soon as a checkpoint covers the entry."""

import base64
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.core.checkpoints import ProofFile, parse_note, sign_note
from app.extensions import db
from app.ledger.models import LedgerEntry, LedgerMapLeaf
from app.ledger.queries.checkpoints import (
    find_covering_checkpoint,
    get_cosigned_note,
    list_cosignatures,
)
from app.ledger.queries.entries import find_entry
from app.ledger.queries.tree import Tree
from app.ledger.rules import Log, ReceiptNotFound, promise_deadline
from app.ledger.services.keys import get_origin, list_signing_keys


class ReceiptState(StrEnum):
    """What a receipt is."""

    PROMISED = "promised"
    PROVED = "proved"


@dataclass(frozen=True)
class Receipt:
    """`text` is the file to keep: a signed promise, or a C2SP tlog-proof whose extra data is the leaf."""

    state: ReceiptState
    entry: LedgerEntry
    text: str
    deadline: datetime
    index: int | None = None
    size: int | None = None
    witnesses: tuple[str, ...] = ()


def get_receipt(leaf_hash: str) -> Receipt:
    """The receipt of the entry with this leaf hash (64 hex digits). Raises ReceiptNotFound."""
    entry = find_entry(leaf_hash)
    if entry is None:
        raise ReceiptNotFound
    deadline = promise_deadline(entry.release_at)
    proof = None if entry.index is None else _prove(Log.LEDGER, entry.index, entry.leaf)
    if proof is None:
        return Receipt(ReceiptState.PROMISED, entry, _promise(entry, deadline), deadline)
    file, size, witnesses = proof
    return Receipt(ReceiptState.PROVED, entry, file.to_text(), deadline, file.index, size, witnesses)


def get_map_proof(epoch: int) -> ProofFile | None:
    """The proof that an epoch's leaf stands in the map's log; None until a checkpoint covers it."""
    row = db.session.get(LedgerMapLeaf, epoch)
    proof = None if row is None else _prove(Log.MAP, epoch, row.leaf)
    return proof and proof[0]


def _prove(log: Log, index: int, leaf: bytes) -> tuple[ProofFile, int, tuple[str, ...]] | None:
    checkpoint = find_covering_checkpoint(log, index)
    if checkpoint is None:
        return None
    path = Tree(log, checkpoint.size).prove_inclusion(index)
    note = parse_note(get_cosigned_note(checkpoint))
    witnesses = tuple(row.witness for row in list_cosignatures(checkpoint))
    return ProofFile(index, tuple(path), note, leaf), checkpoint.size, witnesses


def _promise(entry: LedgerEntry, deadline: datetime) -> str:
    """Ed25519 is deterministic, so a promise asked for twice is the same one."""
    digest = base64.b64encode(bytes.fromhex(entry.leaf_hash)).decode()
    text = f"{get_origin(Log.LEDGER)}/promise\n{digest}\n{int(deadline.timestamp())}\n"
    return sign_note(text, list_signing_keys(Log.LEDGER)).to_text()
