"""The map's log: one leaf for each epoch, in order."""

from sqlalchemy import func, insert, select

from app.core.merkle import leaf_hash
from app.extensions import db
from app.ledger.models import LedgerMapLeaf
from app.ledger.rules import LARGEST_LEAF, EntryTooLarge, EpochOutOfTurn


def append_map_leaf(epoch: int, leaf: bytes) -> str:
    """Append the leaf of an epoch in the caller's transaction; return its leaf hash (64 hex digits).

    Epochs count from 0. Raises EpochOutOfTurn for any but the next one, EntryTooLarge.
    """
    if epoch != db.session.scalar(select(func.count()).select_from(LedgerMapLeaf)):
        raise EpochOutOfTurn(epoch)
    if len(leaf) > LARGEST_LEAF:
        raise EntryTooLarge(epoch)
    digest = leaf_hash(leaf).hex()
    db.session.execute(insert(LedgerMapLeaf).values(epoch=epoch, leaf=leaf, leaf_hash=digest))
    return digest
