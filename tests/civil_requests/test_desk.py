"""A request at a desk: sent for who is present, and taken back as long as nobody has answered."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import DeskActRecord
from app.accounts.policy import Role
from app.accounts.services.persons import verify_account
from app.civil_requests.models import CivilRequest
from app.civil_requests.services import handling
from app.extensions import db as database
from app.ledger.models import LedgerEntry
from tests.civil_requests.conftest import POTHOLE, Town
from tests.conftest import People, csrf_token

FILE = "/desk/person/acts/civil-requests:request:file"
CLAIM = "900101-2345678"


@pytest.fixture
def desk(town: Town, people: People) -> FlaskClient:
    """A clerk's browser that serves Mina."""
    people.create("clerk", Role.CLERK, agency_id=town.agencies["Parks"])
    verify_account(town.account("mina"), CLAIM)
    client = people.sign_in("clerk")
    assert post(client, "/desk/", claim=CLAIM, present="y").status_code == 303
    return client


def post(client: FlaskClient, path: str, **fields: str):
    return client.post(path, data={"csrf_token": csrf_token(client)} | fields)


def file(client: FlaskClient, town: Town, **fields: str):
    usual = {"title": POTHOLE.title, "text": POTHOLE.text, "kind": "grievance"}
    return post(client, FILE, **(usual | {"agency": str(town.agencies["Roads"])} | fields))


def newest() -> DeskActRecord:
    database.session.rollback()
    return database.session.scalars(select(DeskActRecord).order_by(DeskActRecord.id.desc())).first()


def request() -> CivilRequest:
    database.session.rollback()
    return database.session.scalars(select(CivilRequest)).one()


def test_a_request_is_sent_and_stands_with_its_filer(town: Town, desk: FlaskClient, people: People) -> None:
    receipt = desk.get(file(desk, town).location).text
    assert f"Request “{POTHOLE.title}”" in receipt
    assert (request().state, request().text) == ("open", POTHOLE.text)
    types = list(database.session.scalars(select(LedgerEntry.type).order_by(LedgerEntry.id.desc()).limit(2)))
    assert types == ["accounts:desk:act", "civil-requests:request:file"]
    leaves = database.session.scalars(select(LedgerEntry.leaf)).all()
    assert not any(POTHOLE.text.encode() in leaf for leaf in leaves)
    mina = people.sign_in("mina")
    assert POTHOLE.title in mina.get("/civil-requests/mine").text
    assert "Request to an agency" in mina.get("/data/acted").text
    assert POTHOLE.title in people.sign_in("roadman").get("/civil-requests/waiting").text
    assert post(mina, f"/data/acted/{newest().id}/undo").status_code == 303
    assert request().state == "withdrawn"


def test_what_was_answered_is_not_taken_back(town: Town, desk: FlaskClient) -> None:
    file(desk, town)
    handling.answer_request(town.account("roadman"), request().reference, "We filled it.")
    assert post(desk, f"/desk/person/receipts/{newest().id}/undo").status_code == 409
    assert request().state == "answered"


def test_a_form_that_lacks_something_sends_nothing(town: Town, desk: FlaskClient) -> None:
    assert file(desk, town, title="").status_code == 422
    assert file(desk, town, agency="999").status_code == 422
    database.session.rollback()
    assert database.session.scalars(select(CivilRequest)).all() == []


def test_who_has_no_account_is_offered_none(desk: FlaskClient) -> None:
    newcomer = {"claim": "550505-1234567", "present": "y", "display_name": "Okja"}
    post(desk, "/desk/registration", **newcomer, district="", language="ko")
    assert desk.get(FILE).status_code == 404
