"""From an address to an account: the same answer for everyone, one link that works once."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.accounts.models import Account
from app.accounts.policy import Role
from app.ledger.models import LedgerEntry, LedgerOpening
from app.notifications.models import OutboxMessage
from app.platform import clock
from tests.conftest import PASSWORD, People, csrf_token

Mailbox = Callable[[], list[EmailMessage]]


def register(app: Flask, email: str = "mina@example.org", password: str = PASSWORD, **headers: str):
    client = app.test_client()
    form = {"email": email, "display_name": "Mina", "password": password, "district": ""}
    return client.post("/account/register", data=form | {"csrf_token": csrf_token(client)}, headers=headers)


def link_in(message: EmailMessage) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/account/\S+)", message.get_content())
    assert found is not None
    return found[1]


def press(client: FlaskClient, link: str, **fields: str):
    return client.post(link, data={"csrf_token": csrf_token(client), **fields})


def sign_in(app: Flask, email: str, password: str) -> int:
    client = app.test_client()
    form = {"email": email, "password": password, "csrf_token": csrf_token(client)}
    return client.post("/sign-in", data=form).status_code


def test_register_confirm_sign_in(app: Flask, client: FlaskClient, db: Any, mailbox: Mailbox) -> None:
    assert register(app).status_code == 303
    assert sign_in(app, "mina@example.org", PASSWORD) == 403
    (first, second) = mailbox()
    assert first["To"] == "mina@example.org"
    link = link_in(second)
    # Opening the link changes nothing: mail scanners open links too.
    assert client.get(link).status_code == 200
    assert sign_in(app, "mina@example.org", PASSWORD) == 403
    link = link_in(mailbox()[-1])
    assert press(client, link).status_code == 303
    assert sign_in(app, "MINA@Example.org ", PASSWORD) == 303
    account = db.session.scalar(select(Account))
    assert account.roles == {Role.CITIZEN}
    assert press(client, link).status_code == 410
    assert client.get(link).status_code == 410


def test_the_acts_are_in_the_ledger_and_persons_only_as_commitments(
    app: Flask, client: FlaskClient, db: Any, mailbox: Mailbox
) -> None:
    register(app)
    press(client, link_in(mailbox()[0]))
    entries = db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)).all()
    assert [entry.type for entry in entries] == ["accounts:account:register", "accounts:account:confirm"]
    assert all(b"mina" not in entry.leaf.lower() for entry in entries)
    assert db.session.scalar(select(func.count()).select_from(LedgerOpening)) == 2


def test_a_known_address_gets_the_same_answer_and_a_mail_that_says_so(
    app: Flask, people: People, mailbox: Mailbox
) -> None:
    people.create("mina")
    known, unknown = register(app, "mina@example.org"), register(app, "nemo@example.org")
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert known.text == unknown.text
    assert [message["Subject"] for message in mailbox()] == [
        "You already have an account at Hwabaek",
        "Confirm your e-mail address for Hwabaek",
    ]
    assert sign_in(app, "mina@example.org", PASSWORD) == 303


def test_what_counts_is_what_the_owner_of_the_mailbox_entered(
    app: Flask, client: FlaskClient, mailbox: Mailbox
) -> None:
    register(app, password="the attacker's password")
    register(app, password="the owner's password")
    attackers, owners = mailbox()
    assert press(client, link_in(attackers)).status_code == 410
    assert press(client, link_in(owners)).status_code == 303
    assert sign_in(app, "mina@example.org", "the attacker's password") == 401
    assert sign_in(app, "mina@example.org", "the owner's password") == 303


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "at least 8"),
        ("password1", "attackers try"),
        ("PASSWORD", "attackers try"),
        ("aaaaaaaaaaaa", "attackers try"),
        ("mina@example.org", "your e-mail address"),
        ("x" * 201, "at most 200"),
    ],
)
def test_passwords_that_would_be_guessed_are_refused(
    app: Flask, password: str, reason: str, mailbox: Mailbox
) -> None:
    response = register(app, password=password)
    assert response.status_code == 422
    assert reason in response.text
    assert mailbox() == []


def test_a_long_passphrase_is_welcome(app: Flask) -> None:
    assert (
        register(
            app, password="correct horse battery staple, said the seventh councillor of Silla at dawn"
        ).status_code
        == 303
    )


def test_a_link_dies_of_age(app: Flask, client: FlaskClient, mailbox: Mailbox) -> None:
    register(app)
    try:
        clock.set_offset(timedelta(hours=48, seconds=1))
        assert press(client, link_in(mailbox()[0])).status_code == 410
    finally:
        clock.set_offset(timedelta())


def test_reset_sets_a_password_and_ends_every_session(app: Flask, people: People, mailbox: Mailbox) -> None:
    people.create("mina")
    signed_in = people.sign_in("mina")
    stranger = app.test_client()
    known = press(stranger, "/account/reset", email="mina@example.org")
    unknown = press(stranger, "/account/reset", email="nemo@example.org")
    assert (known.status_code, known.location, known.text) == (
        unknown.status_code,
        unknown.location,
        unknown.text,
    )
    (message,) = mailbox()
    link = link_in(message)
    assert press(stranger, link, password="12345678").status_code == 422
    assert press(stranger, link, password="a brand new password").status_code == 303
    assert press(stranger, link, password="and another password").status_code == 410
    assert signed_in.get("/account/").status_code == 303
    assert sign_in(app, "mina@example.org", PASSWORD) == 401
    assert sign_in(app, "mina@example.org", "a brand new password") == 303
    assert mailbox()[-1]["Subject"] == "Your password for Hwabaek was changed"


def test_asking_without_end_is_refused(app: Flask) -> None:
    statuses = [register(app).status_code for _ in range(6)]
    assert statuses == [303] * 5 + [429]


def test_mail_is_in_the_readers_language_and_leaves_the_outbox(app: Flask, db: Any, mailbox: Mailbox) -> None:
    register(app, **{"Accept-Language": "ko"})
    (message,) = mailbox()
    assert message["Content-Language"] == "ko"
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
