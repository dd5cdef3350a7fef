"""Consents and corrections at a desk: on the person's list, with receipt, entries and a way back."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.access_records.models import Consent, CorrectionRequest
from app.access_records.services import corrections
from app.access_records.services.consents import choose_consent
from app.access_records.services.held_data import store_datum
from app.accounts.models import Account, DeskActRecord
from app.accounts.policy import Role
from app.accounts.services.roles import create_agency
from app.extensions import db as database
from app.ledger.models import LedgerEntry
from app.platform.transaction import transaction
from tests.access_records.kit import Country, claim, found_country, found_sharings
from tests.conftest import People, csrf_token

CONSENT = "/desk/person/acts/access-records:consent:choose"
CORRECTION = "/desk/person/acts/access-records:correction:request"
SHARING = "welfare-to-tax"
STREET = "12 Riverside Street"


@pytest.fixture
def country(people: People, db: Any) -> Country:
    """Mina's address is held; her welfare office may pass it on if she agrees."""
    made = found_country()
    found_sharings(made, people.create("mina"))
    people.create("official", Role.AGENCY_OFFICIAL, agency_id=made.agency_id)
    with transaction():
        store_datum(made.system_id, made.person_ids[0], "address", STREET)
    return made


@pytest.fixture
def desk(country: Country, people: People) -> FlaskClient:
    """A clerk's browser that serves Mina."""
    agency = create_agency("Riverside desk", "강변 민원실")
    people.create("clerk", Role.CLERK, agency_id=agency.id)
    client = people.sign_in("clerk")
    assert post(client, "/desk/", claim=claim(0), present="y").status_code == 303
    return client


def post(client: FlaskClient, path: str, **fields: str):
    return client.post(path, data={"csrf_token": csrf_token(client)} | fields)


def choose(client: FlaskClient, act: str, sharing: str = SHARING):
    return post(client, CONSENT, sharing=sharing, act=act)


def ask(client: FlaskClient, country: Country, category: str = "address", **fields: str):
    usual = {"kind": "correction", "wanted_value": "3 Market Lane", "text": "I have moved."}
    return post(client, CORRECTION, datum=f"{country.system_id}:{category}", **(usual | fields))


def account(name: str) -> Account:
    database.session.rollback()
    return database.session.scalars(select(Account).where(Account.email == f"{name}@example.org")).one()


def newest() -> DeskActRecord:
    database.session.rollback()
    return database.session.scalars(select(DeskActRecord).order_by(DeskActRecord.id.desc())).first()


def agreed() -> list[str]:
    database.session.rollback()
    return database.session.scalars(select(Consent.categories)).one()


def newest_types(count: int) -> list[str]:
    database.session.rollback()
    wanted = select(LedgerEntry.type).order_by(LedgerEntry.id.desc()).limit(count)
    return list(database.session.scalars(wanted))[::-1]


def test_a_consent_is_given_recorded_and_undone_by_the_person(desk: FlaskClient, people: People) -> None:
    page = desk.get(CONSENT).text
    assert "Ministry of Welfare → Tax Service" in page
    assert "welfare-to-tax-by-law" not in page
    done = choose(desk, "give")
    assert agreed() == ["address", "name"]
    assert newest_types(2) == ["access-records:consent:give", "accounts:desk:act"]
    assert "Consent given: Ministry of Welfare → Tax Service" in desk.get(done.location).text
    record = newest()
    assert record.ledger_entry.public == {
        "act": "access-records:consent:choose",
        "agency": "Riverside desk",
    }
    mina = people.sign_in("mina")
    assert "Consent to what agencies may share" in mina.get("/data/acted").text
    assert "You agreed" in mina.get("/data/consents").text
    assert post(mina, f"/data/acted/{record.id}/undo").status_code == 303
    assert agreed() == []
    assert newest_types(2) == ["access-records:consent:withdraw", "accounts:desk:undo"]


def test_a_withdrawal_gives_back_the_extent_that_there_was(desk: FlaskClient, people: People) -> None:
    choose_consent(account("mina"), SHARING, ["address"])
    choose(desk, "withdraw")
    assert agreed() == []
    assert "Consent withdrawn" in desk.get(f"/desk/person/receipts/{newest().id}").text
    assert post(desk, f"/desk/person/receipts/{newest().id}/undo").status_code == 303
    assert agreed() == ["address"]


def test_what_the_person_has_changed_since_is_not_undone(desk: FlaskClient) -> None:
    choose(desk, "give")
    choose_consent(account("mina"), SHARING, ["name"])
    assert post(desk, f"/desk/person/receipts/{newest().id}/undo").status_code == 409
    assert agreed() == ["name"]


def test_what_a_desk_may_not_choose(desk: FlaskClient) -> None:
    assert choose(desk, "withdraw").status_code == 409
    assert "The consent stands like this already" in choose(desk, "withdraw").text
    for sharing, act in (("welfare-to-tax-by-law", "give"), ("nothing", "give"), (SHARING, "narrow")):
        assert choose(desk, act, sharing).status_code == 422
    database.session.rollback()
    assert database.session.scalars(select(Consent)).all() == []


def test_a_person_without_an_account_consents_too(country: Country, desk: FlaskClient) -> None:
    newcomer = {"claim": claim(2), "present": "y", "display_name": "Okja", "district": "", "language": "ko"}
    assert post(desk, "/desk/registration", **newcomer).status_code == 303
    assert choose(desk, "give").status_code == 303
    assert agreed() == ["address", "name"]
    # An answer would reach nobody.
    assert desk.get(CORRECTION).status_code == 404


def test_a_correction_is_asked_for_and_the_clerk_does_not_see_the_datum(
    country: Country, desk: FlaskClient, people: People
) -> None:
    assert STREET not in desk.get(CORRECTION).text
    done = ask(desk, country)
    receipt = desk.get(done.location).text
    assert "Request to correct: Welfare, Address" in receipt
    assert STREET not in receipt
    assert newest_types(2) == ["access-records:correction:request", "accounts:desk:act"]
    correction = database.session.scalars(select(CorrectionRequest)).one()
    assert (correction.state, correction.wanted_value) == ("open", "3 Market Lane")
    mina = people.sign_in("mina")
    assert "Request for correction or deletion" in mina.get("/data/acted").text
    assert "Waiting for an answer" in mina.get("/data/held").text
    assert ask(desk, country).status_code == 409
    assert ask(desk, country, "name").status_code == 404
    assert ask(desk, country, wanted_value="").status_code == 422
    assert post(desk, CORRECTION, datum="", kind="deletion", text="Why").status_code == 422


def test_a_request_is_taken_back_until_it_is_answered(
    country: Country, desk: FlaskClient, people: People
) -> None:
    ask(desk, country)
    assert post(desk, f"/desk/person/receipts/{newest().id}/undo").status_code == 303
    assert newest_types(2) == ["access-records:correction:withdraw", "accounts:desk:undo"]
    assert "Taken back" in people.sign_in("mina").get("/data/held").text
    first = database.session.scalars(select(CorrectionRequest.reference)).one()
    assert ask(desk, country).status_code == 303
    database.session.rollback()
    second = database.session.scalars(
        select(CorrectionRequest.reference).where(CorrectionRequest.reference != first)
    ).one()
    corrections.answer_correction(account("official"), second, granted=False, answer="It is right.")
    assert post(desk, f"/desk/person/receipts/{newest().id}/undo").status_code == 409
