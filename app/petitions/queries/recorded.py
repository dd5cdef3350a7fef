"""What a petition's page shows by place and day: what is in the ledger, and nothing that still waits for it.

The cells are those that an outsider compares with the ledger. What is newer is in the page's total only: a
table that changed with each signature would tell the moment of a pseudonym that the next batch brings.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from flask import current_app
from sqlalchemy import case, func, select

from app.extensions import db
from app.ledger.entry_types import EntryType
from app.ledger.models import LedgerEntry
from app.ledger.queries.checkpoints import find_checkpoint
from app.ledger.rules import Log
from app.petitions.queries.audit import Key, read_audit

_ABOUT_SIGNATURES = (
    EntryType.SIGNATURE_COUNT,
    EntryType.SIGNATURE_WITHDRAW,
    EntryType.SIGNATURE_INVALIDATE,
    EntryType.SIGNATURE_RESTORE,
)


@dataclass(frozen=True)
class Recorded:
    """How many count of each level, place and day in the first `ledger_size` entries of the ledger."""

    cells: Counter[Key]
    ledger_size: int
    as_of: datetime | None

    @property
    def count(self) -> int:
        """How many count altogether."""
        return sum(self.cells.values())


def get_recorded(petition_id: int) -> Recorded:
    """What the ledger has of a petition; empty before its first batch.

    Batches come once an hour at most. So this process counts again only when the ledger has got more
    signatures, and otherwise knows by one look at its newest entries that nothing is new.
    """
    remembered: dict[int, Recorded] = current_app.extensions.setdefault("petition_recorded", {})
    recorded, checkpoint = remembered.get(petition_id), find_checkpoint(Log.LEDGER)
    if checkpoint is None:
        return Recorded(Counter(), 0, None)
    if recorded is None or _has_more(recorded.ledger_size, checkpoint.size):
        audit = read_audit(petition_id)
        recorded = Recorded(audit.cells, audit.ledger_size, audit.as_of)
    else:
        recorded = replace(recorded, ledger_size=checkpoint.size, as_of=checkpoint.at)
    remembered[petition_id] = recorded
    return recorded


def _has_more(known: int, size: int) -> bool:
    """Whether signatures are among the entries from one size of the ledger to another."""
    # No condition on the type: with one, the database would go through all signatures by the types' index.
    is_about = case((LedgerEntry.type.in_([kind.value for kind in _ABOUT_SIGNATURES]), 1), else_=0)
    wanted = select(func.max(is_about)).where(LedgerEntry.index >= known, LedgerEntry.index < size)
    return bool(db.session.scalar(wanted))
