"""Readers of alerts: for the agency's inspector, for who must explain them, for the person concerned."""

from collections.abc import Iterable

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import joinedload

from app.access_records.models import AccessAlert, AccessRecord
from app.access_records.rules import AlertNotFound, AlertState
from app.accounts.models import Account
from app.accounts.policy import Role
from app.extensions import db

PAGE_SIZE = 25
UNDECIDED = (AlertState.EXPLAINED.value, AlertState.OPEN.value)


def may_explain(official: Account, alert: AccessAlert) -> bool:
    """Whether the alert is about the official's own look-up, or they answer for the agency's data."""
    if official.agency_id is None or official.agency_id != alert.agency_id:
        return False
    return official.has_role(Role.PRIVACY_OFFICER) or alert.record.official_account_id == official.id


def get_alert(inspector: Account, alert_id: int) -> AccessAlert:
    """An alert of the inspector's agency. Raises AlertNotFound."""
    alert = db.session.get(AccessAlert, alert_id)
    if alert is None or inspector.agency_id is None or alert.agency_id != inspector.agency_id:
        raise AlertNotFound
    return alert


def get_alert_to_explain(official: Account, alert_id: int) -> AccessAlert:
    """An alert that the official may explain. Raises AlertNotFound."""
    alert = get_alert(official, alert_id)
    if not may_explain(official, alert):
        raise AlertNotFound
    return alert


def list_alerts(agency_id: int | None, page: int = 1) -> tuple[list[AccessAlert], int]:
    """One page of an agency's alerts, those first that wait for the inspector, and how many there are."""
    mine = AccessAlert.agency_id == agency_id
    count = db.session.scalar(select(func.count()).select_from(AccessAlert).where(mine)) or 0
    waits_first = case((AccessAlert.state.in_(UNDECIDED), 0), else_=1)
    wanted = _with_records().where(mine).order_by(waits_first, AccessAlert.id.desc())
    return list(db.session.scalars(wanted.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))), count


def count_undecided(agency_id: int | None) -> int:
    """How many of an agency's alerts wait for the inspector."""
    wanted = select(func.count()).where(AccessAlert.agency_id == agency_id, AccessAlert.state.in_(UNDECIDED))
    return db.session.scalar(wanted) or 0


def list_alerts_to_explain(official: Account) -> list[AccessAlert]:
    """The open alerts that the official may explain, oldest first."""
    wanted = (
        _with_records()
        .join(AccessAlert.record)
        .where(AccessAlert.agency_id == official.agency_id, AccessAlert.state == AlertState.OPEN.value)
    )
    if not official.has_role(Role.PRIVACY_OFFICER):
        wanted = wanted.where(AccessRecord.official_account_id == official.id)
    return list(db.session.scalars(wanted.order_by(AccessAlert.id)))


def list_found_wrong(record_ids: Iterable[int]) -> set[int]:
    """Those of the records that an inspector found wrong."""
    wanted = select(AccessAlert.record_id).where(
        AccessAlert.record_id.in_(list(record_ids)), AccessAlert.state == AlertState.WRONG.value
    )
    return set(db.session.scalars(wanted))


def _with_records() -> Select[AccessAlert]:
    return select(AccessAlert).options(joinedload(AccessAlert.record).joinedload(AccessRecord.system))
