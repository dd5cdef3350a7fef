"""What an outsider compares with the ledger: the count of each level, place and day, as the signatures say.

The numbers are those of the signatures themselves, not of the folded totals, and are true for the ledger's
newest checkpoint: whatever is changed in the signatures behind the service's back is a difference. What waits
for its batch has no level and no place here, since with them the moment could be told of a pseudonym that the
batch brings; what waits longer than a batch can take is overdue, and named.
"""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from app.extensions import db
from app.ledger.entry_types import EntryType
from app.ledger.models import LedgerEntry
from app.ledger.queries.checkpoints import find_checkpoint
from app.ledger.rules import Log
from app.petitions.models import Petition, Signature
from app.petitions.queries.petitions import get_public_petition
from app.petitions.rules.life import PUBLIC_STATES
from app.petitions.rules.refusals import NeverOpened
from app.petitions.rules.signing import Batch, SignatureState, find_batch
from app.platform import clock

REMEMBERED = 5.0
# Counting a million signatures takes seconds: as often as it is asked for, it takes one part in so many.
_SHARE = 20
_CHUNK = 500

Key = tuple[str, str, date]
_ENTRY, _CHANGE = aliased(LedgerEntry), aliased(LedgerEntry)
_COUNTS_AFTER = {
    EntryType.SIGNATURE_RESTORE: True,
    EntryType.SIGNATURE_WITHDRAW: False,
    EntryType.SIGNATURE_INVALIDATE: False,
}


@dataclass
class Audit:
    """A petition's count as the first `ledger_size` entries of the ledger must give it.

    `signed` is the page's number, as folded at `counted_at`; `recounted` is what the signatures say it
    should be. Of the difference to the ledger, `waiting` are new signatures by day, and `changing` the net of
    what was taken back or given again. `overdue` has what can be in no batch any more, or in none yet:
    nothing, as a rule.
    """

    ledger_size: int
    as_of: datetime | None
    read_at: datetime
    signed: int = 0
    counted_at: datetime | None = None
    recounted: int = 0
    cells: Counter[Key] = field(default_factory=Counter)
    waiting: Counter[date] = field(default_factory=Counter)
    changing: int = 0
    overdue: Counter[Key] = field(default_factory=Counter)

    @property
    def in_ledger(self) -> int:
        """How many count in the ledger."""
        return sum(self.cells.values())


def get_audit(reference: str) -> tuple[Petition, Audit]:
    """A petition that has been open, and its count. Raises PetitionNotFound, NeverOpened.

    This process remembers the count for a few seconds.
    """
    petition = get_public_petition(reference)
    if petition.public_key is None:
        raise NeverOpened
    return petition, read_audit(petition.id)


def read_audit(petition_id: int) -> Audit:
    """The count of a petition, which may never have been open; remembered in the same way."""
    remembered: dict[int, tuple[float, Audit]]
    remembered = current_app.extensions.setdefault("petition_audits", {})
    started = time.monotonic()
    until, audit = remembered.get(petition_id, (started, None))
    if audit is None or started >= until:
        audit = _count(petition_id)
        spent = time.monotonic() - started
        remembered[petition_id] = (started + max(REMEMBERED, _SHARE * spent), audit)
    return audit


def list_public_petitions() -> list[Petition]:
    """Every petition that strangers may see, newest first."""
    wanted = select(Petition).where(Petition.state.in_(PUBLIC_STATES))
    return list(db.session.scalars(wanted.order_by(Petition.opened_at.desc(), Petition.id.desc())))


def _count(petition_id: int) -> Audit:
    checkpoint = find_checkpoint(Log.LEDGER)
    size = checkpoint.size if checkpoint else 0
    now = clock.now()
    audit = Audit(size, checkpoint.at if checkpoint else None, now)
    rows = _read_groups(petition_id, size, find_batch(now))
    changes = _list_known_changes([row.pseudonym for row in rows if row.pseudonym is not None], size)
    for row in rows:
        audit.signed, audit.counted_at = row.signature_count, row.counted_at
        if row.level is not None:
            _add(audit, row, changes)
    return audit


