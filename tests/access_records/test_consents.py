"""A person sees what agencies may share, and gives, narrows and withdraws their consent."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.access_records.models import Consent, ConsentChange, SharingAgreement
from app.access_records.rules import NoPersonYet
from app.access_records.rules.consents import (
    CategoryNotShared,
    ConsentAct,
    ConsentNotAsked,
    SharingInvalid,
    SharingUnknown,
    name_change,
)
from app.access_records.services.consents import add_consent, choose_consent, withdraw_consent
from app.access_records.services.sharings import NewSharing, register_sharing
from app.accounts.models import Account
from app.extensions import db as database
from app.ledger.models import LedgerEntry, LedgerOpening
from tests.access_records.kit import Country, found_sharings, new_sharing
from tests.conftest import People, csrf_token

FREE, STATUTORY = "welfare-to-tax", "welfare-to-tax-by-law"


@pytest.fixture
def mina(country: Country, people: People, db) -> Account:
    """A citizen whom the country knows, and two sharings: one that she decides on, one by law."""
    number = people.create("mina")
    found_sharings(country, number)
    return database.session.get_one(Account, number)


def agreed() -> list[str]:
    """To what Mina agrees now."""
    database.session.rollback()
    consent = database.session.scalar(select(Consent))
    return consent.categories if consent else []


def post(browser, **fields: object):
    form = {"csrf_token": csrf_token(browser), **fields}
    return browser.post(f"/data/consents/{FREE}", data=form, follow_redirects=True)


def test_a_consent_is_given_narrowed_and_withdrawn_and_each_time_is_in_the_ledger(mina: Account) -> None:
    assert choose_consent(mina, FREE, ["name", "address"]) is ConsentAct.GIVE
    assert choose_consent(mina, FREE, ["address", "name"]) is None
    assert choose_consent(mina, FREE, ["address"]) is ConsentAct.NARROW
    assert agreed() == ["address"]
    assert withdraw_consent(mina, FREE) is ConsentAct.WITHDRAW
    assert agreed() == []
    kept = [(c.act, c.categories) for c in database.session.scalars(select(ConsentChange))]
    assert kept == [("give", ["address", "name"]), ("narrow", ["address"]), ("withdraw", [])]
    entries = database.session.scalars(
        select(LedgerEntry).where(LedgerEntry.type.startswith("access-records:consent:"))
    ).all()
    assert [entry.type.rpartition(":")[2] for entry in entries] == ["give", "narrow", "withdraw"]


def test_the_public_part_of_a_consent_names_the_sharing_and_nobody(mina: Account) -> None:
    choose_consent(mina, FREE, ["address"])
    entry = database.session.scalars(
        select(LedgerEntry).where(LedgerEntry.type == "access-records:consent:give")
    ).one()
    assert entry.public == {"sharing": FREE}
    assert b"address" not in entry.leaf
    opening = database.session.scalars(select(LedgerOpening).where(LedgerOpening.entry_id == entry.id)).one()
    assert opening.content == {"person": mina.person_id, "categories": "address"}


def test_more_can_be_agreed_to_without_naming_the_rest_again(mina: Account) -> None:
    choose_consent(mina, FREE, ["name"])
    add_consent(mina, FREE, ["address"])
    assert agreed() == ["address", "name"]
    assert add_consent(mina, FREE, ["name"]) is None


@pytest.mark.parametrize(
    ("before", "after", "act"),
    [
        ("", "", None),
        ("", "a", ConsentAct.GIVE),
        ("a", "ab", ConsentAct.GIVE),
        ("a", "b", ConsentAct.GIVE),
        ("ab", "a", ConsentAct.NARROW),
        ("ab", "", ConsentAct.WITHDRAW),
    ],
)
def test_a_change_is_called_by_what_it_does(before: str, after: str, act: ConsentAct | None) -> None:
    assert name_change(before, after) is act


def test_what_cannot_be_agreed_to_is_refused_by_name(mina: Account, people: People) -> None:
    with pytest.raises(ConsentNotAsked):
        choose_consent(mina, STATUTORY, ["name"])
    with pytest.raises(CategoryNotShared):
        choose_consent(mina, FREE, ["health"])
    with pytest.raises(SharingUnknown):
        choose_consent(mina, "no-such-sharing", ["name"])
    stranger = database.session.get_one(Account, people.create("stranger"))
    with pytest.raises(NoPersonYet):
        choose_consent(stranger, FREE, ["name"])
    assert agreed() == []


def test_the_page_lets_one_choose_and_says_what_the_law_orders(mina: Account, people: People) -> None:
    browser = people.sign_in("mina")
    assert "/data/consents" in browser.get("/data/").text
    page = browser.get("/data/consents").text
    decided, by_law = page.split("By law, without asking you")
    assert f'action="/data/consents/{FREE}"' in decided
    assert "<form" not in by_law.split("</main>")[0]
    assert "Your contribution depends on it." in by_law

    page = post(browser, categories=["address"], act="save").text
    assert "Your consent is recorded" in page
    assert "You agreed to a part" in page
    assert re.search(r'href="/ledger/receipts/[0-9a-f]{64}"', page)
    assert agreed() == ["address"]
    page = post(browser, categories=["address"], act="withdraw").text
    assert "You withdrew it" in page
    assert agreed() == []


def test_a_forged_choice_changes_nothing(mina: Account, people: People) -> None:
    answer = post(people.sign_in("mina"), categories=["health"], act="save")
    assert answer.status_code == 422
    assert "The sharing does not cover this kind of data" in answer.text
    assert agreed() == []


def test_who_is_not_known_is_told_how_to_become_so(client, people: People, mina: Account) -> None:
    people.create("stranger")
    assert "show your identity card" in people.sign_in("stranger").get("/data/consents").text


@pytest.mark.parametrize(
    "changes",
    [
        {"code": FREE},
        {"code": "Not A Code"},
        {"categories": ["health"]},
        {"categories": []},
        {"receiving_system": "welfare"},
        {"basis": "custom"},
        {"purpose": "curiosity"},
        {"legal_basis": " "},
    ],
)
def test_a_sharing_that_makes_no_sense_is_not_registered(mina: Account, changes: dict[str, object]) -> None:
    wanted = NewSharing(**(vars(new_sharing("another")) | changes))
    with pytest.raises(SharingInvalid):
        register_sharing(wanted)


def test_sharings_are_registered_from_a_file_all_or_none(app: Flask, mina: Account, tmp_path: Path) -> None:
    file = tmp_path / "sharings.json"
    runner = app.test_cli_runner()
    good, bad = vars(new_sharing("third")), vars(new_sharing("fourth")) | {"basis": "custom"}
    file.write_text(json.dumps([good, bad]), "utf-8")
    assert runner.invoke(args=["access-records", "register-sharings", str(file)]).exit_code != 0
    file.write_text(json.dumps([good]), "utf-8")
    assert "1 sharings" in runner.invoke(args=["access-records", "register-sharings", str(file)]).output
    database.session.rollback()
    codes = set(database.session.scalars(select(SharingAgreement.code)))
    assert codes == {FREE, STATUTORY, "third"}
