"""What moderators look at against fraud: which signatures match, what is unusual, what is proposed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from app.accounts.models import Account
from app.extensions import db
from app.petitions.models import EmailSigner, InvalidatedSignature, Invalidation, Signature, TrendAlert
from app.petitions.rules.fraud import BlockKind, Criteria, InvalidationState, ensure_criteria
from app.petitions.rules.refusals import InvalidationNotFound
from app.petitions.rules.signing import Level, SignatureState

LISTED = 100


@dataclass(frozen=True)
class DryRun:
    """How many counted signatures match: all criteria together, and each by itself."""

    matched: int
    by_criterion: Mapping[str, int]
    by_level: Mapping[str, int]
    last_signature_id: int


def try_criteria(petition_id: int, criteria: Criteria) -> DryRun:
    """Count what an invalidation would change; nothing is written. Raises NoCriteria."""
    ensure_criteria(criteria)
    conditions = _conditions(criteria)
    by_criterion = {name: _count(petition_id, condition) for name, condition in conditions.items()}
    levels = db.session.execute(
        matching(petition_id, criteria)
        .with_only_columns(Signature.level, func.count())
        .group_by(Signature.level)
    )
    by_level = {row.level: row[1] for row in levels}
    newest = select(func.max(Signature.id)).where(Signature.petition_id == petition_id)
    return DryRun(sum(by_level.values()), by_criterion, by_level, db.session.scalar(newest) or 0)


def matching(petition_id: int, criteria: Criteria) -> Select[Any]:
    """The counted signatures of a petition that match all criteria."""
    return _counted(petition_id).where(*_conditions(criteria).values())


def get_invalidation(number: int) -> Invalidation:
    """One invalidation. Raises InvalidationNotFound."""
    found = db.session.get(Invalidation, number)
    if found is None:
        raise InvalidationNotFound
    return found


def list_invalidations() -> list[Invalidation]:
    """The latest, those first that wait for a second person."""
    waiting = Invalidation.state.in_([InvalidationState.PROPOSED, InvalidationState.UNDO_PROPOSED])
    wanted = select(Invalidation).order_by(waiting.desc(), Invalidation.id.desc()).limit(LISTED)
    return list(db.session.scalars(wanted))


def list_alerts() -> list[TrendAlert]:
    """The alerts that nobody has seen to, newest first."""
    wanted = select(TrendAlert).where(TrendAlert.closed_at.is_(None))
    return list(db.session.scalars(wanted.order_by(TrendAlert.hour.desc(), TrendAlert.id).limit(LISTED)))


def list_objections(invalidation_id: int) -> list[InvalidatedSignature]:
    """What signers say to an invalidation, without who they are."""
    wanted = select(InvalidatedSignature).where(
        InvalidatedSignature.invalidation_id == invalidation_id, InvalidatedSignature.objected_at.is_not(None)
    )
    return list(db.session.scalars(wanted.order_by(InvalidatedSignature.objected_at)))


def find_objection_day(signature_id: int) -> datetime | None:
    """When the signer objected to the latest invalidation of a signature; None as long as they can."""
    wanted = (
        select(InvalidatedSignature.objected_at)
        .where(InvalidatedSignature.signature_id == signature_id)
        .order_by(InvalidatedSignature.invalidation_id.desc())
    )
    return db.session.scalars(wanted.limit(1)).first()


def count_changed(invalidation_id: int) -> tuple[int, int]:
    """How many signatures an invalidation has changed, and how many of them count again."""
    wanted = select(func.count(), func.count().filter(InvalidatedSignature.restored)).where(
        InvalidatedSignature.invalidation_id == invalidation_id
    )
    changed, restored = db.session.execute(wanted).one()
    return changed, restored


def count_subjects(
    kind: BlockKind, start: datetime, end: datetime, petition_id: int | None = None
) -> dict[tuple[int, str], int]:
    """Signatures from `start` until `end` by petition and network (in hexadecimal) or mail domain."""
    subject = Signature.network if kind is BlockKind.NETWORK else _domain()
    columns: Any = select(Signature.petition_id, subject.label("subject"), func.count().label("number"))
    wanted = (
        _joined(columns)
        .where(Signature.signed_at >= start, Signature.signed_at < end, subject.is_not(None))
        .group_by(Signature.petition_id, subject)
    )
    if kind is BlockKind.DOMAIN:
        wanted = wanted.where(Signature.level == Level.EMAIL)
    if petition_id is not None:
        wanted = wanted.where(Signature.petition_id == petition_id)
    rows = db.session.execute(wanted)
    return {(row.petition_id, _write(row.subject)): row.number for row in rows}


def _write(subject: bytes | str) -> str:
    return subject if isinstance(subject, str) else bytes(subject).hex()


def _conditions(criteria: Criteria) -> dict[str, ColumnElement[bool]]:
    """One condition for each criterion that is given."""
    made: dict[str, Callable[[], ColumnElement[bool]]] = {
        # Verified persons are known by more than their address, so a domain says nothing about them.
        "domain": lambda: (Signature.level == Level.EMAIL) & (_domain() == criteria.domain),
        "network": lambda: Signature.network == bytes.fromhex(criteria.network),
        "district": lambda: Signature.district == criteria.district,
        "level": lambda: Signature.level == criteria.level,
        "postcode": lambda: EmailSigner.postcode == criteria.postcode,
        "from_day": lambda: Signature.signed_on >= criteria.from_day,
        "to_day": lambda: Signature.signed_on <= criteria.to_day,
    }
    return {name: made[name]() for name in criteria.names()}


def _domain() -> ColumnElement[str]:
    """What follows the at sign of an unverified signer's address."""
    address = func.lower(func.coalesce(EmailSigner.canonical_email, Account.email))
    if db.engine.dialect.name == "postgresql":
        return func.split_part(address, "@", 2)
    return func.substr(address, func.instr(address, "@") + 1)


def _count(petition_id: int, condition: ColumnElement[bool]) -> int:
    wanted = _counted(petition_id).where(condition).with_only_columns(func.count())
    return db.session.scalar(wanted) or 0


def _counted(petition_id: int) -> Select[Any]:
    return _joined(select(Signature)).where(
        Signature.petition_id == petition_id, Signature.state == SignatureState.COUNTED
    )


def _joined(wanted: Select[Any]) -> Select[Any]:
    return (
        wanted.select_from(Signature)
        .outerjoin(EmailSigner, EmailSigner.id == Signature.email_signer_id)
        .outerjoin(Account, Account.id == Signature.account_id)
    )
