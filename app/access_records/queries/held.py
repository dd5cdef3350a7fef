"""What systems hold about a person, for that person's own session and nobody else."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from app.access_records.models import InformationSystem, SystemDatum
from app.access_records.rules.corrections import DatumNotHeld
from app.extensions import db


@dataclass(frozen=True)
class HeldDatum:
    """One datum as its person reads it."""

    id: int
    system: InformationSystem
    category: str
    value: str
    updated_at: datetime


def list_held(person_id: int) -> list[tuple[InformationSystem, list[HeldDatum]]]:
    """What each system holds about the person, by the system's name."""
    rows = db.session.execute(_own(person_id).order_by(InformationSystem.name, SystemDatum.category))
    held: dict[int, tuple[InformationSystem, list[HeldDatum]]] = {}
    for row in rows:
        datum = HeldDatum(*row)
        held.setdefault(datum.system.id, (datum.system, []))[1].append(datum)
    return list(held.values())


def get_held(person_id: int, datum_id: int) -> HeldDatum:
    """One datum about the person. Raises DatumNotHeld, also where it is about somebody else."""
    row = db.session.execute(_own(person_id).where(SystemDatum.id == datum_id)).first()
    if row is None:
        raise DatumNotHeld
    return HeldDatum(*row)


def find_held(person_id: int, system_id: int, category: str) -> HeldDatum | None:
    """What one system holds of one kind about the person."""
    wanted = _own(person_id).where(SystemDatum.system_id == system_id, SystemDatum.category == category)
    row = db.session.execute(wanted).first()
    return None if row is None else HeldDatum(*row)


def _own(person_id: int) -> Select[int, InformationSystem, str, str, datetime]:
    return (
        select(
            SystemDatum.id, InformationSystem, SystemDatum.category, SystemDatum.value, SystemDatum.updated_at
        )
        .join(InformationSystem, InformationSystem.id == SystemDatum.system_id)
        .where(SystemDatum.person_id == person_id)
    )
