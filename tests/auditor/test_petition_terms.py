"""`petition`: last day, text and thresholds are those that the ledger has."""

from datetime import date, timedelta
from typing import Any

from app.accounts.models import Account
from app.extensions import db as database
from app.petitions.models import Petition
from app.petitions.rules.signing import LOCAL
from app.petitions.rules.switches import Switch
from app.petitions.services.signing import sign_petition
from app.petitions.services.switches import add_lost_days, switch_off, switch_on
from app.platform import clock
from app.platform.transaction import transaction
from tests.auditor.petition_kit import Site, named, settle_everything


def change(reference: str, **values: Any) -> None:
    """Columns of a petition, with no entry of the ledger."""
    with transaction():
        database.session.query(Petition).filter_by(reference=reference).update(values)


def last_day(reference: str) -> date:
    found = database.session.query(Petition.closes_on).filter_by(reference=reference).scalar()
    assert isinstance(found, date)
    return found


def jump_to(day: date) -> None:
    """Let it be that day, at the time of day that it is."""
    clock.set_offset(timedelta())
    clock.set_offset(timedelta(days=(day - clock.now().astimezone(LOCAL).date()).days))


def test_a_signature_after_the_last_day_is_named_however_long_the_database_is_open(site: Site) -> None:
    end = last_day("bridge")
    change("bridge", closes_on=end + timedelta(days=100))
    jump_to(end + timedelta(days=2))
    site.town.settle("late", district="hill")
    sign_petition(site.town.account("late"), "bridge")
    jump_to(end + timedelta(days=5))
    settle_everything()
    found = [item for item in site.differences() if item["check"] == "petition:period"]
    assert named(found) == {("bridge", "verified", "region:north", (end + timedelta(days=2)).isoformat())}


def test_a_day_on_which_signing_was_off_is_one_more(site: Site) -> None:
    boss = Account.query.first()
    switch_off(boss, Switch.SIGNING, "test")
    switch_on(boss, Switch.SIGNING, "test")
    end = last_day("bridge")
    assert add_lost_days() == 3
    assert last_day("bridge") == end + timedelta(days=1)
    jump_to(end + timedelta(days=1))
    site.town.settle("late")
    sign_petition(site.town.account("late"), "bridge")
    jump_to(end + timedelta(days=3))
    settle_everything()
    answer = site.audit()
    assert answer.code == 0, answer.out