def _read_groups(petition_id: int, size: int, batch: Batch) -> Sequence[Any]:
    """The signatures, grouped by all that matters; those whose newest change waits stand alone.

    One statement, so that number and signatures are of one moment.
    """
    counts = Signature.state == SignatureState.COUNTED
    has_entered = and_(_ENTRY.index.is_not(None), _ENTRY.index < size)
    has_changed = and_(_CHANGE.index.is_not(None), _CHANGE.index < size)
    is_settled = or_(Signature.change_entry_id.is_(None), has_changed)
    columns = (
        Petition.signature_count,
        Petition.counted_at,
        Signature.level,
        Signature.place,
        Signature.signed_on,
        counts.label("counts"),
        # As the page counts it: what is not folded yet, it counts as it did before.
        case((Signature.folded, counts), else_=Signature.in_totals).label("shown"),
        has_entered.label("has_entered"),
        is_settled.label("is_settled"),
        _is_timely(has_entered, is_settled, batch).label("is_timely"),
        case((~is_settled, Signature.pseudonym)).label("pseudonym"),
    )
    each = (
        select(*columns)
        .select_from(Petition)
        .outerjoin(Signature, Signature.petition_id == Petition.id)
        .outerjoin(_ENTRY, _ENTRY.id == Signature.ledger_entry_id)
        .outerjoin(_CHANGE, _CHANGE.id == Signature.change_entry_id)
        .where(Petition.id == petition_id)
        .subquery()
    )
    return db.session.execute(select(*each.c, func.count().label("number")).group_by(*each.c)).all()


def _is_timely(
    has_entered: ColumnElement[bool], is_settled: ColumnElement[bool], batch: Batch
) -> ColumnElement[bool]:
    """Whether all that waits of a signature belongs to the batch under way."""
    entry, change = (
        and_(kind.release_at > batch.released_after, kind.release_at <= batch.released_until)
        for kind in (_ENTRY, _CHANGE)
    )
    signed = and_(
        Signature.signed_on.between(batch.first_day, batch.last_day),
        Signature.signed_at.between(batch.signed_from, batch.signed_until),
    )
    return and_(or_(has_entered, and_(entry, signed)), or_(is_settled, change))


def _add(audit: Audit, row: Any, changes: Mapping[bytes, bool]) -> None:
    """Count one group of signatures where it belongs."""
    key, counts = (row.level, row.place, row.signed_on), row.counts
    if not row.is_settled:
        counts = changes.get(bytes(row.pseudonym), True)
    known = bool(row.has_entered and counts)
    audit.recounted += row.number * bool(row.shown)
    if known:
        audit.cells[key] += row.number
    if not (row.has_entered and row.is_settled) and not row.is_timely:
        if known or row.counts:
            audit.overdue[key] += row.number
    elif row.has_entered:
        audit.changing += row.number * (bool(row.shown) - known)
    elif row.shown:
        audit.waiting[row.signed_on] += row.number


def _list_known_changes(pseudonyms: Sequence[bytes], size: int) -> dict[bytes, bool]:
    """Pseudonym -> whether it counts after the newest of its changes that the ledger has."""
    found: dict[bytes, bool] = {}
    for start in range(0, len(pseudonyms), _CHUNK):
        wanted = select(LedgerEntry.order_key, LedgerEntry.type).where(
            LedgerEntry.type.in_([kind.value for kind in _COUNTS_AFTER]),
            LedgerEntry.index < size,
            LedgerEntry.order_key.in_(pseudonyms[start : start + _CHUNK]),
        )
        for key, kind in db.session.execute(wanted.order_by(LedgerEntry.index)):
            found[bytes(key)] = _COUNTS_AFTER[EntryType(kind)]
    return found
