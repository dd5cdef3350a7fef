"""The citizen's list: who looked at their data, as the purpose's rule of disclosure allows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from flask_babel import get_timezone
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select

from app.access_records.models import AccessRecord, InformationSystem, PurposeCode
from app.access_records.models.epochs import AccessPreference, Epoch
from app.access_records.queries.alerts import list_found_wrong
from app.access_records.rules import Disclosure
from app.access_records.rules.consents import AskedBy, who_asked
from app.accounts.models import Agency
from app.extensions import db
from app.platform import clock
from app.platform.language import current_language

PAGE_SIZE = 20
MONTHS, LEAST_MONTHS = 12, 3
RECENT = timedelta(days=30)


class Shown(StrEnum):
    """How much of a record its person sees."""

    FULL = "full"
    NEUTRAL = "neutral"
    DELAYED = "delayed"
    ERASED = "erased"


@dataclass(frozen=True)
class Filters:
    """Which part of the list is wanted; empty means all."""

    agency: int | None = None
    system: int | None = None
    first_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True)
class TimelineEntry:
    """One line of the list; texts are empty where the purpose's rule withholds them."""

    number: int
    shown: Shown
    accessed_at: datetime
    agency: str
    unit: str
    system: str
    purpose: str
    legal_basis: str
    case_number: str
    categories: tuple[str, ...]
    action: str
    official: str
    counterpart: str
    break_glass: bool
    shown_from: datetime | None
    record_id: int
    found_wrong: bool
    erased_at: datetime | None
    asked_by: AskedBy
    retention_years: int


def how_shown(record: AccessRecord, purpose: PurposeCode | None) -> Shown:
    """What the purpose's rule says of this record now, if it still has a content."""
    if record.erased_at is not None:
        return Shown.ERASED
    if purpose is None:
        return Shown.FULL
    if purpose.disclosure == Disclosure.NEUTRAL:
        return Shown.NEUTRAL
    if purpose.disclosure == Disclosure.DELAYED and clock.now() < _shown_from(record, purpose):
        return Shown.DELAYED
    return Shown.FULL


def get_shown(record: AccessRecord) -> Shown:
    """How much of a record its person sees now."""
    return how_shown(record, db.session.get(PurposeCode, record.purpose_code or ""))


