"""Sessions: idle ends, the list, other devices, and sensitive acts that ask again."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account, AccountSession
from app.accounts.policy import Role
from app.platform import clock
from tests.conftest import PASSWORD, People, csrf_token


@pytest.fixture(autouse=True)
def clock_is_put_back() -> Iterator[None]:
    yield
    clock.set_offset(timedelta())


@pytest.mark.parametrize(("role", "minutes"), [(Role.CITIZEN, 30), (Role.TRUSTEE, 30), (Role.CLERK, 15)])
def test_an_idle_session_ends(people: People, role: Role, minutes: int) -> None:
    people.create("mina", role)
    client = people.sign_in("mina")
    clock.set_offset(timedelta(minutes=minutes - 1))
    assert client.get("/account/").status_code == 200
    # Use has moved the end.
    clock.set_offset(timedelta(minutes=2 * minutes - 2))
    assert client.get("/account/").status_code == 200
    clock.set_offset(timedelta(minutes=3 * minutes))
    assert client.get("/account/").location.startswith("/sign-in")


def test_use_is_written_once_a_minute(people: People, db: Any) -> None:
    people.create("mina")
    client = people.sign_in("mina")
    first = db.session.scalar(select(AccountSession.last_seen_at))
    for seconds, is_written in ((50, False), (70, True)):
        clock.set_offset(timedelta(seconds=seconds))
        client.get("/account/")
        db.session.rollback()
        assert (db.session.scalar(select(AccountSession.last_seen_at)) > first) is is_written


def test_what_scripts_ask_is_no_sign_of_life(people: People) -> None:
    people.create("mina")
    client = people.sign_in("mina")
    for minutes in (10, 20, 29):
        clock.set_offset(timedelta(minutes=minutes))
        assert client.get("/account/session.json").get_json()["signed_in"]
    clock.set_offset(timedelta(minutes=31))
    assert not client.get("/account/session.json").get_json()["signed_in"]


def test_a_session_elsewhere_is_seen_and_ended(people: People) -> None:
    people.create("mina")
    people.create("jun")
    here, elsewhere, stranger = people.sign_in("mina"), people.sign_in("mina"), people.sign_in("jun")
    handles = re.findall(r"/account/sessions/([0-9a-f]{64})/end", here.get("/account/security").text)
    assert len(handles) == 1
    for client, is_in in ((stranger, True), (here, False)):
        address = f"/account/sessions/{handles[0]}/end"
        assert client.post(address, data={"csrf_token": csrf_token(client)}).status_code == 303
        assert elsewhere.get("/account/session.json").get_json()["signed_in"] is is_in
    assert here.get("/account/").status_code == 200


def test_a_new_password_ends_the_other_sessions(app: Flask, people: People) -> None:
    people.create("mina")
    here, elsewhere = people.sign_in("mina"), people.sign_in("mina")
    form = {"present": "wrong", "password": "another long password"}
    answer = here.post("/account/password", data=form | {"csrf_token": csrf_token(here)})
    assert answer.status_code == 422
    form["present"] = PASSWORD
    weak = here.post(
        "/account/password", data=form | {"password": "password1", "csrf_token": csrf_token(here)}
    )
    assert weak.status_code == 422
    answer = here.post("/account/password", data=form | {"csrf_token": csrf_token(here)})
    assert answer.status_code == 303
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 303


def test_sensitive_acts_ask_again(people: People, db: Any) -> None:
    people.create("root", Role.ADMINISTRATOR)
    mina = people.create("mina")
    client = people.sign_in("root")
    clock.set_offset(timedelta(minutes=11))
    form = {"role": "trustee", "act": "grant", "csrf_token": csrf_token(client)}
    address = f"/admin/accounts/{mina}/roles"
    led = client.post(address, data=form, headers={"Referer": f"http://localhost/admin/accounts/{mina}"})
    assert (led.status_code, led.location) == (303, f"/account/proof?next=/admin/accounts/{mina}")
    assert not db.session.get(Account, mina).has_role(Role.TRUSTEE)
    refused = client.post(address, data=form, headers={"Accept": "application/json"})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "proof-needed")
    for proof, status in (("wrong", 422), (PASSWORD, 303)):
        answer = client.post(led.location, data={"proof": proof, "csrf_token": csrf_token(client)})
        assert answer.status_code == status
    assert answer.location == f"/admin/accounts/{mina}"
    assert client.post(address, data=form).location == f"/admin/accounts/{mina}"
    db.session.rollback()
    assert db.session.get(Account, mina).has_role(Role.TRUSTEE)


@pytest.mark.parametrize("path", ["/desk/attestation", "/account/second-factor/set-up"])
def test_pages_of_sensitive_acts_ask_before_they_are_filled_in(people: People, path: str) -> None:
    people.create("clerk", Role.CLERK)
    client = people.sign_in("clerk")
    assert client.get(path).status_code == 200
    clock.set_offset(timedelta(minutes=11))
    assert client.get(path).location == f"/account/proof?next={path}"
