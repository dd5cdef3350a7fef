"""The year of birth: from the card at a desk, corrected, given back, and in clear nowhere in the ledger."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.accounts.models import DeskActRecord, Person
from app.accounts.policy import Role
from app.accounts.rules.birth_year import BirthYearImpossible, ensure_birth_year, read_birthdate
from app.ledger.models import LedgerEntry, LedgerOpening
from tests.conftest import People, csrf_token

CLAIM = "900101-2345678"
TODAY = date(2026, 6, 1)


@pytest.fixture
def clerk(people: People) -> FlaskClient:
    """A clerk's browser; Mina holds an account."""
    people.create("clerk", Role.CLERK)
    people.create("mina")
    return people.sign_in("clerk")


def post(client: FlaskClient, path: str, **fields: str):
    return client.post(path, data={"csrf_token": csrf_token(client)} | fields)


def attest(client: FlaskClient, **fields: str):
    form = {"email": "mina@example.org", "claim": CLAIM, "present": "y", "district": ""}
    return post(client, "/desk/attestation", **(form | fields))


def known_year(db: Any) -> int | None:
    db.session.rollback()
    return db.session.scalars(select(Person.birth_year)).one()


def newest(db: Any) -> DeskActRecord:
    db.session.rollback()
    return db.session.scalars(select(DeskActRecord).order_by(DeskActRecord.id.desc())).first()


def test_an_attestation_keeps_the_year_and_the_ledger_shows_it_to_nobody(
    clerk: FlaskClient, people: People, db: Any
) -> None:
    assert attest(clerk, birth_year="1990").status_code == 303
    assert known_year(db) == 1990
    record = newest(db)
    opening = db.session.scalars(
        select(LedgerOpening).where(LedgerOpening.entry_id == record.ledger_entry_id)
    ).first()
    assert opening.content["birth_year"] == "1990"
    assert all(b"1990" not in leaf for leaf in db.session.scalars(select(LedgerEntry.leaf)))
    mina = people.sign_in("mina")
    assert "1990" in mina.get("/account/").text
    assert "Year of birth: 1990" in mina.get(f"/data/acted/{record.id}").text
    assert post(mina, f"/data/acted/{record.id}/undo").status_code == 303
    assert known_year(db) is None


def test_the_year_may_be_left_out_and_comes_later(clerk: FlaskClient, people: People, db: Any) -> None:
    assert attest(clerk).status_code == 303
    assert known_year(db) is None
    assert "Not known" in people.sign_in("mina").get("/account/").text
    assert attest(clerk, birth_year="1991").status_code == 303
    assert known_year(db) == 1991
    assert attest(clerk).status_code == 303
    assert known_year(db) == 1991


def test_a_year_that_nobody_was_born_in_is_refused_and_nothing_is_written(
    clerk: FlaskClient, db: Any
) -> None:
    for year in ("2999", "1492", "90", "soon"):
        assert attest(clerk, birth_year=year).status_code == 422
    assert db.session.scalar(select(func.count()).select_from(Person)) == 0
    with pytest.raises(BirthYearImpossible):
        ensure_birth_year(2027, TODAY)


def test_a_desk_registers_corrects_and_gives_back(clerk: FlaskClient, db: Any) -> None:
    newcomer = {"claim": CLAIM, "present": "y", "display_name": "Okja", "district": "", "language": "ko"}
    assert post(clerk, "/desk/registration", **newcomer, birth_year="1955").status_code == 303
    registration = newest(db).id
    assert known_year(db) == 1955
    path = "/desk/person/acts/accounts:birth-year:correct"
    assert 'value="1955"' in clerk.get(path).text
    assert post(clerk, path, birth_year="").status_code == 422
    assert post(clerk, path, birth_year="1956").status_code == 303
    first = newest(db).id
    assert post(clerk, path, birth_year="1957").status_code == 303
    second = newest(db).id
    assert post(clerk, f"/desk/person/receipts/{first}/undo").status_code == 409
    assert post(clerk, f"/desk/person/receipts/{second}/undo").status_code == 303
    assert known_year(db) == 1956
    # What was corrected since is not the registration's any more.
    assert post(clerk, f"/desk/person/receipts/{registration}/undo").status_code == 303
    assert known_year(db) == 1956


def test_a_registration_that_is_undone_takes_its_year_along(clerk: FlaskClient, db: Any) -> None:
    newcomer = {"claim": CLAIM, "present": "y", "display_name": "Okja", "district": "", "language": "ko"}
    post(clerk, "/desk/registration", **newcomer, birth_year="1955")
    assert post(clerk, f"/desk/person/receipts/{newest(db).id}/undo").status_code == 303
    assert known_year(db) is None


@pytest.mark.parametrize(
    ("birthdate", "year"),
    [
        ("1990-05-01", 1990),
        ("1990", 1990),
        ("0000-05-01", None),
        ("2027", None),
        ("", None),
        ("1990-05", None),
        ("١٩٩٠", None),
        (None, None),
    ],
)
def test_a_providers_birthdate_is_read_for_its_year(app: Flask, birthdate: object, year: int | None) -> None:
    assert read_birthdate(birthdate, TODAY) == year
