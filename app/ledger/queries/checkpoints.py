"""Checkpoints as they were signed, with the witnesses' lines that have come since."""

from sqlalchemy import func, select

from app.extensions import db
from app.ledger.models import LedgerCheckpoint, LedgerCosignature
from app.ledger.rules import Log


def find_checkpoint(log: Log, size: int | None = None) -> LedgerCheckpoint | None:
    """The checkpoint of that size, or the newest one."""
    wanted = select(LedgerCheckpoint).where(LedgerCheckpoint.log == log.value)
    if size is not None:
        wanted = wanted.where(LedgerCheckpoint.size == size)
    return db.session.scalar(wanted.order_by(LedgerCheckpoint.size.desc()).limit(1))


def find_covering_checkpoint(log: Log, index: int) -> LedgerCheckpoint | None:
    """The checkpoint to prove a leaf by: the newest with cosignatures, else the newest of all."""
    lines = select(func.max(LedgerCosignature.size)).where(
        LedgerCosignature.log == log.value, LedgerCosignature.size > index
    )
    size = db.session.scalar(lines)
    found = find_checkpoint(log, size)
    return found if found is not None and found.size > index else None


def list_cosignatures(checkpoint: LedgerCheckpoint) -> list[LedgerCosignature]:
    """Who has cosigned it, by name."""
    wanted = select(LedgerCosignature).where(
        LedgerCosignature.log == checkpoint.log, LedgerCosignature.size == checkpoint.size
    )
    return list(db.session.scalars(wanted.order_by(LedgerCosignature.witness)))


def find_cosigned_size(log: Log, witness: str) -> int:
    """The size of the newest checkpoint that the witness has cosigned, 0 for none."""
    wanted = select(func.max(LedgerCosignature.size)).where(
        LedgerCosignature.log == log.value, LedgerCosignature.witness == witness
    )
    return db.session.scalar(wanted) or 0


def get_cosigned_note(checkpoint: LedgerCheckpoint) -> str:
    """The note as it is served: the log's signatures, then the witnesses'."""
    return checkpoint.note + "".join(row.line for row in list_cosignatures(checkpoint))
