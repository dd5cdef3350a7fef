"""What is switched off, remembered for a few seconds: a first look that costs the signers nothing."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Select, select

from app.extensions import db
from app.petitions.models import SwitchPeriod
from app.petitions.rules.refusals import CreatingSwitchedOff, SigningSwitchedOff
from app.petitions.rules.switches import Switch
from app.platform import clock

REMEMBERED = timedelta(seconds=5)
# When whoever is refused may ask again.
RETRY_SECONDS = 600
LISTED = 50
_KEY = "petition_switches"


def ensure_signing() -> None:
    """Demand that signing is on. Raises SigningSwitchedOff."""
    if is_off(Switch.SIGNING):
        raise SigningSwitchedOff(retry_after=RETRY_SECONDS)


def ensure_creating() -> None:
    """Demand that petitions can be started and sent in. Raises CreatingSwitchedOff."""
    if is_off(Switch.CREATING):
        raise CreatingSwitchedOff(retry_after=RETRY_SECONDS)


def is_off(switch: Switch) -> bool:
    """Whether it is switched off, as known REMEMBERED ago at most."""
    read_at, off = current_app.extensions.get(_KEY, (None, frozenset()))
    now = clock.now()
    if read_at is None or not timedelta() <= now - read_at < REMEMBERED:
        wanted = select(SwitchPeriod.switch).where(SwitchPeriod.on_at.is_(None))
        off = frozenset(db.session.scalars(wanted))
        current_app.extensions[_KEY] = (now, off)
    return switch in off


def forget_switches() -> None:
    """Read again at the next question; for whoever has just changed one."""
    current_app.extensions.pop(_KEY, None)


def list_switches() -> Mapping[Switch, SwitchPeriod | None]:
    """Every switch with the period that lasts, if it is off."""
    off = {period.switch: period for period in db.session.scalars(_lasting())}
    return {switch: off.get(switch) for switch in Switch}


def list_past_periods() -> list[SwitchPeriod]:
    """The latest periods that are over, newest first."""
    wanted = select(SwitchPeriod).where(SwitchPeriod.on_at.is_not(None))
    return list(db.session.scalars(wanted.order_by(SwitchPeriod.off_at.desc()).limit(LISTED)))


def list_signing_periods(since: datetime) -> list[tuple[datetime, datetime | None]]:
    """From when until when signing was off, of every period that had not ended before `since`."""
    wanted = select(SwitchPeriod.off_at, SwitchPeriod.on_at).where(
        SwitchPeriod.switch == Switch.SIGNING,
        SwitchPeriod.on_at.is_(None) | (SwitchPeriod.on_at >= since),
    )
    return [(row.off_at, row.on_at) for row in db.session.execute(wanted)]


def _lasting() -> Select[Any]:
    return select(SwitchPeriod).where(SwitchPeriod.on_at.is_(None))
