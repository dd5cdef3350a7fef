"""Signing in and out: sessions renewed, limits kept, nobody told who has an account."""

import statistics
import time
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import AccountSession
from app.accounts.services.passwords import NOBODY, hash_password, is_password
from app.platform import clock
from tests.conftest import PASSWORD, People, csrf_token


def try_sign_in(client: FlaskClient, email: str, password: str, **fields: str):
    form = {"email": email, "password": password, "csrf_token": csrf_token(client), **fields}
    return client.post("/sign-in", data=form)


def test_sign_in_shows_my_page(people: People) -> None:
    people.create("mina")
    response = people.sign_in("mina").get("/account/")
    assert response.status_code == 200
    assert "mina@example.org" in response.text


def test_the_session_is_new_at_sign_in(app: Flask, people: People) -> None:
    people.create("mina")
    client = app.test_client()
    token = csrf_token(client)
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
        session["sid"] = "chosen-by-an-attacker"
    assert try_sign_in(client, "mina@example.org", PASSWORD).status_code == 303
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session["sid"] != "chosen-by-an-attacker"
        first = session["sid"]
    assert csrf_token(client) != token
    assert try_sign_in(client, "mina@example.org", PASSWORD).status_code == 303
    with client.session_transaction() as session:
        assert session["sid"] != first


def test_signing_out_ends_the_session_for_stolen_cookies_too(app: Flask, people: People) -> None:
    people.create("mina")
    client = people.sign_in("mina")
    with client.session_transaction() as session:
        stolen = dict(session)
    assert client.post("/sign-out", data={"csrf_token": csrf_token(client)}).status_code == 303
    thief = app.test_client()
    with thief.session_transaction() as session:
        session.update(stolen)
    assert thief.get("/account/session.json").get_json()["signed_in"] is False
    with app.app_context():
        from_table = app.extensions["sqlalchemy"].session.scalars(select(AccountSession)).all()
        assert from_table == []


def test_a_session_ends_after_twelve_hours(people: People) -> None:
    people.create("mina")
    client = people.sign_in("mina")
    try:
        clock.set_offset(timedelta(hours=12, minutes=1))
        assert client.get("/account/").status_code == 303
    finally:
        clock.set_offset(timedelta())


def test_known_and_unknown_addresses_get_the_same_answer(app: Flask, people: People) -> None:
    people.create("mina")
    known = try_sign_in(app.test_client(), "mina@example.org", "wrong password")
    unknown = try_sign_in(app.test_client(), "nemo@example.org", "wrong password")
    assert known.status_code == unknown.status_code == 401
    assert _without_variables(known.text, "mina") == _without_variables(unknown.text, "nemo")


def test_known_and_unknown_addresses_take_the_same_time(app: Flask) -> None:
    app.config["PASSWORD_MEMORY_KIB"] = 47_104
    with app.app_context():
        real = hash_password(PASSWORD)
        known = statistics.median(_seconds(real) for _ in range(7))
        unknown = statistics.median(_seconds(None) for _ in range(7))
    assert "m=47104,t=1,p=1" in real
    assert 0.5 < known / unknown < 2


def _seconds(password_hash: str | None) -> float:
    # Of the processor, not of the clock on the wall: other processes do not count.
    began = time.process_time()
    assert not is_password(password_hash, "wrong password")
    return time.process_time() - began


def test_nobody_has_the_password_of_nobody(app: Flask) -> None:
    with app.app_context():
        assert not is_password(None, "")
        assert not is_password(NOBODY.format(memory=64), PASSWORD)
        assert is_password(hash_password(PASSWORD), PASSWORD)


def test_guessing_is_stopped_for_the_account_and_says_when_to_return(app: Flask, people: People) -> None:
    people.create("mina")
    for _ in range(10):
        assert try_sign_in(app.test_client(), "mina@example.org", "wrong password").status_code == 401
    refused = try_sign_in(app.test_client(), "mina@example.org", PASSWORD)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 900
    try:
        clock.set_offset(timedelta(minutes=15))
        assert try_sign_in(app.test_client(), "mina@example.org", PASSWORD).status_code == 303
    finally:
        clock.set_offset(timedelta())


def test_guessing_many_addresses_is_stopped_for_the_network(app: Flask) -> None:
    statuses = [
        try_sign_in(app.test_client(), f"a{n}@example.org", "wrong password").status_code for n in range(61)
    ]
    assert statuses == [401] * 60 + [429]


def test_signing_in_often_is_no_attempt(people: People) -> None:
    people.create("mina")
    for _ in range(12):
        people.sign_in("mina")


def test_next_leads_back_but_never_away(app: Flask, people: People) -> None:
    people.create("mina")
    answer = try_sign_in(app.test_client(), "mina@example.org", PASSWORD, next="/how-it-works?a=b")
    assert answer.location == "/how-it-works?a=b"
    for elsewhere in (
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:x",
    ):
        answer = try_sign_in(app.test_client(), "mina@example.org", PASSWORD, next=elsewhere)
        assert answer.location == "/account/", elsewhere


def test_a_page_that_needs_signing_in_leads_there_and_back(client: FlaskClient) -> None:
    response = client.get("/account/?page=2")
    assert response.status_code == 303
    assert response.location == "/sign-in?next=/account/?page%3D2"


def _without_variables(page: str, name: str) -> str:
    lines = [line for line in page.replace(name, "NAME").splitlines() if "csrf_token" not in line]
    return "\n".join(lines)
