"""Switching off and on, and giving open petitions the days back."""

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Account
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.petitions.models import AddedDay, Petition, SwitchPeriod
from app.petitions.queries.switches import forget_switches, list_signing_periods
from app.petitions.rules.life import Act, Actor, PetitionState
from app.petitions.rules.refusals import SwitchUnchanged
from app.petitions.rules.signing import LOCAL
from app.petitions.rules.switches import Switch, list_off_days
from app.petitions.services.steps import lock_petition, take_step
from app.platform import clock
from app.platform.transaction import after_commit, transaction


def switch_off(administrator: Account, switch: Switch, reason: str) -> None:
    """Switch something off for the whole site. Raises SwitchUnchanged if it is off."""
    try:
        with transaction():
            entry_id = _append(administrator, switch, "off", reason)
            db.session.add(
                SwitchPeriod(switch=switch, off_at=clock.now(), reason=reason, ledger_entry_id=entry_id)
            )
            after_commit(forget_switches)
    except IntegrityError as problem:
        raise SwitchUnchanged from problem


def switch_on(administrator: Account, switch: Switch, reason: str) -> None:
    """Switch something on again. Raises SwitchUnchanged if it is on."""
    lasting = select(SwitchPeriod).where(SwitchPeriod.switch == switch, SwitchPeriod.on_at.is_(None))
    with transaction():
        period = db.session.scalar(lasting.with_for_update())
        if period is None:
            raise SwitchUnchanged
        period.on_at = clock.now()
        _append(administrator, switch, "on", reason)
        after_commit(forget_switches)


def add_lost_days() -> int:
    """Give every open petition one day more for each day on which signing was off; how many. Idempotent."""
    opened = select(func.min(Petition.opened_at)).where(Petition.state == PetitionState.OPEN)
    since = db.session.scalar(opened)
    if since is None:
        return 0
    days = list_off_days(list_signing_periods(since), clock.now())
    lost = [(reference, day) for day in days for reference in _list_without(day)]
    return sum(_add_day(reference, day) for reference, day in lost)


def _list_without(day: date) -> list[str]:
    """The open petitions that have not been given a day for this one."""
    given = select(AddedDay.on).where(AddedDay.petition_id == Petition.id, AddedDay.on == day)
    wanted = select(Petition.reference, Petition.opened_at, Petition.closes_on).where(
        Petition.state == PetitionState.OPEN, Petition.closes_on.is_not(None), ~given.exists()
    )
    rows = db.session.execute(wanted.order_by(Petition.id))
    return [row.reference for row in rows if row.opened_at.astimezone(LOCAL).date() <= day]


def _add_day(reference: str, day: date) -> bool:
    with transaction():
        petition = lock_petition(reference)
        if petition.state != PetitionState.OPEN or petition.closes_on is None or day > petition.closes_on:
            return False
        if db.session.get(AddedDay, (petition.id, day)) is not None:
            return False
        db.session.add(AddedDay(petition_id=petition.id, on=day))
        petition.closes_on += timedelta(days=1)
        public = {"day": day.isoformat(), "closes_on": petition.closes_on.isoformat()}
        take_step(petition, Act.PROLONG, Actor.CLOCK, EntryType.PETITION_PROLONG, public=public)
    return True


def _append(administrator: Account, switch: Switch, state: str, reason: str) -> int:
    public = {"switch": switch.value, "state": state, "reason": reason}
    personal = [Personal({"administrator": administrator.id}, administrator.id)]
    return ledger.append(Entry(EntryType.SWITCH_SET, public=public, personal=personal)).id
