"""A person who has moved says so once, and the agencies of their choice have it."""

import pytest
from flask import Flask, render_template_string
from sqlalchemy import select

from app.access_records.models import AccessRecord, Consent, SystemDatum
from app.access_records.queries.consents import get_agreement
from app.access_records.rules import NoPersonYet, SystemNotFound
from app.access_records.rules.consents import SharingUnknown
from app.access_records.services.address import change_address
from app.access_records.services.consents import withdraw_consent
from app.access_records.services.held_data import store_datum
from app.accounts.models import Account
from app.extensions import db as database
from app.platform.transaction import transaction
from tests.access_records.kit import Country, found_sharings
from tests.conftest import People, csrf_token

FREE, STATUTORY = "welfare-to-tax", "welfare-to-tax-by-law"
OLD, NEW = "12 Riverside Street", "3 Market Lane"


@pytest.fixture
def mina(app: Flask, country: Country, people: People, db) -> Account:
    """A citizen whose address the welfare office holds; it is the residents' office here."""
    app.config["RESIDENTS_SYSTEM"] = "welfare"
    number = people.create("mina")
    found_sharings(country, number)
    with transaction():
        store_datum(country.system_id, country.person_ids[0], "address", OLD)
    return database.session.get_one(Account, number)


def addresses() -> dict[str, str]:
    """Which system has which address."""
    database.session.rollback()
    wanted = select(SystemDatum).where(SystemDatum.category == "address")
    codes = {1: "welfare", 2: "tax"}
    rows = database.session.execute(wanted.with_only_columns(SystemDatum.system_id, SystemDatum.value))
    return {codes[row.system_id]: row.value for row in rows}


def actions() -> list[tuple[str, str]]:
    """What the person's list says was done, and where."""
    records = database.session.scalars(select(AccessRecord).order_by(AccessRecord.number))
    return [(record.action, record.system.code) for record in records]


def test_a_new_address_reaches_the_office_and_the_agencies_that_were_ticked(mina: Account) -> None:
    assert change_address(mina, NEW, [FREE]) == 1
    assert addresses() == {"welfare": NEW, "tax": NEW}
    assert actions() == [("change", "welfare"), ("share", "welfare"), ("share", "tax")]
    assert database.session.scalars(select(Consent)).one().categories == ["address"]
    assert len(set(database.session.scalars(select(AccessRecord.case_number)))) == 1


def test_without_a_tick_nobody_else_learns_it(mina: Account) -> None:
    assert change_address(mina, NEW, []) == 0
    assert addresses() == {"welfare": NEW}
    assert actions() == [("change", "welfare")]
    assert database.session.scalars(select(Consent)).all() == []


def test_the_present_address_can_be_passed_on_without_a_move(mina: Account) -> None:
    change_address(mina, OLD, [FREE])
    assert addresses() == {"welfare": OLD, "tax": OLD}
    assert actions() == [("share", "welfare"), ("share", "tax")]


@pytest.mark.parametrize("code", [STATUTORY, "no-such-sharing"])
def test_a_forged_tick_changes_nothing_at_all(mina: Account, code: str) -> None:
    with pytest.raises(SharingUnknown):
        change_address(mina, NEW, [FREE, code])
    assert addresses() == {"welfare": OLD}
    assert actions() == []


def test_who_is_not_known_and_a_town_without_the_system_are_refused(
    app: Flask, mina: Account, people: People
) -> None:
    number = people.create("stranger")
    database.session.rollback()
    stranger = database.session.get_one(Account, number)
    with pytest.raises(NoPersonYet):
        change_address(stranger, NEW, [])
    app.config["RESIDENTS_SYSTEM"] = "elsewhere"
    with pytest.raises(SystemNotFound):
        change_address(mina, NEW, [])


def test_the_page_asks_once_and_shows_who_has_it(mina: Account, people: People) -> None:
    browser = people.sign_in("mina")
    assert "/data/address" in browser.get("/data/").text
    page = browser.get("/data/address")
    assert OLD in page.text
    assert "no address on record" in page.text
    assert page.headers["Cache-Control"] == "no-store"

    def send(**fields: object):
        form = {"csrf_token": csrf_token(browser), **fields}
        return browser.post("/data/address", data=form, follow_redirects=True)

    empty = send(address=" ", sharings=[FREE])
    assert empty.status_code == 422
    assert "Enter your new address" in empty.text
    assert f'value="{FREE}" checked' in empty.text
    page = send(address=NEW, sharings=[FREE]).text
    assert "You entered it once. 1 other agency got it" in page
    assert page.count(NEW) == 2
    assert f'value="{FREE}" checked' in page
    assert browser.get("/data/").text.count("at your own request") == 3
    with transaction():
        withdraw_consent(mina, FREE)
    assert f'value="{FREE}" checked' not in browser.get("/data/address").text


def test_a_form_of_another_room_can_offer_what_is_held(app: Flask, mina: Account) -> None:
    source = (
        '{% import "access_records/once_only.html" as once %}'
        '{{ once.use_held("use_address", agreement, "Address") }}'
    )
    with app.test_request_context():
        drawn = render_template_string(source, agreement=get_agreement(FREE))
    assert 'type="checkbox"' in drawn
    assert "Use what “Welfare” holds: Address. I agree." in drawn
    assert "checked" not in drawn
