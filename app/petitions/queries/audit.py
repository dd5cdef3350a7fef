"""What an outsider compares with the ledger: the count of each level, place and day, as the signatures say.

The numbers are those of the signatures themselves, not of the folded totals, and are true for the ledger's
newest checkpoint: whatever is changed in the signatures behind the service's back is a difference.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, CompoundSelect, Integer, cast, func, or_, select
from sqlalchemy.orm import aliased

from app.extensions import db
from app.ledger.entry_types import EntryType
from app.ledger.models import LedgerEntry
from app.ledger.queries.checkpoints import find_checkpoint
from app.ledger.rules import Log
from app.petitions.models import Petition, Signature
from app.petitions.models.signatures import UNFOLDED
from app.petitions.queries.petitions import get_public_petition
from app.petitions.rules.life import PUBLIC_STATES
from app.petitions.rules.refusals import NeverOpened
from app.petitions.rules.signing import LOCAL, SignatureState
from app.platform import clock

REMEMBERED = 5.0
# Counting a million signatures takes seconds: as often as it is asked for, it takes one part in so many.
_SHARE = 20
# A signature of yesterday is in the ledger once the batch of midnight is.
_BATCH_SLACK = timedelta(minutes=10)
_CHUNK = 500

Key = tuple[str, str, date]
_ENTRY, _CHANGE = aliased(LedgerEntry), aliased(LedgerEntry)
_COUNTS_AFTER = {
    EntryType.SIGNATURE_RESTORE: True,
    EntryType.SIGNATURE_WITHDRAW: False,
    EntryType.SIGNATURE_INVALIDATE: False,
}


@dataclass(frozen=True)
class Audit:
    """A petition's count as the first `ledger_size` entries of the ledger must give it.

    `signed` is the page's number, as folded at `counted_at`; `recounted` is what the signatures say it
    should be. `overdue` has what was signed, but did not enter the ledger in time: nothing, as a rule.
    """

    ledger_size: int
    as_of: datetime | None
    signed: int
    counted_at: datetime | None
    recounted: int
    # What the page says of the ledger; the cells must add up to it.
    in_ledger: int
    cells: Counter[Key]
    overdue: Counter[Key]


def get_audit(reference: str) -> tuple[Petition, Audit]:
    """A petition that has been open, and its count. Raises PetitionNotFound, NeverOpened.

    This process remembers the count for a few seconds.
    """
    petition = get_public_petition(reference)
    if petition.public_key is None:
        raise NeverOpened
    remembered: dict[int, tuple[float, Audit]]
    remembered = current_app.extensions.setdefault("petition_audits", {})
    started = time.monotonic()
    until, audit = remembered.get(petition.id, (started, None))
    if audit is None or started >= until:
        audit = _read_audit(petition.id)
        spent = time.monotonic() - started
        remembered[petition.id] = (started + max(REMEMBERED, _SHARE * spent), audit)
    return petition, audit


def count_in_ledger(petition_id: int, size: int) -> int:
    """How many signatures count by the first `size` entries: what page and data say.

    It begins with the folded total and looks only at what is on its way, since a page cannot count a million
    signatures. That it is what the signatures say, the cells beside it show to whoever adds them up.
    """
    changing = _list_changing(petition_id, size)
    known = _list_known_changes([row.pseudonym for row in changing], size)
    moved = {row.id for row in changing}
    new = (
        select(func.count())
        .select_from(Signature)
        .where(
            Signature.ledger_entry_id.in_(_list_waiting(LedgerEntry.id, size)),
            Signature.petition_id == petition_id,
            Signature.in_totals,
        )
    )
    # One statement, so that total and rows are of one moment.
    total = select(Petition.signature_count - new.scalar_subquery()).where(Petition.id == petition_id)
    count = db.session.scalars(total).one()
    count += sum(known.get(bytes(row.pseudonym), True) - row.in_totals for row in changing)
    unfolded = (
        select(Signature.id, Signature.state, Signature.in_totals)
        .join(_ENTRY, _ENTRY.id == Signature.ledger_entry_id)
        .where(UNFOLDED, Signature.petition_id == petition_id, _ENTRY.index < size)
    )
    for row in db.session.execute(unfolded):
        if row.id not in moved:
            count += (row.state == SignatureState.COUNTED) - row.in_totals
    return count


def list_public_petitions() -> list[Petition]:
    """Every petition that strangers may see, newest first."""
    wanted = select(Petition).where(Petition.state.in_(PUBLIC_STATES))
    return list(db.session.scalars(wanted.order_by(Petition.opened_at.desc(), Petition.id.desc())))


def _read_audit(petition_id: int) -> Audit:
    checkpoint = find_checkpoint(Log.LEDGER)
    size = checkpoint.size if checkpoint else 0
    # One statement, so that number and signatures are of one moment.
    known = select(func.coalesce(func.sum(cast(Signature.in_totals, Integer)), 0)).where(
        Signature.petition_id == petition_id
    )
    numbers = db.session.execute(
        select(Petition.signature_count, Petition.counted_at, known.scalar_subquery().label("known")).where(
            Petition.id == petition_id
        )
    ).one()
    return Audit(
        ledger_size=size,
        as_of=checkpoint.at if checkpoint else None,
        signed=numbers.signature_count,
        counted_at=numbers.counted_at,
        recounted=int(numbers.known),
        in_ledger=count_in_ledger(petition_id, size),
        cells=_count_settled(petition_id, size) + _count_changing(petition_id, size),
        overdue=_count_overdue(petition_id, size),
    )


def _count_settled(petition_id: int, size: int) -> Counter[Key]:
    """What counts among the signatures whose newest entry is in the ledger."""
    wanted = (
        select(Signature.level, Signature.place, Signature.signed_on, func.count())
        .join(_ENTRY, _ENTRY.id == Signature.ledger_entry_id)
        .outerjoin(_CHANGE, _CHANGE.id == Signature.change_entry_id)
        .where(
            Signature.petition_id == petition_id,
            Signature.state == SignatureState.COUNTED,
            _ENTRY.index < size,
            or_(Signature.change_entry_id.is_(None), _CHANGE.index < size),
        )
        .group_by(Signature.level, Signature.place, Signature.signed_on)
    )
    rows = db.session.execute(wanted)
    return Counter({(level, place, day): count for level, place, day, count in rows})


def _count_changing(petition_id: int, size: int) -> Counter[Key]:
    """What counts, as far as the ledger knows, among the signatures whose newest change still waits."""
    wanted = (
        select(Signature.pseudonym, Signature.level, Signature.place, Signature.signed_on)
        .join(_ENTRY, _ENTRY.id == Signature.ledger_entry_id)
        .join(_CHANGE, _CHANGE.id == Signature.change_entry_id)
        .where(
            Signature.petition_id == petition_id,
            _ENTRY.index < size,
            or_(_CHANGE.index.is_(None), _CHANGE.index >= size),
        )
    )
    rows = db.session.execute(wanted).all()
    known = _list_known_changes([row.pseudonym for row in rows], size)
    return Counter(
        (row.level, row.place, row.signed_on) for row in rows if known.get(bytes(row.pseudonym), True)
    )


def _list_changing(petition_id: int, size: int) -> Sequence[Any]:
    """The signatures in the ledger of which a change waits, found by the change."""
    changes = LedgerEntry.type.in_([kind.value for kind in _COUNTS_AFTER])
    wanted = (
        select(Signature.id, Signature.pseudonym, Signature.in_totals)
        .join(_ENTRY, _ENTRY.id == Signature.ledger_entry_id)
        .where(
            Signature.petition_id == petition_id,
            Signature.pseudonym.in_(_list_waiting(LedgerEntry.order_key, size, changes)),
            _ENTRY.index < size,
        )
    )
    return db.session.execute(wanted).all()


def _list_waiting(column: Any, size: int, *conditions: ColumnElement[bool]) -> CompoundSelect[Any]:
    """That column of the entries that are none of the first `size`, in two parts that each have an index."""
    wanted = select(column).where(*conditions)
    return wanted.where(LedgerEntry.index.is_(None)).union_all(wanted.where(LedgerEntry.index >= size))


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


def _count_overdue(petition_id: int, size: int) -> Counter[Key]:
    """What counts on the page, was signed on a day that is over, and is not in the ledger."""
    today = (clock.now() - _BATCH_SLACK).astimezone(LOCAL).date()
    wanted: Any = (
        select(Signature.level, Signature.place, Signature.signed_on, func.count())
        .join(_ENTRY, _ENTRY.id == Signature.ledger_entry_id)
        .where(
            Signature.petition_id == petition_id,
            Signature.state == SignatureState.COUNTED,
            Signature.signed_on < today,
            or_(_ENTRY.index.is_(None), _ENTRY.index >= size),
        )
        .group_by(Signature.level, Signature.place, Signature.signed_on)
    )
    rows = db.session.execute(wanted)
    return Counter({(level, place, day): count for level, place, day, count in rows})
