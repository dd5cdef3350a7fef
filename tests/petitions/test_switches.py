"""Switching off signing, creating and trending, and the days that petitions get back."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.accounts.policy import Role
from app.extensions import db as database
from app.ledger.models import LedgerEntry
from app.petitions.jobs import advance_petitions, sign_for_all_sponsors
from app.petitions.models import Petition, Signature, Sponsor, SwitchPeriod, TimelineEvent
from app.petitions.queries.switches import is_off
from app.petitions.rules import refusals
from app.petitions.rules.life import PetitionState
from app.petitions.rules.signing import LOCAL
from app.petitions.rules.switches import Switch, list_off_days
from app.petitions.services.drafts import PetitionText, start_petition, submit_petition
from app.petitions.services.signing import sign_petition, withdraw_signature
from app.petitions.services.switches import add_lost_days, switch_off, switch_on
from app.platform import clock
from app.platform.transaction import transaction
from tests.conftest import People, csrf_token
from tests.petitions.conftest import Town

TEXT = PetitionText("Plant more trees", "Plant a hundred.", "Shade.")


@pytest.fixture(autouse=True)
def clock_goes_back() -> Iterator[None]:
    """Tests here move the clock."""
    yield
    clock.set_offset(timedelta())


def closes_on(town: Town) -> object:
    return database.session.scalar(select(Petition.closes_on).where(Petition.reference == town.reference))


def public_of(kind: str) -> list[dict[str, object]]:
    wanted = select(LedgerEntry.public).where(LedgerEntry.type == kind).order_by(LedgerEntry.id)
    return list(database.session.scalars(wanted))


def test_while_signing_is_off_nobody_signs_but_everybody_can_take_back(town: Town, db: object) -> None:
    town.settle("mina")
    town.settle("boss")
    sign_petition(town.account("mina"), town.reference)
    switch_off(town.account("boss"), Switch.SIGNING, "A flood of programs")
    town.settle("jun")
    with pytest.raises(refusals.SigningSwitchedOff) as refusal:
        sign_petition(town.account("jun"), town.reference)
    assert refusal.value.status == 503
    assert refusal.value.retry_after
    withdraw_signature(town.account("mina"), town.reference)
    switch_on(town.account("boss"), Switch.SIGNING, "It is over")
    sign_petition(town.account("jun"), town.reference)
    states = [(fields["switch"], fields["state"]) for fields in public_of("petitions:switch:set")]
    assert states == [("signing", "off"), ("signing", "on")]


def test_while_creating_is_off_nothing_is_started_or_sent_in_and_drafts_stay(town: Town, db: object) -> None:
    town.settle("mina")
    town.settle("boss")
    reference = start_petition(town.account("mina"), "local-council", TEXT)
    switch_off(town.account("boss"), Switch.CREATING, "The queue is full")
    with pytest.raises(refusals.CreatingSwitchedOff):
        start_petition(town.account("mina"), "local-council", TEXT)
    with pytest.raises(refusals.CreatingSwitchedOff):
        submit_petition(town.account("mina"), reference)
    switch_on(town.account("boss"), Switch.CREATING, "It is empty")
    submit_petition(town.account("mina"), reference)


def test_a_switch_that_stands_there_already_is_refused_and_leaves_no_entry(town: Town, db: object) -> None:
    town.settle("boss")
    with pytest.raises(refusals.SwitchUnchanged):
        switch_on(town.account("boss"), Switch.TRENDING, "?")
    switch_off(town.account("boss"), Switch.TRENDING, "It is gamed")
    with pytest.raises(refusals.SwitchUnchanged):
        switch_off(town.account("boss"), Switch.TRENDING, "Again")
    assert is_off(Switch.TRENDING)
    assert not is_off(Switch.SIGNING)
    assert len(public_of("petitions:switch:set")) == 1


def test_another_process_learns_of_a_switch_within_seconds(town: Town, db: object) -> None:
    assert not is_off(Switch.SIGNING)
    town.settle("boss")
    switch_off(town.account("boss"), Switch.SIGNING, "Test")
    long_ago = clock.now() - timedelta(seconds=6)
    town.app.extensions["petition_switches"] = (long_ago, frozenset())
    assert is_off(Switch.SIGNING)


def test_each_day_on_which_signing_was_off_adds_one_day_once(town: Town, db: object) -> None:
    town.settle("boss")
    before = closes_on(town)
    switch_off(town.account("boss"), Switch.SIGNING, "Test")
    switch_on(town.account("boss"), Switch.SIGNING, "Test")
    switch_off(town.account("boss"), Switch.SIGNING, "Test")
    assert (add_lost_days(), add_lost_days()) == (1, 0)
    assert closes_on(town) == before + timedelta(days=1)
    clock.set_offset(timedelta(days=2))
    assert (add_lost_days(), add_lost_days()) == (2, 0)
    assert closes_on(town) == before + timedelta(days=3)
    acts = list(database.session.scalars(select(TimelineEvent.act)))
    assert acts == ["prolong"] * 3
    entries = public_of("petitions:petition:prolong")
    assert [fields["closes_on"] for fields in entries][-1] == (before + timedelta(days=3)).isoformat()
    assert len({fields["day"] for fields in entries}) == 3


def test_creating_that_is_off_adds_no_day_nor_do_days_before_the_opening(town: Town, db: object) -> None:
    town.settle("boss")
    switch_off(town.account("boss"), Switch.CREATING, "Test")
    assert add_lost_days() == 0
    now = clock.now()
    with transaction():
        database.session.execute(
            update(SwitchPeriod).values(
                switch=Switch.SIGNING, off_at=now - timedelta(days=9), on_at=now - timedelta(days=7)
            )
        )
    assert add_lost_days() == 0


def test_a_petition_in_its_last_day_stays_open_for_the_day_that_it_lost(town: Town, db: object) -> None:
    town.settle("boss")
    today = clock.now().astimezone(LOCAL).date()
    with transaction():
        database.session.execute(update(Petition).values(closes_on=today))
    switch_off(town.account("boss"), Switch.SIGNING, "Test")
    switch_on(town.account("boss"), Switch.SIGNING, "Test")
    clock.set_offset(timedelta(days=1))
    advance_petitions.run()
    assert database.session.scalar(select(Petition.state)) == PetitionState.OPEN
    clock.set_offset(timedelta(days=2))
    advance_petitions.run()
    assert database.session.scalar(select(Petition.state)) == PetitionState.CLOSED


def test_sponsors_wait_for_their_turn_while_signing_is_off(town: Town, db: object) -> None:
    town.settle("boss")
    account_id = town.settle("mina")
    petition_id = database.session.scalar(select(Petition.id))
    with transaction():
        database.session.add(Sponsor(petition_id=petition_id, account_id=account_id, at=clock.now()))
    switch_off(town.account("boss"), Switch.SIGNING, "Test")
    sign_for_all_sponsors.run()
    assert database.session.scalar(select(Sponsor.signed)) is False
    switch_on(town.account("boss"), Switch.SIGNING, "Test")
    sign_for_all_sponsors.run()
    assert database.session.scalar(select(Sponsor.signed)) is True
    assert database.session.scalar(select(Signature.id)) is not None


def test_days_are_the_towns() -> None:
    from_utc = clock.now().replace(year=2026, month=9, day=24, hour=14, minute=59)
    until_utc = from_utc.replace(hour=15, minute=1)
    days = list_off_days([(from_utc, until_utc)], until_utc)
    assert [day.isoformat() for day in days] == ["2026-09-24", "2026-09-25"]


def test_everybody_reads_what_is_off_and_the_administrator_switches(app: Flask, people: People) -> None:
    client = app.test_client()
    assert "Nothing was ever switched off." in client.get("/petitions/switches").text
    people.create("boss", Role.ADMINISTRATOR)
    boss = people.sign_in("boss")
    assert "Switch off" in boss.get("/petitions/switches").text
    token = csrf_token(boss)
    empty = boss.post("/petitions/switches/signing", data={"reason": "", "csrf_token": token})
    assert (empty.status_code, "Write the reason" in empty.text) == (422, True)
    form = {"reason": "A flood of programs", "csrf_token": token}
    assert boss.post("/petitions/switches/signing", data=form).status_code == 303
    assert "A flood of programs" in client.get("/petitions/switches").text
    assert boss.get("/petitions/switches/nothing").status_code == 404
