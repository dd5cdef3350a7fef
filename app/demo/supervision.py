"""Supervision of the first agency: a few alerts, a month that is signed off, one that waits."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app.access_records.models import AccessAlert, AccessRecord, InformationSystem, InspectionReport
from app.access_records.queries.inspections import town_today
from app.access_records.rules import Action, AlertRule, first_working_day, previous_month
from app.access_records.services.alerts import examine_new_records, explain_alert, judge_alert
from app.access_records.services.inspection import draft_report, draft_reports, sign_report
from app.access_records.services.records import Access, record_accesses
from app.accounts.models import Account
from app.accounts.policy import Role
from app.demo.elections import days_from_now
from app.demo.people import make_staff
from app.demo.town import Registrar, Town
from app.extensions import db
from app.platform import clock

DAYS_AGO = 2
NIGHT = 22
REPEATS = 5
# Days from the first working day to the signature.
SIGNED_AFTER = 4
# Inspectors of other agencies, whom nobody plays: name and mailbox.
INSPECTORS = (
    ("서다온 Seo Da-on", "daon.seo"),
    ("유마루 Yu Ma-ru", "maru.yu"),
    ("문아라 Moon A-ra", "ara.moon"),
    ("백이든 Baek I-deun", "ideun.baek"),
    ("나루한 Na Ru-han", "ruhan.na"),
)


def supervise(system: InformationSystem, citizen: Account) -> None:
    """Look-ups that set off rules, some of them explained and judged, and two reports."""
    # The past of the town is not examined: all of it was made up at one hour of the day.
    db.session.execute(update(AccessRecord).values(examined_at=clock.now()))
    first, second = _list_staff(system, Role.AGENCY_OFFICIAL)[:2]
    (inspector,) = _list_staff(system, Role.INSPECTOR)
    with days_from_now(-DAYS_AGO):
        record_accesses(list(_make_look_ups(system, first, second, citizen)))
        examine_new_records()
    with days_from_now(-1):
        explain_alert(
            first, _find(AlertRule.OUT_OF_HOURS, first), "The night shift of the hotline took the call."
        )
        judge_alert(
            inspector,
            _find(AlertRule.REPEATED, second),
            justified=False,
            finding="Five look-ups under five cases, and none of the cases is about this person.",
        )
    _report(system, inspector)


def sign_elsewhere(town: Town, systems: Sequence[InformationSystem]) -> None:
    """The last month of other agencies: most inspectors have signed it off, two agencies are late."""
    registrar = Registrar(town.sign_ins)
    month = previous_month(town_today())
    since_drafted = (town_today() - first_working_day(month)).days
    if since_drafted < 0:
        return
    with days_from_now(-since_drafted):
        draft_reports()
    for system, staff in zip(systems, INSPECTORS, strict=False):
        inspector = registrar.settle(make_staff(*staff), Role.INSPECTOR, agency_id=system.agency_id)
        wanted = select(InspectionReport.id).where(
            InspectionReport.agency_id == system.agency_id, InspectionReport.month == month
        )
        with days_from_now(min(SIGNED_AFTER - since_drafted, 0)):
            sign_report(inspector, db.session.scalars(wanted).one(), "Nothing unusual in the sample.")


def _report(system: InformationSystem, inspector: Account) -> None:
    """The month before the last is signed off; the last one waits."""
    month = previous_month(town_today().replace(day=1) - timedelta(days=1))
    with days_from_now((first_working_day(month) - town_today()).days + SIGNED_AFTER):
        signed = draft_report(system.agency_id, month)
        sign_report(inspector, signed.id, "The sample of twenty look-ups was in order.")


def _make_look_ups(
    system: InformationSystem, first: Account, second: Account, citizen: Account
) -> Iterator[Access]:
    """At night; of a colleague; of one citizen five times under changing cases."""
    if citizen.person_id is None:
        return
    night = datetime.combine(
        town_today() - timedelta(days=1), datetime.min.time(), tzinfo=clock.TOWN_ZONE
    ).replace(hour=NIGHT)
    yield _make_access(system, first, citizen.person_id, night, 1)
    if second.person_id is not None:
        yield _make_access(system, first, second.person_id, night, 2)
    for number in range(REPEATS):
        yield _make_access(system, second, citizen.person_id, night + timedelta(minutes=number), 10 + number)


def _make_access(
    system: InformationSystem, official: Account, person_id: int, at: datetime, number: int
) -> Access:
    return Access(
        person_id=person_id,
        system=system,
        unit=official.unit or "",
        official=f"account:{official.id}",
        official_account_id=official.id,
        purpose_code=system.purposes[0],
        legal_basis=system.legal_basis,
        case_number=f"{at:%Y}-{number:04d}",
        categories=system.categories[:2],
        action=Action.VIEW,
        accessed_at=at,
    )


def _list_staff(system: InformationSystem, role: Role) -> list[Account]:
    wanted = select(Account).where(Account.agency_id == system.agency_id).order_by(Account.id)
    return [account for account in db.session.scalars(wanted) if account.has_role(role)]


def _find(rule: AlertRule, official: Account) -> int:
    """The alert that the official has set off."""
    wanted = (
        select(AccessAlert.id)
        .join(AccessAlert.record)
        .where(AccessAlert.rule == rule.value, AccessRecord.official_account_id == official.id)
    )
    return db.session.scalars(wanted).one()
