"""Counts what connected systems are refused."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from app.access_records.models import RefusalCount
from app.extensions import db
from app.platform import clock
from app.platform.transaction import transaction

INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def count_refusals(system_id: int, codes: Iterable[str]) -> None:
    """Count refusals of today, in a transaction of their own: what was refused has left no other trace."""
    counts = Counter(codes)
    if not counts:
        return
    with transaction():
        add_refusals(system_id, counts)


def add_refusals(system_id: int, counts: Counter[str]) -> None:
    """Count refusals of today, in the caller's transaction."""
    insert = INSERTS[db.engine.dialect.name]
    on = clock.now().date()
    for code, count in sorted(counts.items()):
        statement = insert(RefusalCount).values(system_id=system_id, code=code, on=on, count=count)
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["system_id", "code", "on"], set_={"count": RefusalCount.count + count}
            )
        )
