"""A person's data shown to an official: recorded first, in the same transaction, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.access_records.models import BreakGlassReview, InformationSystem, SystemDatum
from app.access_records.queries.records import get_waiting_review
from app.access_records.rules import (
    Action,
    Grounds,
    NotYourSystem,
    OwnLookUp,
    PersonNotFound,
    SealTerms,
    ensure_grounds,
)
from app.access_records.services.records import Access, record_accesses
from app.access_records.services.sealed import seal_access
from app.accounts.models import Account, Person
from app.accounts.services.persons import find_person
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.notifications import services as notifications
from app.platform import clock
from app.platform.errors import PermissionDenied
from app.platform.permissions import Permission
from app.platform.transaction import transaction

EMERGENCY = "emergency"


@dataclass(frozen=True)
class Datum:
    """One datum of one person, as it is shown."""

    category: str
    value: str
    updated_at: datetime


@dataclass(frozen=True)
class Released:
    """Data that may be shown, because its release stands in the record."""

    record_id: int
    number: int
    leaf_hash: str
    recorded_at: datetime
    data: tuple[Datum, ...]


@dataclass(frozen=True)
class ReleasedUnderSeal:
    """Data that may be shown, because its release is sealed in the ledger until `expires_at`."""

    leaf_hash: str
    expires_at: datetime
    data: tuple[Datum, ...]


def look_up(official: Account, system: InformationSystem, claim: str, grounds: Grounds) -> Released:
    """Record that the official looks at a person's data in a system of their agency, and return the data.

    The person is found by an identity claim. Everything is one transaction: when the record cannot be
    written, nothing is shown. In an emergency the person is told at once and a colleague reviews it. Raises
    PermissionDenied, NotYourSystem, PersonNotFound, and what `ensure_grounds` raises.
    """
    if not official.has_permission(Permission.PERSON_LOOK_UP) or official.agency_id is None:
        raise PermissionDenied
    _ensure_own(official, system)
    allowed = [*system.purposes, EMERGENCY] if grounds.break_glass else system.purposes
    ensure_grounds(grounds, allowed, system.categories)
    person = _get_person(claim)
    with transaction():
        released = release_data(_make_access(official, system, person, grounds))
        if grounds.break_glass:
            _open_review(released, person, system, grounds.reason)
    return released


def look_up_sealed(
    author: Account, system: InformationSystem, claim: str, grounds: Grounds, terms: SealTerms
) -> ReleasedUnderSeal:
    """Seal that an investigator looks at a person's data in a system of their agency, and return the data.

    The person sees nothing of it until the seal opens. One transaction, as in `look_up`. Raises
    PermissionDenied, NotYourSystem, PersonNotFound, SealGroundMissing, SealExpiryNotAllowed, and what
    `ensure_grounds` raises.
    """
    if not author.has_permission(Permission.ACCESS_SEAL) or author.agency_id is None:
        raise PermissionDenied
    _ensure_own(author, system)
    ensure_grounds(grounds, system.purposes, system.categories)
    person = _get_person(claim)
    access = _make_access(author, system, person, grounds)
    with transaction():
        sealed = seal_access(author, access, terms)
        data = _read(person.id, system.id, grounds.categories)
        return ReleasedUnderSeal(sealed.ledger_entry.leaf_hash, sealed.expires_at, data)


def release_data(access: Access, received: Access | None = None) -> Released:
    """Record an access and return what it reads, in the caller's transaction: the one way to a person's data.

    `received` is the other side of a sharing, recorded with it. Show nothing of it before the transaction
    has committed.
    """
    record, *_other_side = record_accesses([access] if received is None else [access, received])
    data = _read(access.person_id, access.system.id, access.categories)
    return Released(record.id, record.number, record.ledger_entry.leaf_hash, record.recorded_at, data)


def review_break_glass(reviewer: Account, record_id: int, *, justified: bool, note: str) -> None:
    """Say whether a colleague's emergency look-up was justified.

    Raises PermissionDenied, ReviewNotFound, OwnLookUp.
    """
    if not reviewer.has_permission(Permission.BREAK_GLASS_REVIEW):
        raise PermissionDenied
    with transaction():
        review = get_waiting_review(reviewer.agency_id, record_id)
        record = review.record
        if record.official_account_id == reviewer.id:
            raise OwnLookUp
        review.reviewer_id, review.reviewed_at = reviewer.id, clock.now()
        review.justified, review.note = justified, note
        public = {"record": record.commitment, "agency": record.agency.name, "justified": int(justified)}
        personal = [Personal({"reviewer": reviewer.id}, reviewer.id)]
        ledger.append(Entry(EntryType.BREAK_GLASS_REVIEW, public=public, personal=personal))


def _ensure_own(official: Account, system: InformationSystem) -> None:
    if system.agency_id != official.agency_id or not system.active:
        raise NotYourSystem


def _get_person(claim: str) -> Person:
    person = find_person(claim)
    if person is None:
        raise PersonNotFound
    return person


def _make_access(official: Account, system: InformationSystem, person: Person, grounds: Grounds) -> Access:
    return Access(
        person_id=person.id,
        system=system,
        unit=official.unit or "",
        official=f"account:{official.id}",
        purpose_code=grounds.purpose_code,
        legal_basis=grounds.legal_basis.strip(),
        case_number=grounds.case_number.strip(),
        categories=grounds.categories,
        action=Action.VIEW,
        official_account_id=official.id,
        break_glass=grounds.break_glass,
    )


def _open_review(released: Released, person: Person, system: InformationSystem, reason: str) -> None:
    """Queue the review, and tell the person at once, whatever mails they otherwise want."""
    db.session.add(BreakGlassReview(record_id=released.record_id, reason=reason.strip(), note=""))
    account_id = db.session.scalar(select(Account.id).where(Account.person_id == person.id))
    if account_id is not None:
        context = {
            "agency": system.agency.name,
            "agency_ko": system.agency.name_ko,
            "system": system.name,
            "system_ko": system.name_ko,
            "at": int(released.recorded_at.timestamp()),
        }
        notifications.queue(account_id, "access_records/break_glass", context)


def _read(person_id: int, system_id: int, categories: Sequence[str]) -> tuple[Datum, ...]:
    wanted = select(SystemDatum.category, SystemDatum.value, SystemDatum.updated_at).where(
        SystemDatum.person_id == person_id,
        SystemDatum.system_id == system_id,
        SystemDatum.category.in_(categories),
    )
    return tuple(Datum(*row) for row in db.session.execute(wanted.order_by(SystemDatum.category)))
