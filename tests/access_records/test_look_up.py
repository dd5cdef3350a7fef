"""An official looks a person up: recorded first, shown then, or not at all."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.access_records.models import AccessRecord, BreakGlassReview, SystemDatum
from app.access_records.rules import (
    CaseNumberMissing,
    Grounds,
    LegalBasisMissing,
    NotYourSystem,
    OwnLookUp,
    PersonNotFound,
    PurposeMissing,
    PurposeNotAllowed,
    ReasonMissing,
    ReviewNotFound,
)
from app.access_records.services.look_up import look_up, review_break_glass
from app.access_records.services.records import record_accesses
from app.accounts.models import Account
from app.accounts.policy import Role
from app.extensions import db as database
from app.ledger.models import LedgerEntry
from app.notifications.models import OutboxMessage
from app.platform import clock
from app.platform.errors import PermissionDenied
from app.platform.transaction import transaction
from tests.access_records.kit import Country, claim
from tests.conftest import People, csrf_token

SECRET = "12 Riverside Street"
GROUNDS = Grounds("welfare-benefit", "Social Security Act, article 7", "2026-118", ("address",))


@pytest.fixture
def office(app: Flask, country: Country, people: People) -> dict[str, int]:
    """Two officials of the agency and one of another; a citizen whose address the system holds."""
    numbers = {
        "haru": people.create("haru", Role.AGENCY_OFFICIAL, agency_id=country.agency_id),
        "bora": people.create("bora", Role.AGENCY_OFFICIAL, agency_id=country.agency_id),
        "stranger": people.create("stranger", Role.AGENCY_OFFICIAL),
        "citizen": people.create("citizen", verified=True),
    }
    with app.app_context(), transaction():
        database.session.get_one(Account, numbers["citizen"]).person_id = country.person_ids[0]
        database.session.add(
            SystemDatum(
                system_id=country.system_id,
                person_id=country.person_ids[0],
                category="address",
                value=SECRET,
                updated_at=clock.now(),
            )
        )
    return numbers


def account(number: int) -> Account:
    return database.session.get_one(Account, number)


def record_count() -> int:
    return len(database.session.scalars(select(AccessRecord)).all())


def ask(browser, **changes: object):
    form = {
        "csrf_token": csrf_token(browser),
        "system": "welfare",
        "claim": claim(0),
        "purpose": "welfare-benefit",
        "legal_basis": "Social Security Act, article 7",
        "case_number": "2026-118",
        "categories": ["address"],
    }
    return browser.post("/data/look-up", data={k: v for k, v in (form | changes).items() if v is not None})


def test_the_record_is_written_and_then_the_data_shown(app: Flask, office, people: People) -> None:
    browser = people.sign_in("haru")
    page = browser.get("/data/look-up")
    assert page.status_code == 200
    assert SECRET not in page.text
    answer = ask(browser)
    assert answer.status_code == 200, answer.text
    assert SECRET in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    with app.app_context():
        (record,) = database.session.scalars(select(AccessRecord)).all()
        assert record.official_account_id == office["haru"]
        assert (record.case_number, record.categories, record.action) == ("2026-118", ["address"], "view")
        assert record.ledger_entry.leaf_hash[:8] in answer.text


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("purpose", "No data without a purpose"),
        ("legal_basis", "No data without a legal basis"),
        ("case_number", "No data without a case"),
        ("categories", "No kind of data was chosen"),
        ("claim", "Enter the number of the person"),
    ],
)
def test_what_is_missing_is_named_beside_its_field(app, office, people, field, message) -> None:
    browser = people.sign_in("haru")
    answer = ask(browser, **{field: None if field == "categories" else ""})
    assert answer.status_code == 422
    assert message in answer.text
    assert re.search(rf'href="#{field}[^"]*"', answer.text)
    assert SECRET not in answer.text
    with app.app_context():
        assert record_count() == 0


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"purpose_code": ""}, PurposeMissing),
        ({"purpose_code": "tax-assessment"}, PurposeNotAllowed),
        ({"purpose_code": "emergency"}, PurposeNotAllowed),
        ({"legal_basis": " "}, LegalBasisMissing),
        ({"case_number": ""}, CaseNumberMissing),
        ({"break_glass": True}, ReasonMissing),
    ],
)
def test_the_service_demands_the_same(db, country, office, changes, refusal) -> None:
    grounds = Grounds(**(vars(GROUNDS) | changes))
    with pytest.raises(refusal):
        look_up(account(office["haru"]), country.system, claim(0), grounds)
    assert record_count() == 0


def test_other_agencies_strangers_and_unknown_people(db, country: Country, office) -> None:
    with pytest.raises(PermissionDenied):
        look_up(account(office["citizen"]), country.system, claim(0), GROUNDS)
    with pytest.raises(PermissionDenied):
        look_up(account(office["stranger"]), country.system, claim(0), GROUNDS)
    with pytest.raises(PersonNotFound):
        look_up(account(office["haru"]), country.system, claim(99), GROUNDS)
    with transaction():
        country.system.active = False
    with pytest.raises(NotYourSystem):
        look_up(account(office["haru"]), country.system, claim(0), GROUNDS)
    assert record_count() == 0


@pytest.mark.parametrize("broken", ["ledger.append", "next_head", "insert"])
def test_no_record_no_data(app, office, people, monkeypatch, broken) -> None:
    """Whatever part of the writing fails, nothing is shown and nothing is kept."""

    def fail(*_args: object, **_options: object) -> None:
        raise RuntimeError("the disk is gone")

    browser = people.sign_in("haru")
    monkeypatch.setattr(f"app.access_records.services.records.{broken}", fail)
    answer = ask(browser)
    assert answer.status_code == 500
    assert SECRET not in answer.text
    with app.app_context():
        assert record_count() == 0


def test_an_emergency_is_told_at_once_and_reviewed_by_another(app, office, people: People) -> None:
    browser = people.sign_in("haru")
    answer = ask(browser, purpose="emergency", case_number="", break_glass="y", reason="A child is missing")
    assert answer.status_code == 200, answer.text
    assert SECRET in answer.text
    with app.app_context():
        (record,) = database.session.scalars(select(AccessRecord)).all()
        assert record.break_glass
        with pytest.raises(OwnLookUp):
            review_break_glass(account(office["haru"]), record.id, justified=True, note="Mine")
        with pytest.raises(ReviewNotFound):
            review_break_glass(account(office["stranger"]), record.id, justified=True, note="Not mine")
        number = record.id
    mails = (
        list((app.config["DATA_DIR"] / "mail").glob("*.eml"))
        if (app.config["DATA_DIR"] / "mail").exists()
        else []
    )
    with app.app_context():
        assert database.session.scalars(select(OutboxMessage)).all() == []
    mails = [path.read_text() for path in (Path(app.config["DATA_DIR"]) / "mail").glob("*.eml")]
    assert any("looked at in an emergency" in mail for mail in mails)
    second = people.sign_in("bora")
    assert "Welfare" in second.get("/data/look-up/reviews").text
    page = second.get(f"/data/look-up/reviews/{number}")
    assert "A child is missing" in page.text
    form = {"csrf_token": csrf_token(second), "justified": "no", "note": "The case was known."}
    assert second.post(f"/data/look-up/reviews/{number}", data=form).status_code == 303
    with app.app_context():
        review = database.session.get_one(BreakGlassReview, number)
        assert (review.justified, review.reviewer_id) == (False, office["bora"])
        types = database.session.scalars(select(LedgerEntry.type)).all()
        assert "access-records:break-glass:review" in types
    assert second.get(f"/data/look-up/reviews/{number}").status_code == 404


def test_the_tag_of_an_official_is_stable_within_an_agency(db, country: Country) -> None:
    with transaction():
        records = record_accesses([country.access(person) for person in country.person_ids])
        (other,) = record_accesses([country.access(country.person_ids[0], official="official-8")])
    assert len({record.official_tag for record in records}) == 1
    assert other.official_tag != records[0].official_tag
    assert records[0].recorded_at - clock.now() < timedelta(seconds=2)
