"""Data goes from one agency to another under a sharing and a consent, on both records, or not at all."""

import threading
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.access_records.models import (
    AccessRecord,
    InformationSystem,
    RefusalCount,
    SharingDifference,
    SystemDatum,
)
from app.access_records.rules import CaseNumberMissing, CategoriesMissing, NoPersonYet, PersonNotFound
from app.access_records.rules.consents import CategoryNotShared, NoConsent, SharingUnknown
from app.access_records.services import gateway
from app.access_records.services.consents import choose_consent, withdraw_consent
from app.access_records.services.held_data import store_datum
from app.access_records.services.sharing import compare_recent_days
from app.accounts.models import Account
from app.accounts.policy import Role
from app.extensions import db as database
from app.ledger.models import LedgerEntry
from app.platform import clock
from app.platform.errors import PermissionDenied
from app.platform.transaction import transaction
from tests.access_records.kit import Country, claim, found_sharings
from tests.conftest import People, csrf_token

FREE, STATUTORY = "welfare-to-tax", "welfare-to-tax-by-law"
SECRET = "12 Riverside Street"


@pytest.fixture(autouse=True)
def _own_time():
    yield
    clock.set_offset(timedelta())


@pytest.fixture
def office(country: Country, people: People, db) -> dict[str, int]:
    """Mina, whose address the welfare office holds; officials of the tax service and of welfare."""
    numbers = {"mina": people.create("mina"), "stranger": people.create("stranger")}
    tax_id = found_sharings(country, numbers["mina"])
    numbers["taxman"] = people.create("taxman", Role.AGENCY_OFFICIAL, agency_id=tax_id)
    numbers["helper"] = people.create("helper", Role.AGENCY_OFFICIAL, agency_id=country.agency_id)
    with transaction():
        store_datum(country.system_id, country.person_ids[0], "address", SECRET)
        store_datum(country.system_id, country.person_ids[0], "name", "Mina Kim")
    return numbers | {"tax_agency": tax_id}


def account(number: int) -> Account:
    return database.session.get_one(Account, number)


def fetch(office: dict[str, int], code: str = FREE, who: str = "taxman", **changes: object):
    usual = {"claim": claim(0), "categories": ["address"], "case_number": "2026-7"} | changes
    return gateway.fetch_datum(account(office[who]), code, **usual)


def records() -> list[AccessRecord]:
    database.session.rollback()
    return list(database.session.scalars(select(AccessRecord).order_by(AccessRecord.number)))


def test_with_consent_the_data_is_released_and_stands_in_both_agencies_records(office) -> None:
    choose_consent(account(office["mina"]), FREE, ["address"])
    released = fetch(office)
    assert [(datum.category, datum.value) for datum in released.data] == [("address", SECRET)]
    given, received = records()
    assert (given.system.code, received.system.code) == ("welfare", "tax")
    assert given.counterpart_agency_id == received.agency_id
    assert received.counterpart_agency_id == given.agency_id
    assert {given.action, received.action} == {"share"}
    assert given.case_number == received.case_number == "2026-7"
    assert (given.official_account_id, received.official_account_id) == (None, office["taxman"])


def test_the_nightly_comparison_finds_nothing_that_one_side_left_out(office) -> None:
    clock.set_offset(timedelta(days=-1))
    choose_consent(account(office["mina"]), FREE, ["address"])
    fetch(office)
    clock.set_offset(timedelta())
    compare_recent_days()
    (row,) = database.session.scalars(select(SharingDifference)).all()
    assert (row.first_count, row.second_count, row.first_only, row.second_only) == (1, 1, 0, 0)


def test_the_person_gets_one_mail_that_names_the_receiver(app: Flask, office) -> None:
    choose_consent(account(office["mina"]), FREE, ["address"])
    fetch(office)
    (path,) = (Path(app.config["DATA_DIR"]) / "mail").glob("*.eml")
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert "Tax Service has looked at data about you." in mail.get_body(("plain",)).get_content()


def test_without_consent_nothing_is_released_and_nothing_recorded(office) -> None:
    with pytest.raises(NoConsent):
        fetch(office)
    choose_consent(account(office["mina"]), FREE, ["name"])
    with pytest.raises(NoConsent):
        fetch(office, categories=["name", "address"])
    choose_consent(account(office["mina"]), FREE, ["name", "address"])
    withdraw_consent(account(office["mina"]), FREE)
    with pytest.raises(NoConsent):
        fetch(office, categories=["name"])
    assert records() == []
    (refusal,) = database.session.scalars(select(RefusalCount)).all()
    assert (refusal.code, refusal.count) == ("no-consent", 3)


def test_a_statute_asks_nobody_but_covers_only_what_it_names(office) -> None:
    released = fetch(office, STATUTORY, categories=["name"])
    assert [datum.value for datum in released.data] == ["Mina Kim"]
    with pytest.raises(CategoryNotShared):
        fetch(office, STATUTORY, categories=["address"])


def test_every_other_reason_to_refuse_has_its_name(office) -> None:
    choose_consent(account(office["mina"]), FREE, ["address"])
    with pytest.raises(SharingUnknown):
        fetch(office, "no-such-sharing")
    with pytest.raises(SharingUnknown):
        fetch(office, who="helper")
    with pytest.raises(PermissionDenied):
        fetch(office, who="mina")
    with pytest.raises(CaseNumberMissing):
        fetch(office, case_number=" ")
    with pytest.raises(CategoriesMissing):
        fetch(office, categories=[])
    with pytest.raises(PersonNotFound):
        fetch(office, claim=claim(99))
    assert records() == []


