"""Readers of sealed accesses and of what the oversight body signed."""

from dataclasses import dataclass

from sqlalchemy import case, func, select

from app.access_records.models import Epoch, EpochLeaf, OversightStatement, SealedAccess
from app.access_records.rules import SealNotFound
from app.accounts.models import Agency
from app.extensions import db
from app.platform import clock

SHOWN_EPOCHS = 30


@dataclass(frozen=True)
class SealCount:
    """One agency's seals: all that ever were, those still closed, those closed beyond their day."""

    agency: Agency
    sealed: int
    closed: int
    overdue: int


def list_opened(person_id: int) -> list[SealedAccess]:
    """The accesses to a person's data that were sealed and are not any more, newest first."""
    wanted = select(SealedAccess).where(
        SealedAccess.person_id == person_id,
        SealedAccess.opened_at.is_not(None),
        SealedAccess.erased_at.is_(None),
    )
    return list(db.session.scalars(wanted.order_by(SealedAccess.sealed_at.desc())))


def list_closed() -> list[SealedAccess]:
    """Every access that is sealed now, the oldest first."""
    wanted = select(SealedAccess).where(SealedAccess.opened_at.is_(None))
    return list(db.session.scalars(wanted.order_by(SealedAccess.sealed_at, SealedAccess.id)))


def get_closed(seal_id: int) -> SealedAccess:
    """An access that is sealed now. Raises SealNotFound."""
    found = db.session.get(SealedAccess, seal_id)
    if found is None or found.opened_at is not None:
        raise SealNotFound
    return found


def count_by_agency() -> list[SealCount]:
    """How many accesses each agency sealed, keeps closed, and should have opened."""
    closed = SealedAccess.opened_at.is_(None)
    overdue = closed & (SealedAccess.expires_at <= clock.now())
    wanted = (
        select(
            Agency,
            func.count(),
            func.sum(case((closed, 1), else_=0)),
            func.sum(case((overdue, 1), else_=0)),
        )
        .join(SealedAccess, SealedAccess.agency_id == Agency.id)
        .group_by(Agency.id)
        .order_by(Agency.name)
    )
    return [SealCount(*row) for row in db.session.execute(wanted)]


def list_epochs() -> list[tuple[Epoch, OversightStatement | None, bool]]:
    """The newest epochs, with what was signed about them, and whether their leaves are still there."""
    with_leaves = set(db.session.scalars(select(EpochLeaf.epoch).distinct()))
    wanted = select(Epoch, OversightStatement).outerjoin(
        OversightStatement, OversightStatement.epoch == Epoch.number
    )
    rows = db.session.execute(wanted.order_by(Epoch.number.desc()).limit(SHOWN_EPOCHS))
    return [(epoch, statement, epoch.number in with_leaves) for epoch, statement in rows]


def list_statements() -> list[OversightStatement]:
    """The newest statements of the oversight body."""
    wanted = select(OversightStatement).order_by(OversightStatement.epoch.desc())
    return list(db.session.scalars(wanted.limit(SHOWN_EPOCHS)))


def find_statement(number: int) -> OversightStatement | None:
    """What was signed about an epoch."""
    return db.session.get(OversightStatement, number)
