"""Persons: known by a keyed fingerprint, one verified account each, attested at the desk."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.accounts.models import Account, Person
from app.accounts.policy import Role
from app.accounts.rules import ClaimNotUsable, PersonHasAccount, VerifiedAsSomebodyElse
from app.accounts.services.persons import enrol_person, verify_account
from app.ledger.models import LedgerEntry
from app.platform import keys
from app.platform.errors import PermissionDenied
from tests.conftest import People, csrf_token

CLAIM = "900101-2345678"


def attest(people: People, email: str, claim: str = CLAIM, clerk: str = "clerk", **fields: str):
    client = people.sign_in(clerk)
    form = {"email": email, "claim": claim, "present": "y", "district": "", "csrf_token": csrf_token(client)}
    return client.post("/desk/attestation", data=form | fields)


def test_a_claim_names_one_person_however_it_is_written(app: Flask, db: Any) -> None:
    first = enrol_person(CLAIM)
    assert enrol_person(" 900101 2345678 ").id == first.id
    assert enrol_person("900101-2345679").id != first.id
    with pytest.raises(ClaimNotUsable):
        enrol_person("12-3")


def test_the_rooms_above_hear_of_a_new_person_once(app: Flask, db: Any) -> None:
    heard: list[int] = []
    app.extensions["person_enrolled"] = (lambda person: heard.append(person.id),)
    person = enrol_person(CLAIM)
    enrol_person(CLAIM)
    assert heard == [person.id]


def test_the_claim_is_stored_nowhere_and_the_key_decides(app: Flask, db: Any) -> None:
    enrol_person(CLAIM)
    kept = db.session.scalars(select(Person.pseudonym)).one()
    assert "2345678" not in kept
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')):
            assert "2345678" not in str(tuple(row))
    assert len(keys.get("identity")) == 32


def test_a_clerk_attests_the_person_at_the_desk(people: People, db: Any) -> None:
    people.create("clerk", Role.CLERK)
    mina = people.create("mina")
    assert attest(people, "mina@example.org").status_code == 303
    account = db.session.get(Account, mina)
    assert (account.level, account.person_id is not None) == (2, True)
    entries = db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id.desc())).all()
    assert [entry.type for entry in entries[:2]] == ["accounts:desk:act", "accounts:person:attest"]
    assert entries[1].public == {"by": "desk"}
    assert "2: verified person" in people.sign_in("mina").get("/account/").text


def test_one_person_has_one_verified_account(people: People, db: Any) -> None:
    people.create("clerk", Role.CLERK)
    mina, twin = people.create("mina"), people.create("twin")
    assert attest(people, "mina@example.org").status_code == 303
    refused = attest(people, "twin@example.org")
    assert refused.status_code == 409
    assert "already has a verified account" in refused.text
    assert db.session.get(Account, twin).level == 1
    with pytest.raises(PersonHasAccount):
        verify_account(db.session.get(Account, twin), CLAIM)
    with pytest.raises(VerifiedAsSomebodyElse):
        verify_account(db.session.get(Account, mina), "800101-1234567")
    assert db.session.scalar(select(func.count()).where(Account.person_id.is_not(None))) == 1


def test_what_a_clerk_may_not_attest(people: People, db: Any) -> None:
    clerk = people.create("clerk", Role.CLERK)
    mina = people.create("mina")
    assert attest(people, "clerk@example.org").status_code == 403
    assert attest(people, "nemo@example.org").status_code == 404
    assert attest(people, "mina@example.org", present="").status_code == 422
    assert attest(people, "mina@example.org", claim="1").status_code == 422
    with pytest.raises(PermissionDenied):
        verify_account(db.session.get(Account, clerk), CLAIM, db.session.get(Account, mina))
