"""Alerts: raised by the rules, explained by the agency, judged by its inspector."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from app.access_records.models import AccessAlert, AccessRecord, AlertThresholds
from app.access_records.queries.alerts import may_explain
from app.access_records.queries.circumstances import (
    CircumstanceReader,
    find_thresholds,
    list_unexamined,
    was_seen,
)
from app.access_records.queries.timeline import Shown, get_shown
from app.access_records.rules import (
    QUIET,
    AlertAct,
    AlertNotFound,
    AlertRule,
    AlertState,
    OwnAlert,
    Thresholds,
    ensure_thresholds,
    find_alerts,
    next_alert_state,
)
from app.accounts.models import Account
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.notifications import services as notifications
from app.platform import clock
from app.platform.errors import PermissionDenied
from app.platform.permissions import Permission
from app.platform.transaction import transaction

BATCH = 500


def examine_new_records() -> int:
    """Let the rules look at every record that they have not seen; how many alerts were raised.

    Each batch is one transaction that marks its records: a stop in between leaves the rest for the next run,
    and two runs at once raise nothing twice.
    """
    raised = 0
    while records := list_unexamined(BATCH):
        reader = CircumstanceReader()
        noticed = {
            record.id: find_alerts(reader.read(record), find_thresholds(record.agency_id))
            if was_seen(record)
            else []
            for record in records
        }
        raised += _raise_alerts(noticed)
    return raised


def explain_alert(official: Account, alert_id: int, explanation: str) -> None:
    """Say for the agency why the look-up was made.

    Raises PermissionDenied, AlertNotFound, AlertActRefused.
    """
    if not official.has_permission(Permission.ALERT_EXPLAIN):
        raise PermissionDenied
    with transaction():
        alert = _lock(official, alert_id)
        if not may_explain(official, alert):
            raise AlertNotFound
        alert.state = next_alert_state(alert.state, AlertAct.EXPLAIN)
        alert.explanation, alert.explained_by, alert.explained_at = explanation, official.id, clock.now()
        alert.explain_entry_id = _append(
            EntryType.ALERT_EXPLAIN, alert, official, {"explanation": explanation}
        )


def judge_alert(inspector: Account, alert_id: int, *, justified: bool, finding: str) -> None:
    """Find, as the agency's inspector, that the look-up was justified, or wrong: then its person is told.

    Raises PermissionDenied, AlertNotFound, OwnAlert, AlertActRefused.
    """
    if not inspector.has_permission(Permission.SUPERVISION_INSPECT):
        raise PermissionDenied
    with transaction():
        alert = _lock(inspector, alert_id)
        if inspector.id in (alert.record.official_account_id, alert.explained_by):
            raise OwnAlert
        act = AlertAct.FIND_JUSTIFIED if justified else AlertAct.FIND_WRONG
        alert.state = next_alert_state(alert.state, act)
        alert.finding, alert.judged_at = finding, clock.now()
        alert.judge_entry_id = _append(
            EntryType.ALERT_JUDGE, alert, inspector, {"finding": finding}, outcome=alert.state
        )
        if not justified:
            _tell_person(alert.record)


def change_thresholds(inspector: Account, wanted: Thresholds) -> None:
    """Set from when on the look-ups of the inspector's agency raise alerts; everybody can read it.

    Raises PermissionDenied, ThresholdsInvalid.
    """
    agency = inspector.agency
    if not inspector.has_permission(Permission.SUPERVISION_INSPECT) or agency is None:
        raise PermissionDenied
    ensure_thresholds(wanted)
    with transaction():
        row = db.session.get(AlertThresholds, agency.id)
        if row is None:
            row = AlertThresholds(agency_id=agency.id)
            db.session.add(row)
        values = vars(wanted)
        for name, value in values.items():
            setattr(row, name, value)
        by = Personal({"inspector": inspector.id}, inspector.id)
        public = {"agency": agency.name, **values}
        ledger.append(Entry(EntryType.THRESHOLDS_CHANGE, public=public, personal=[by]))


def _raise_alerts(noticed: dict[int, list[AlertRule]]) -> int:
    """Mark the records as examined, and raise what was noticed about those that nobody else marked."""
    with transaction():
        wanted = select(AccessRecord).where(AccessRecord.id.in_(noticed), AccessRecord.examined_at.is_(None))
        locked = wanted.order_by(AccessRecord.id).with_for_update().execution_options(populate_existing=True)
        records = list(db.session.scalars(locked))
        now = clock.now()
        for record in records:
            record.examined_at = now
        return sum(_raise(record, noticed[record.id]) for record in records)


def _raise(record: AccessRecord, rules: Iterable[AlertRule]) -> int:
    news = [rule for rule in rules if not _is_quiet(record, rule)]
    for rule in news:
        alert = AccessAlert(
            record_id=record.id,
            agency_id=record.agency_id,
            rule=rule.value,
            state=AlertState.OPEN.value,
            raised_at=clock.now(),
            explanation="",
            finding="",
        )
        db.session.add(alert)
        public = {"agency": record.agency.name, "rule": rule.value, "record": record.commitment}
        ledger.append(Entry(EntryType.ALERT_RAISE, public=public))
    return len(news)


def _is_quiet(record: AccessRecord, rule: AlertRule) -> bool:
    """Whether the same official has set off the same rule just before."""
    span = QUIET.get(rule)
    if span is None:
        return False
    same = [
        AccessAlert.rule == rule.value,
        AccessRecord.agency_id == record.agency_id,
        AccessRecord.official_tag == record.official_tag,
        AccessRecord.accessed_at > record.accessed_at - span,
        AccessRecord.accessed_at <= record.accessed_at,
    ]
    if rule is AlertRule.REPEATED:
        same.append(AccessRecord.person_id == record.person_id)
    if rule is AlertRule.NO_OPEN_CASE:
        same.append(AccessRecord.case_number == record.case_number)
    earlier = select(AccessAlert.id).join(AccessAlert.record).where(*same).limit(1)
    return db.session.scalar(earlier) is not None


def _lock(actor: Account, alert_id: int) -> AccessAlert:
    wanted = select(AccessAlert).where(AccessAlert.id == alert_id).with_for_update(of=AccessAlert)
    alert = db.session.scalar(wanted.execution_options(populate_existing=True))
    if alert is None or actor.agency_id is None or alert.agency_id != actor.agency_id:
        raise AlertNotFound
    return alert


def _append(
    kind: EntryType, alert: AccessAlert, actor: Account, content: dict[str, str], **public: object
) -> int:
    """The text stays between agency and inspector; that and how it was found is public."""
    record = alert.record
    fields = {"agency": record.agency.name, "rule": alert.rule, "record": record.commitment, **public}
    personal: Sequence[Personal] = [Personal({"actor": actor.id, **content}, actor.id)]
    return ledger.append(Entry(kind, public=fields, personal=personal)).id


def _tell_person(record: AccessRecord) -> None:
    """Mail the person; not while their own list does not show the details yet."""
    account_id = db.session.scalar(select(Account.id).where(Account.person_id == record.person_id))
    if account_id is not None and get_shown(record) is not Shown.DELAYED:
        notifications.queue(account_id, "access_records/found_wrong", {})