def test_a_form_gets_what_an_agency_holds_with_the_persons_tick(office) -> None:
    mina, tax = account(office["mina"]), office["tax_agency"]
    released = gateway.fetch_with_consent(mina, "welfare", ["address"], "address-change", tax, "petition-1")
    assert [datum.value for datum in released.data] == [SECRET]
    assert [record.case_number for record in records()] == ["petition-1", "petition-1"]
    given = database.session.scalars(
        select(LedgerEntry).where(LedgerEntry.type == "access-records:consent:give")
    ).all()
    assert len(given) == 1
    with pytest.raises(SharingUnknown):
        gateway.fetch_with_consent(mina, "welfare", ["address"], "statistics", tax)
    with pytest.raises(NoPersonYet):
        gateway.fetch_with_consent(account(office["stranger"]), "welfare", ["address"], "address-change", tax)


def test_what_a_refused_form_would_have_agreed_to_is_not_agreed_to(office) -> None:
    mina = account(office["mina"])
    with pytest.raises(CategoryNotShared):
        gateway.fetch_with_consent(
            mina, "welfare", ["address", "health"], "address-change", office["tax_agency"]
        )
    kinds = database.session.scalars(select(LedgerEntry.type)).all()
    assert "access-records:consent:give" not in kinds


def test_what_is_passed_on_is_kept_by_the_receiver(office) -> None:
    mina = account(office["mina"])
    gateway.pass_on(mina, FREE, ["address"], "own-1")
    tax = database.session.scalars(select(InformationSystem).where(InformationSystem.code == "tax")).one()
    kept = select(SystemDatum.category, SystemDatum.value).where(SystemDatum.system_id == tax.id)
    assert database.session.execute(kept).all() == [("address", SECRET)]


def test_no_release_is_recorded_after_the_withdrawal_was_committed(app: Flask, office) -> None:
    """Four officials fetch as fast as they can while the person withdraws: the ledger has an order."""
    mina_id, released, refused = office["mina"], [], []
    choose_consent(account(mina_id), FREE, ["address"])
    running = threading.Event()

    def keep_fetching() -> None:
        with app.app_context():
            try:
                while True:
                    released.append(fetch(office).record_id)
                    running.set()
            except NoConsent as refusal:
                refused.append(refusal)
            finally:
                running.set()
                database.session.remove()

    threads = [threading.Thread(target=keep_fetching) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert running.wait(30)
    withdraw_consent(account(mina_id), FREE)
    known_at_withdrawal = len(records())
    for thread in threads:
        thread.join(30)

    assert len(refused) == 4
    assert len(records()) == known_at_withdrawal == 2 * len(released) > 0
    withdrawal = database.session.scalars(
        select(LedgerEntry.id).where(LedgerEntry.type == "access-records:consent:withdraw")
    ).one()
    assert all(record.ledger_entry_id < withdrawal for record in records())


def test_a_withdrawal_waits_for_a_release_that_has_begun(app: Flask, office) -> None:
    """Between the check and the commit of a release no withdrawal gets in."""
    choose_consent(account(office["mina"]), FREE, ["address"])
    withdrawn = threading.Event()

    def withdraw() -> None:
        with app.app_context():
            withdraw_consent(account(office["mina"]), FREE)
            withdrawn.set()
            database.session.remove()

    thread = threading.Thread(target=withdraw)
    with transaction():
        fetch(office)
        thread.start()
        assert not withdrawn.wait(0.5)
    thread.join(30)
    assert withdrawn.is_set()
    assert len(records()) == 2
    with pytest.raises(NoConsent):
        fetch(office)


def ask(browser, **changes: object):
    form = {
        "csrf_token": csrf_token(browser),
        "sharing": FREE,
        "claim": claim(0),
        "case_number": "2026-7",
        "categories": ["address"],
    }
    return browser.post("/data/look-up/shared", data=form | changes)


def test_the_officials_page_refuses_by_name_and_shows_with_consent(office, people: People) -> None:
    browser = people.sign_in("taxman")
    assert "/data/look-up/shared" in browser.get("/data/look-up").text
    assert "With the person's consent" in browser.get("/data/look-up/shared").text
    assert "By statute" in browser.get(f"/data/look-up/shared?sharing={STATUTORY}").text
    answer = ask(browser)
    assert answer.status_code == 422
    assert "The person has not agreed to this" in answer.text
    assert SECRET not in answer.text
    assert "No data without a case" in ask(browser, case_number="").text

    with transaction():
        choose_consent(account(office["mina"]), FREE, ["address"])
    answer = ask(browser)
    assert SECRET in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    timeline = people.sign_in("mina").get("/data/").text
    assert "Shared: Tax Service and Ministry of Welfare" in timeline
    assert timeline.count("passed on because the other agency asked") == 1


def test_an_agency_without_sharings_is_told_so(office, people: People) -> None:
    assert "No sharing is registered" in people.sign_in("helper").get("/data/look-up/shared").text
