"""The investigator's page and the oversight body's list of what is sealed."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.access_records.models import AccessRecord, SealedAccess, SystemDatum
from app.accounts.models import Account
from app.accounts.policy import Role
from app.extensions import db as database
from app.notifications.models import OutboxMessage
from app.platform import clock
from app.platform.transaction import transaction
from tests.access_records.kit import Country, claim, found_country
from tests.conftest import People, csrf_token

SECRET = "12 Riverside Street"


@pytest.fixture
def country(people: People, db) -> Country:
    """An investigator, the oversight body, and a citizen whose address the system holds."""
    made = found_country()
    people.create("sera", Role.INVESTIGATOR, agency_id=made.agency_id)
    people.create("overseer", Role.OVERSIGHT)
    citizen = people.create("mina")
    with transaction():
        database.session.get_one(Account, citizen).person_id = made.person_ids[0]
        database.session.add(
            SystemDatum(
                system_id=made.system_id, person_id=made.person_ids[0], category="address",
                value=SECRET, updated_at=clock.now(),
            )
        )  # fmt: skip
    return made


def send(client: FlaskClient, **changes: object):
    day = (clock.now() + timedelta(days=30)).date()
    usual = {
        "system": "welfare", "claim": claim(0), "purpose": "welfare-benefit", "case_number": "2026-7",
        "legal_basis": "Criminal Procedure Act, article 199", "categories": ["address"],
        "ground_kind": "court-order", "ground": "Warrant 2026-31", "expires_on-day": str(day.day),
        "expires_on-month": str(day.month), "expires_on-year": str(day.year),
        "csrf_token": csrf_token(client),
    }  # fmt: skip
    return client.post("/data/look-up/sealed", data=usual | changes)


def test_an_investigator_looks_and_the_person_sees_nothing(people: People, country: Country) -> None:
    answer = send(people.sign_in("sera"))
    assert answer.status_code == 200, answer.text
    assert SECRET in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert database.session.scalars(select(AccessRecord)).all() == []
    assert database.session.scalars(select(OutboxMessage)).all() == []
    page = people.sign_in("mina").get("/data/").text
    assert "Warrant" not in page
    assert "No access is on record here." in page


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"ground": ""}, "No seal without a ground"),
        ({"ground_kind": ""}, "Choose what allows the seal"),
        ({"expires_on-year": "2099"}, "The access cannot be sealed until that day"),
        ({"expires_on-year": "2020"}, "The access cannot be sealed until that day"),
        ({"expires_on-day": ""}, "Day on which it opens by itself"),
        ({"purpose": ""}, "No data without a purpose"),
        ({"case_number": ""}, "No data without a case"),
        ({"claim": "991301-9999999"}, "Nobody is known under this number"),
    ],
)
def test_nothing_is_shown_without_all_that_a_seal_needs(
    people: People, country: Country, changes: dict[str, str], told: str
) -> None:
    answer = send(people.sign_in("sera"), **changes)
    assert answer.status_code == 422
    assert told in answer.text
    assert SECRET not in answer.text
    assert database.session.scalars(select(SealedAccess)).all() == []


def test_oversight_sees_what_is_sealed_and_opens_it(people: People, country: Country) -> None:
    send(people.sign_in("sera"))
    overseer = people.sign_in("overseer")
    page = overseer.get("/data/oversight/seals").text
    assert "Warrant 2026-31" in page
    assert "Mina" not in page
    # The day that was entered: in Seoul it begins while it is the day before in UTC.
    assert f"opens on {(clock.now() + timedelta(days=30)):%A %-d %B %Y}" in page
    path = f"/data/oversight/seals/{database.session.scalars(select(SealedAccess.id)).one()}/open"
    assert overseer.post(path, data={"csrf_token": csrf_token(overseer)}).status_code == 422
    form = {"csrf_token": csrf_token(overseer), "reason": "The investigation is over."}
    assert overseer.post(path, data=form).status_code == 303
    assert "No access is sealed now." in overseer.get("/data/oversight/seals").text
    assert overseer.get(path).status_code == 404
    page = people.sign_in("mina").get("/data/").text
    assert "Warrant 2026-31" in page
    assert "The oversight body opened it before that day." in page
