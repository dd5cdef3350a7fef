"""Folds signatures into totals, a few seconds behind those who sign."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select, update

from app.extensions import db
from app.petitions.models import Petition, PetitionTotal, Signature
from app.petitions.models.signatures import UNFOLDED
from app.petitions.rules.signing import SignatureState
from app.platform import clock
from app.platform.rate_limit import INSERTS
from app.platform.transaction import transaction

BATCH_SIZE = 5_000
Cell = tuple[int, str, str, str, date]


def fold_totals(limit: int = BATCH_SIZE) -> int:
    """Bring the totals up to date with at most `limit` changed signatures; how many there were.

    A signature that changes while it is folded is folded again: each row says what the totals know of it.
    """
    if db.session.scalar(select(Signature.id).where(UNFOLDED).limit(1)) is None:
        return 0
    with transaction():
        rows = _take(limit)
        changes: Counter[Cell] = Counter()
        for row in rows:
            counts = row.state == SignatureState.COUNTED
            changes[(row.petition_id, row.level, row.place, row.district or "", row.signed_on)] += (
                counts - row.in_totals
            )
        _mark(rows)
        _add(changes)
    return len(rows)


def _take(limit: int) -> Sequence[Any]:
    wanted = (
        select(
            Signature.id,
            Signature.petition_id,
            Signature.level,
            Signature.place,
            Signature.district,
            Signature.signed_on,
            Signature.state,
            Signature.in_totals,
        )
        .where(UNFOLDED)
        .order_by(Signature.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return db.session.execute(wanted).all()


def _mark(rows: Sequence[Any]) -> None:
    for counted in (True, False):
        numbers = [row.id for row in rows if (row.state == SignatureState.COUNTED) == counted]
        for start in range(0, len(numbers), 500):
            db.session.execute(
                update(Signature)
                .where(Signature.id.in_(numbers[start : start + 500]))
                .values(folded=True, in_totals=counted)
            )


def _add(changes: Counter[Cell]) -> None:
    now = clock.now()
    insert = INSERTS[db.engine.dialect.name](PetitionTotal)
    upsert = insert.on_conflict_do_update(
        index_elements=["petition_id", "level", "place", "district", "on"],
        set_={"count": PetitionTotal.count + insert.excluded.count},
    )
    names = ("petition_id", "level", "place", "district", "on")
    values = [
        {**dict(zip(names, cell, strict=True)), "count": change} for cell, change in changes.items() if change
    ]
    if values:
        db.session.execute(upsert, values)
    for petition_id in {cell[0] for cell in changes}:
        total = select(func.coalesce(func.sum(PetitionTotal.count), 0)).where(
            PetitionTotal.petition_id == petition_id
        )
        db.session.execute(
            update(Petition)
            .where(Petition.id == petition_id)
            .values(signature_count=total.scalar_subquery(), counted_at=now)
        )
