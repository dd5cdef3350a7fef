"""`petition`: last day, text and thresholds are those that the ledger has."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import Account
from app.core.petition_terms import digest_text
from app.extensions import db as database
from app.petitions.models import Petition
from app.petitions.queries.petitions import get_public_petition
from app.petitions.rules.signing import LOCAL
from app.petitions.rules.switches import Switch
from app.petitions.services.drafts import PetitionText, text_of
from app.petitions.services.moderation import edit_text
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


CHANGES = {
    "title": ("text", "Close the library"),
    "demand": ("text", "Close it."),
    "reasons": ("text", ""),
    "closes_on": ("closes_on", date(2040, 1, 1)),
    "type_code": ("type", "join"),
    "state": ("text", "hidden"),
}


@pytest.mark.parametrize("column", CHANGES)
def test_what_was_signed_cannot_be_changed_without_an_entry(site: Site, column: str) -> None:
    field, value = CHANGES[column]
    change("library", **{column: value})
    (found,) = site.differences()
    assert (found["petition"], found["check"]) == ("library", "petition:terms")
    assert found["text"].startswith(f"{field}: ")


def test_thresholds_are_those_of_the_opening(site: Site) -> None:
    rules = database.session.query(Petition.rules).filter_by(reference="market").scalar()
    lower = [{**item, "count": item["count"] - 1} for item in rules["thresholds"]]
    change("market", rules={**rules, "thresholds": lower})
    (found,) = site.differences("--petition", "market")
    assert found["text"].startswith("thresholds: ")


def test_a_moderators_edit_is_no_difference_and_the_old_text_then_is(site: Site) -> None:
    moderator = database.session.scalars(select(Account).where(Account.email == "m@example.org")).one()
    old = text_of(get_public_petition("bridge"))
    edit_text(moderator, "bridge", PetitionText("Another title", old.demand, old.reasons), "clearer")
    # The page says so before the ledger has been read that far, and after.
    assert site.read("bridge")["title"] == "Another title"
    settle_everything()
    answer = site.audit()
    assert answer.code == 0, answer.out
    change("bridge", title=old.title)
    (found,) = site.differences()
    assert found["text"].startswith("text: ")


def test_the_ledger_and_the_auditor_name_a_text_by_the_same_digest() -> None:
    assert PetitionText("a", "나", "c").digest() == digest_text("a", "나", "c")