def list_entries(person_id: int, filters: Filters, page: int = 1) -> tuple[list[TimelineEntry], int]:
    """One page of the person's list, newest first, and how many entries the filters leave."""
    wanted = _filtered(person_id, filters)
    count = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    rows = db.session.execute(
        wanted.order_by(AccessRecord.accessed_at.desc(), AccessRecord.number.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return _to_entries([(record, purpose) for record, purpose in rows]), count


def list_all_entries(person_id: int) -> list[TimelineEntry]:
    """The whole list, oldest first, for the downloads."""
    rows = db.session.execute(_filtered(person_id, Filters()).order_by(AccessRecord.number))
    return _to_entries([(record, purpose) for record, purpose in rows])


def count_recent(person_id: int) -> tuple[int, int]:
    """How many accesses in the last thirty days, and by how many agencies as far as they are named."""
    recent = (AccessRecord.person_id == person_id, AccessRecord.accessed_at > clock.now() - RECENT)
    count = db.session.scalar(select(func.count()).select_from(AccessRecord).where(*recent)) or 0
    agencies = select(func.count(func.distinct(AccessRecord.agency_id))).where(*recent, _names_its_agency())
    return count, db.session.scalar(agencies) or 0


def count_by_month(person_id: int) -> list[tuple[str, int]]:
    """The months of the town's calendar since the first access, three at least and twelve at most."""
    zone = get_timezone()
    wanted = select(AccessRecord.accessed_at).where(AccessRecord.person_id == person_id)
    months = Counter(f"{at.astimezone(zone):%Y-%m}" for at in db.session.scalars(wanted))
    today = clock.now().astimezone(zone)
    last = today.year * 12 + today.month - 1
    names = [f"{month // 12}-{month % 12 + 1:02d}" for month in range(last - MONTHS + 1, last + 1)]
    first = next((at for at, name in enumerate(names) if months[name]), MONTHS)
    return [(name, months[name]) for name in names[min(first, MONTHS - LEAST_MONTHS) :]]


def list_choices(person_id: int) -> tuple[list[Agency], list[InformationSystem]]:
    """The agencies and systems that the person's list names, for the filters."""
    named = (AccessRecord.person_id == person_id, _names_its_agency())
    agencies, systems = (
        select(column).where(*named) for column in (AccessRecord.agency_id, AccessRecord.system_id)
    )
    return (
        list(db.session.scalars(select(Agency).where(Agency.id.in_(agencies)).order_by(Agency.name))),
        list(
            db.session.scalars(
                select(InformationSystem)
                .where(InformationSystem.id.in_(systems))
                .order_by(InformationSystem.name)
            )
        ),
    )


def get_notification_choice(person_id: int) -> str:
    """When the person wants mail; at once unless they chose otherwise."""
    preference = db.session.get(AccessPreference, person_id)
    return preference.notify if preference else "at-once"


def find_newest_epoch() -> Epoch | None:
    """The last epoch that was closed."""
    return db.session.scalar(select(Epoch).order_by(Epoch.number.desc()).limit(1))


def entry_as_row(entry: TimelineEntry) -> Mapping[str, Any]:
    """A line of the downloads."""
    return {
        "number": entry.number,
        "accessed_at": entry.accessed_at.isoformat(),
        "agency": entry.agency,
        "unit": entry.unit,
        "system": entry.system,
        "purpose": entry.purpose,
        "legal_basis": entry.legal_basis,
        "case_number": entry.case_number,
        "categories": ", ".join(entry.categories),
        "action": entry.action,
        "official": entry.official,
        "shared_with": entry.counterpart,
        "break_glass": "yes" if entry.break_glass else "no",
        "shown": entry.shown.value,
        "found_wrong": "yes" if entry.found_wrong else "no",
    }


def _shown_from(record: AccessRecord, purpose: PurposeCode) -> datetime:
    return record.recorded_at + timedelta(days=purpose.delay_days)


def _filtered(person_id: int, filters: Filters) -> Any:
    wanted = (
        select(AccessRecord, PurposeCode)
        .outerjoin(PurposeCode, PurposeCode.code == AccessRecord.purpose_code)
        .where(AccessRecord.person_id == person_id)
    )
    if filters.agency or filters.system:
        # A line that hides its agency must not be found by it.
        wanted = wanted.where(_names_its_agency())
    if filters.agency:
        wanted = wanted.where(AccessRecord.agency_id == filters.agency)
    if filters.system:
        wanted = wanted.where(AccessRecord.system_id == filters.system)
    if filters.first_on:
        wanted = wanted.where(AccessRecord.accessed_at >= _midnight(filters.first_on))
    if filters.last_on:
        wanted = wanted.where(AccessRecord.accessed_at < _midnight(filters.last_on + timedelta(days=1)))
    return wanted


def _names_its_agency() -> ColumnElement[bool]:
    """Whether a record is neither erased nor one of those whose details are shown later."""
    delayed = select(PurposeCode).where(PurposeCode.disclosure == Disclosure.DELAYED.value)
    waiting = [
        and_(
            AccessRecord.purpose_code == purpose.code,
            AccessRecord.recorded_at > clock.now() - timedelta(days=purpose.delay_days),
        )
        for purpose in db.session.scalars(delayed)
    ]
    return and_(AccessRecord.erased_at.is_(None), not_(or_(false(), *waiting)))


def _midnight(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, tzinfo=clock.TOWN_ZONE)


def _name(thing: Agency | InformationSystem | None) -> str:
    if thing is None:
        return ""
    return thing.name_ko if current_language() == "ko" else thing.name


def _to_entries(rows: Sequence[tuple[AccessRecord, PurposeCode | None]]) -> list[TimelineEntry]:
    wrong = list_found_wrong(record.id for record, _purpose in rows)
    return [_to_entry(record, purpose, record.id in wrong) for record, purpose in rows]


def _to_entry(record: AccessRecord, purpose: PurposeCode | None, found_wrong: bool) -> TimelineEntry:
    shown = how_shown(record, purpose)
    is_full, is_delayed = shown is Shown.FULL, shown in (Shown.DELAYED, Shown.ERASED)
    return TimelineEntry(
        number=record.number,
        shown=shown,
        accessed_at=record.accessed_at,
        agency="" if is_delayed else _name(record.agency),
        unit="" if is_delayed else record.unit,
        system="" if is_delayed else _name(record.system),
        purpose=_purpose(purpose, record) if is_full else _("An act of the administration"),
        legal_basis=_legal_basis(record) if is_full else "",
        case_number=record.case_number if is_full else "",
        categories=tuple(record.categories) if is_full else (),
        action="" if is_delayed else record.action,
        official="" if is_delayed else record.official_tag,
        counterpart=_name(record.counterpart_agency) if is_full else "",
        break_glass=record.break_glass and not is_delayed,
        shown_from=_shown_from(record, purpose) if shown is Shown.DELAYED and purpose else None,
        record_id=record.id,
        found_wrong=found_wrong and not is_delayed,
        erased_at=record.erased_at,
        asked_by=who_asked(record.sender_id, record.official_ref),
        retention_years=record.system.retention_years,
    )


def _legal_basis(record: AccessRecord) -> str:
    """As it was given, or in the reader's language where it is the one that the system names for itself."""
    named = (record.system.legal_basis, record.system.legal_basis_ko)
    if record.legal_basis not in named:
        return record.legal_basis
    return named[1] or named[0] if current_language() == "ko" else named[0]


def _purpose(purpose: PurposeCode | None, record: AccessRecord) -> str:
    if purpose is None:
        return record.purpose_code or ""
    return purpose.text_ko if current_language() == "ko" else purpose.text
