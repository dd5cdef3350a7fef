"""Changes what a system holds about a person; whoever calls this records the change first."""

from sqlalchemy import ColumnElement, delete, select, update

from app.access_records.models import SystemDatum
from app.access_records.services.refusals import INSERTS
from app.extensions import db
from app.platform import clock


def lock_datum(datum_id: int) -> None:
    """Make others who would change the datum, or ask for it, wait for the caller's transaction."""
    db.session.execute(select(SystemDatum.id).where(SystemDatum.id == datum_id).with_for_update())


def store_datum(system_id: int, person_id: int, category: str, value: str) -> None:
    """Put a value in the place of what the system held, in the caller's transaction."""
    key = {"system_id": system_id, "person_id": person_id, "category": category}
    values = {"value": value, "updated_at": clock.now()}
    statement = INSERTS[db.engine.dialect.name](SystemDatum).values(**key, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


def replace_datum(system_id: int, person_id: int, category: str, value: str) -> bool:
    """Change a datum that is there, in the caller's transaction; whether it was."""
    changed = update(SystemDatum).where(*_at(system_id, person_id, category))
    result = db.session.execute(changed.values(value=value, updated_at=clock.now()))
    return bool(result.rowcount)  # type: ignore[attr-defined]


def delete_datum(system_id: int, person_id: int, category: str) -> bool:
    """Delete a datum, in the caller's transaction; whether it was there."""
    result = db.session.execute(delete(SystemDatum).where(*_at(system_id, person_id, category)))
    return bool(result.rowcount)  # type: ignore[attr-defined]


def _at(system_id: int, person_id: int, category: str) -> tuple[ColumnElement[bool], ...]:
    return (
        SystemDatum.system_id == system_id,
        SystemDatum.person_id == person_id,
        SystemDatum.category == category,
    )
