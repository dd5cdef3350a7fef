"""What stands around a record, for the rules of supervision. Reads addresses, and tells nobody any."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from app.access_records.models import (
    AccessRecord,
    AgencyCase,
    AlertThresholds,
    CorrectionRequest,
    SystemDatum,
)
from app.access_records.rules import Circumstances, Thresholds, are_neighbours
from app.access_records.rules.consents import AskedBy, who_asked
from app.accounts.models import Account
from app.extensions import db
from app.platform.clock import TOWN_ZONE

ADDRESS = "address"
HOUR, DAY, MONTH = timedelta(hours=1), timedelta(days=1), timedelta(days=30)


def list_unexamined(limit: int) -> list[AccessRecord]:
    """Records that the rules have not looked at yet, oldest first."""
    wanted = select(AccessRecord).where(AccessRecord.examined_at.is_(None), AccessRecord.erased_at.is_(None))
    return list(db.session.scalars(wanted.order_by(AccessRecord.id).limit(limit)))


def was_seen(record: AccessRecord) -> bool:
    """Whether an official looked; the gateway also records what it passed on, and a person's own requests."""
    return who_asked(record.sender_id, record.official_ref) is AskedBy.OFFICIAL


def find_thresholds(agency_id: int | None) -> Thresholds:
    """The agency's thresholds, or the usual ones."""
    row = db.session.get(AlertThresholds, agency_id or 0)
    if row is None:
        return Thresholds()
    return Thresholds(
        row.persons_an_hour,
        row.opening_hour,
        row.closing_hour,
        row.repeats_a_month,
        row.emergencies_a_month,
    )


class CircumstanceReader:
    """Reads the circumstances of one batch of records; what many of them share is read once."""

    def __init__(self) -> None:
        self._days: dict[tuple[int, datetime], dict[str, int]] = {}
        self._hours: dict[tuple[int, str, datetime], int] = {}
        self._reporting: dict[int, bool] = {}

    def read(self, record: AccessRecord) -> Circumstances:
        """The circumstances of one record."""
        day = self._count_persons_in_day(record)
        repeats, cases = _list_repeats(record)
        official_person_id = _find_person_of(record.official_account_id)
        return Circumstances(
            at=record.accessed_at.astimezone(TOWN_ZONE),
            action=record.action,
            persons_in_hour=self._count_persons_in_hour(record),
            persons_in_day=day.get(record.official_tag, 0),
            peers=[count for tag, count in day.items() if tag != record.official_tag],
            repeats=repeats,
            cases=cases,
            emergencies=_count_emergencies(record),
            has_open_case=self._has_open_case(record),
            is_oneself=official_person_id == record.person_id,
            is_colleague=_works_for(record.person_id, record.agency_id),
            is_neighbour=_lives_beside(record.person_id, official_person_id),
        )

    def _count_persons_in_day(self, record: AccessRecord) -> dict[str, int]:
        """How many persons each official of the agency looked at, in records of the day before."""
        key = (record.agency_id, record.recorded_at)
        if key not in self._days:
            wanted = (
                select(AccessRecord.official_tag, func.count(func.distinct(AccessRecord.person_id)))
                .where(
                    AccessRecord.agency_id == record.agency_id,
                    AccessRecord.recorded_at > record.recorded_at - DAY,
                    AccessRecord.recorded_at <= record.recorded_at,
                )
                .group_by(AccessRecord.official_tag)
            )
            self._days[key] = dict(db.session.execute(wanted).all())
        return self._days[key]

    def _count_persons_in_hour(self, record: AccessRecord) -> int:
        key = (record.agency_id, record.official_tag, record.accessed_at)
        if key not in self._hours:
            wanted = select(func.count(func.distinct(AccessRecord.person_id)))
            self._hours[key] = db.session.scalar(wanted.where(*_by_same_official(record, HOUR))) or 0
        return self._hours[key]

    def _has_open_case(self, record: AccessRecord) -> bool:
        """Whether the case was open on that day; agencies that report no cases are not asked."""
        if record.agency_id not in self._reporting:
            known = select(exists().where(AgencyCase.agency_id == record.agency_id))
            self._reporting[record.agency_id] = bool(db.session.scalar(known))
        if record.break_glass or not self._reporting[record.agency_id]:
            return True
        if _is_correction(record):
            return True
        case = db.session.get(AgencyCase, (record.agency_id, record.case_number))
        on = record.accessed_at.astimezone(TOWN_ZONE).date()
        return case is not None and case.opened_on <= on and (case.closed_on is None or on <= case.closed_on)


def _is_correction(record: AccessRecord) -> bool:
    """Whether the case is a person's own request to correct or delete what the agency holds."""
    found = exists().where(
        CorrectionRequest.reference == record.case_number,
        CorrectionRequest.agency_id == record.agency_id,
        CorrectionRequest.person_id == record.person_id,
    )
    return bool(db.session.scalar(select(found)))


def _by_same_official(record: AccessRecord, span: timedelta) -> tuple[ColumnElement[bool], ...]:
    return (
        AccessRecord.agency_id == record.agency_id,
        AccessRecord.official_tag == record.official_tag,
        AccessRecord.accessed_at > record.accessed_at - span,
        AccessRecord.accessed_at <= record.accessed_at,
    )


def _list_repeats(record: AccessRecord) -> tuple[int, frozenset[str]]:
    """How often the official looked at this person within thirty days, and under which cases."""
    wanted = select(AccessRecord.case_number).where(
        *_by_same_official(record, MONTH), AccessRecord.person_id == record.person_id
    )
    cases = list(db.session.scalars(wanted))
    return len(cases), frozenset(cases)


def _count_emergencies(record: AccessRecord) -> int:
    """How many emergency look-ups the official made within thirty days, if this is one."""
    if not record.break_glass:
        return 0
    wanted = select(func.count()).select_from(AccessRecord)
    return (
        db.session.scalar(wanted.where(*_by_same_official(record, MONTH), AccessRecord.break_glass.is_(True)))
        or 0
    )


def _find_person_of(account_id: int | None) -> int | None:
    """The official as a person, where they looked on our own screens and the town knows them."""
    if account_id is None:
        return None
    return db.session.scalar(select(Account.person_id).where(Account.id == account_id))


def _works_for(person_id: int, agency_id: int) -> bool:
    wanted = exists().where(and_(Account.person_id == person_id, Account.agency_id == agency_id))
    return bool(db.session.scalar(select(wanted)))


def _lives_beside(person_id: int, other_id: int | None) -> bool:
    """Whether any system that holds both addresses has the two in one building or next door."""
    if other_id is None or other_id == person_id:
        return False
    wanted = select(SystemDatum.system_id, SystemDatum.person_id, SystemDatum.value).where(
        SystemDatum.category == ADDRESS,
        or_(SystemDatum.person_id == person_id, SystemDatum.person_id == other_id),
    )
    by_system: dict[int, list[str]] = {}
    for system_id, _person_id, value in db.session.execute(wanted):
        by_system.setdefault(system_id, []).append(value)
    return any(len(pair) > 1 and are_neighbours(*pair) for pair in by_system.values())
