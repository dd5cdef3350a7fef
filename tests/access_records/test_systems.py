"""The register of systems: what may be registered, who sees what, and what is in the ledger."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.access_records.queries.terms import list_categories, list_purposes, name_category, name_purpose
from app.access_records.rules import Disclosure, SystemInvalid
from app.access_records.services.systems import register_system
from app.accounts.models import Account
from app.accounts.policy import Role
from app.extensions import db as database
from app.ledger.models import LedgerEntry
from app.platform.errors import PermissionDenied
from tests.access_records.conftest import Sender, record
from tests.access_records.kit import Country, new_system
from tests.conftest import People, csrf_token


def test_terms_are_complete() -> None:
    for purpose in list_purposes():
        assert purpose["text"]
        assert purpose["text_ko"]
        assert str(purpose["dpv"]).startswith("dpv:")
        assert (purpose["disclosure"] == Disclosure.DELAYED) == (int(purpose["delay_days"]) > 0)
    assert len({term["code"] for term in list_categories()}) == len(list_categories())
    assert name_purpose("certificate", korean=True) == "증명서 발급"
    assert name_category("no-such-thing") == "no-such-thing"


WRONG = {
    "code": {"code": "Not A Code"},
    "taken": {"code": "welfare"},
    "category": {"categories": ["dreams"]},
    "no-category": {"categories": []},
    "purpose": {"purposes": ["curiosity"]},
    "retention": {"retention_years": 3},
    "key": {"public_key": "AAAA"},
    "agency": {"agency_id": 99},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_a_wrong_system_is_refused(db, country: Country, changes) -> None:
    wanted = replace(new_system("tax", country.agency_id, country.private_key), **changes)
    with pytest.raises(SystemInvalid):
        register_system(None, wanted)


def test_only_administrators_register(db, country: Country, people: People) -> None:
    official = database.session.get_one(Account, people.create("haru", Role.AGENCY_OFFICIAL))
    with pytest.raises(PermissionDenied):
        register_system(official, new_system("tax", country.agency_id, country.private_key))


def test_the_register_is_public(client: FlaskClient, country: Country) -> None:
    assert "Welfare" in client.get("/data/systems").text
    page = client.get("/data/systems/welfare").text
    for text in ("Address", "Social Security Act", "2 years", "dpo@welfare.example", "dpv:PublicBenefit"):
        assert text in page
    assert "Refused in the last 30 days" not in page
    assert client.get("/data/systems/nothing").status_code == 404
    assert client.get("/data/sharing").status_code == 200


def test_its_agency_sees_what_was_refused(app: Flask, people: People, sender: Sender) -> None:
    sender.post(record(purpose="curiosity"))
    people.create("haru", Role.INSPECTOR, agency_id=sender.country.agency_id)
    people.create("other", Role.INSPECTOR)
    assert "purpose-unknown" in people.sign_in("haru").get("/data/systems/welfare").text
    assert "purpose-unknown" not in people.sign_in("other").get("/data/systems/welfare").text


def test_an_administrator_registers_stops_and_starts_a_system(app, people: People, country: Country) -> None:
    people.create("admin", Role.ADMINISTRATOR)
    browser = people.sign_in("admin")
    assert browser.get("/admin/systems/new").status_code == 200
    wanted = new_system("tax", country.agency_id, Ed25519PrivateKey.generate())
    form = {
        **{name: getattr(wanted, name) for name in ("code", "name", "name_ko", "categories", "purposes")},
        **{name: getattr(wanted, name) for name in ("legal_basis", "legal_basis_ko", "dpo_name")},
        "dpo_email": "dpo@tax.example.org",
        "agency": str(country.agency_id),
        "retention": "2",
        "public_key": wanted.public_key,
    }
    answer = browser.post("/admin/systems/new", data=form | {"csrf_token": csrf_token(browser)})
    assert answer.status_code == 303, answer.text
    again = browser.post("/admin/systems/new", data=form | {"csrf_token": csrf_token(browser)})
    assert again.status_code == 422
    assert "The code is taken" in again.text
    for act, shown in (("stop", "Not connected"), ("start", "Stop this system")):
        answer = browser.post(f"/admin/systems/tax/{act}", data={"csrf_token": csrf_token(browser)})
        assert answer.status_code == 303
        assert shown in browser.get("/data/systems/tax").text
    with app.app_context():
        types = list(database.session.scalars(select(LedgerEntry.type).order_by(LedgerEntry.id)))
    assert types.count("access-records:system:register") == 2
    assert types.count("access-records:system:change") == 2
