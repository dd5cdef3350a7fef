"""Signing with an account in a browser: what is shown before, what has become of it, taking it back."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.accounts.models import Account
from app.accounts.services.persons import verify_account
from app.ledger.models import LedgerEntry
from app.petitions.models import Follower, Petition, Signature
from app.petitions.queries.facts import get_facts
from app.petitions.rules.life import PetitionState
from app.petitions.rules.signing import SignatureState
from app.petitions.services.counting import fold_totals
from app.petitions.services.signing import change_signature, lock_signature
from app.platform.transaction import transaction
from tests.conftest import People, csrf_token
from tests.petitions.kit import found_town, open_petition

PAGE = "/petitions/library"


@pytest.fixture
def people(app: Flask, people: People) -> People:
    """Mina is verified and lives in Hill; Jun has confirmed an address only; a petition is open."""
    with app.app_context():
        found_town()
        open_petition()
        open_petition("assembly", "national-assembly")
    people.create("mina", district="hill", identity="901314-1000000")
    people.create("jun", district="hill")
    return people


@pytest.fixture
def mina(people: People) -> FlaskClient:
    """Her browser."""
    return people.sign_in("mina")


def post(client: FlaskClient, path: str, **fields: str) -> Any:
    return client.post(path, data={"csrf_token": csrf_token(client)} | fields)


def test_the_page_says_what_becomes_public_and_one_press_signs(mina: FlaskClient, db: Any) -> None:
    page = mina.get(f"{PAGE}/sign").text
    assert "This becomes public" in page
    assert "verified person" in page
    assert "North" in page
    assert post(mina, f"{PAGE}/signatures").location == f"{PAGE}/signature"
    mine = mina.get(f"{PAGE}/signature").text
    assert "You have signed" in mine
    for state in ("Received", "Confirmed", "In the total", "In the public ledger", "Withdraw my signature"):
        assert state in mine
    assert db.session.scalar(select(func.count()).select_from(Follower)) == 0
    assert mina.get(f"{PAGE}/sign").location == f"{PAGE}/signature"
    petition = mina.get(PAGE).text
    assert "See your signature" in petition
    assert "Sign this petition" not in petition


def test_the_box_makes_the_signer_follow(mina: FlaskClient, db: Any) -> None:
    post(mina, f"{PAGE}/signatures", follow="y")
    assert db.session.scalar(select(func.count()).select_from(Follower)) == 1


def test_signing_twice_leads_to_the_signature(mina: FlaskClient) -> None:
    post(mina, f"{PAGE}/signatures")
    again = post(mina, f"{PAGE}/signatures")
    assert again.location == f"{PAGE}/signature"
    assert "You have signed this petition already" in mina.get(again.location).text


def test_withdrawing_is_one_press_and_signing_again_another(mina: FlaskClient, db: Any) -> None:
    post(mina, f"{PAGE}/signatures")
    assert post(mina, f"{PAGE}/signatures/withdraw").location == f"{PAGE}/signature"
    assert "counts no more" in mina.get(f"{PAGE}/signature").text
    assert "This becomes public" in mina.get(f"{PAGE}/sign").text
    post(mina, f"{PAGE}/signatures")
    fold_totals()
    assert db.session.scalar(select(Petition.signature_count).where(Petition.reference == "library")) == 1


def test_an_invalidated_signature_says_why(mina: FlaskClient, db: Any) -> None:
    post(mina, f"{PAGE}/signatures")
    with transaction():
        found = lock_signature(Signature.id > 0)
        change_signature(get_facts("library"), found, SignatureState.INVALIDATED, {"reason": "automated"})
        db.session.execute(update(Signature).values(reason_code="automated"))
    page = mina.get(f"{PAGE}/signature").text
    assert "It came from a program." in page
    assert "Object to this" in page
    assert post(mina, f"{PAGE}/signatures/withdraw").status_code == 409


@pytest.mark.parametrize("state", [PetitionState.CLOSED, PetitionState.JOINED, PetitionState.STOPPED])
def test_withdrawing_stays_possible_until_the_archive(
    mina: FlaskClient, db: Any, state: PetitionState
) -> None:
    post(mina, f"{PAGE}/signatures")
    with transaction():
        db.session.execute(update(Petition).values(state=state))
    assert "Withdraw my signature" in mina.get(f"{PAGE}/signature").text
    assert post(mina, f"{PAGE}/signatures/withdraw").status_code == 303
    fold_totals()
    db.session.rollback()
    assert db.session.scalars(select(Signature.state)).one() == "withdrawn"
    assert db.session.scalar(select(Petition.signature_count).where(Petition.reference == "library")) == 0
    page = mina.get(f"{PAGE}/signature").text
    assert "Sign again" not in page
    assert post(mina, f"{PAGE}/signatures").status_code == 409


def test_nobody_withdraws_from_an_archived_petition(mina: FlaskClient, db: Any) -> None:
    post(mina, f"{PAGE}/signatures")
    with transaction():
        db.session.execute(update(Petition).values(state=PetitionState.ARCHIVED))
    assert "Withdraw my signature" not in mina.get(f"{PAGE}/signature").text
    assert post(mina, f"{PAGE}/signatures/withdraw").status_code == 409


def test_what_is_missing_is_said_with_the_way_to_get_it(people: People) -> None:
    jun = people.sign_in("jun")
    page = jun.get("/petitions/assembly/sign").text
    assert "Only verified persons can do this here" in page
    assert "Show your identity card at a desk" in page
    assert 'action="/petitions/assembly/signatures"' not in page
    assert post(jun, "/petitions/assembly/signatures").status_code == 403
    assert "Your account is not verified" in jun.get(f"{PAGE}/sign").text


def test_a_stranger_is_led_to_the_sign_in_and_back(people: People, client: FlaskClient) -> None:
    page = client.get("/petitions/assembly/sign").text
    assert "/sign-in?next=/petitions/assembly/sign" in page.replace("%2F", "/")


def test_who_signed_by_address_and_is_verified_later_counts_once(people: People, db: Any) -> None:
    jun = people.sign_in("jun")
    post(jun, f"{PAGE}/signatures")
    account = db.session.scalars(select(Account).where(Account.display_name == "Jun")).one()
    verify_account(account, "911231-1000000")
    post(jun, f"{PAGE}/signatures")
    db.session.rollback()
    states = [
        (row.level, row.state, row.reason_code)
        for row in db.session.scalars(select(Signature).order_by(Signature.id))
    ]
    assert states == [("email", "withdrawn", "same-person"), ("verified", "counted", None)]
    (entry,) = db.session.scalars(
        select(LedgerEntry).where(LedgerEntry.type == "petitions:signature:withdraw")
    )
    assert entry.public["reason"] == "same-person"
    assert "Withdraw my signature" in jun.get(f"{PAGE}/signature").text
    post(jun, f"{PAGE}/signatures/withdraw")
    db.session.rollback()
    assert {row.state for row in db.session.scalars(select(Signature))} == {"withdrawn"}


def test_my_signatures_are_listed_with_what_they_are_worth(mina: FlaskClient) -> None:
    assert "You have signed no petition yet" in mina.get("/petitions/mine/signed").text
    post(mina, f"{PAGE}/signatures")
    page = mina.get("/petitions/mine/signed").text
    assert "Open the library on Sundays" in page
    assert "Counts" in page


def test_others_see_nothing_of_it(mina: FlaskClient, people: People, client: FlaskClient) -> None:
    post(mina, f"{PAGE}/signatures")
    assert people.sign_in("jun").get(f"{PAGE}/signature").status_code == 404
    assert client.get(f"{PAGE}/signature").location.startswith("/sign-in")
