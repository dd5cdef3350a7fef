"""Readers of the register of systems, of refusals and of sharing."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.access_records.models import AccessRecord, InformationSystem, RefusalCount, SharingDifference
from app.access_records.rules import SystemNotFound
from app.accounts.models import Agency
from app.extensions import db
from app.platform import clock

SHOWN_DAYS = 30


def list_systems() -> list[InformationSystem]:
    """Every registered system with its agency, by name."""
    wanted = select(InformationSystem).options(joinedload(InformationSystem.agency))
    return list(db.session.scalars(wanted.order_by(InformationSystem.name)))


def list_agency_systems(agency_id: int | None) -> list[InformationSystem]:
    """The active systems of one agency, by name."""
    wanted = select(InformationSystem).where(
        InformationSystem.agency_id == agency_id, InformationSystem.active.is_(True)
    )
    return list(db.session.scalars(wanted.order_by(InformationSystem.name)))


def get_system(code: str) -> InformationSystem:
    """The system of a code. Raises SystemNotFound."""
    system = db.session.scalar(select(InformationSystem).where(InformationSystem.code == code))
    if system is None:
        raise SystemNotFound
    return system


def find_system_of_key(key_id: str) -> InformationSystem | None:
    """The active system whose key is called `key_id`."""
    return db.session.scalar(
        select(InformationSystem).where(
            InformationSystem.key_id == key_id, InformationSystem.active.is_(True)
        )
    )


def list_systems_by_code(codes: Sequence[str]) -> dict[str, InformationSystem]:
    """The active systems of these codes, by code."""
    wanted = select(InformationSystem).where(
        InformationSystem.code.in_(set(codes)), InformationSystem.active.is_(True)
    )
    return {system.code: system for system in db.session.scalars(wanted)}


def count_accesses(system_id: int) -> int:
    """How many accesses a system has recorded."""
    wanted = select(func.count()).where(AccessRecord.system_id == system_id)
    return db.session.scalar(wanted) or 0


def list_refusals(system_id: int) -> list[RefusalCount]:
    """What a system was refused in the last thirty days, newest day first."""
    since = (clock.now() - timedelta(days=SHOWN_DAYS)).date()
    wanted = select(RefusalCount).where(RefusalCount.system_id == system_id, RefusalCount.on >= since)
    return list(db.session.scalars(wanted.order_by(RefusalCount.on.desc(), RefusalCount.code)))


def list_sharing_differences() -> list[SharingDifference]:
    """What pairs of agencies recorded about sharing in the last thirty days, newest day first."""
    since = (clock.now() - timedelta(days=SHOWN_DAYS)).date()
    wanted = (
        select(SharingDifference)
        .options(joinedload(SharingDifference.first_agency), joinedload(SharingDifference.second_agency))
        .where(SharingDifference.on >= since)
        .order_by(
            SharingDifference.on.desc(),
            SharingDifference.first_agency_id,
            SharingDifference.second_agency_id,
        )
    )
    return list(db.session.scalars(wanted))


def list_agencies() -> list[Agency]:
    """Every agency, by name."""
    return list(db.session.scalars(select(Agency).order_by(Agency.name)))
