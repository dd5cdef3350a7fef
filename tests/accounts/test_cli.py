"""The operator's commands."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account
from app.accounts.policy import Role


def test_the_first_administrator(app: Flask, db: Any) -> None:
    command = ["accounts", "create", "Root@Example.org", "Root", "--role", "administrator"]
    password = "correct horse battery staple"
    done = app.test_cli_runner().invoke(args=command, input=f"{password}\n{password}\n")
    assert done.exit_code == 0, done.output
    account = db.session.scalar(select(Account))
    assert (account.email, account.roles) == ("root@example.org", {Role.ADMINISTRATOR})


def test_weak_passwords_and_known_addresses_are_refused(app: Flask, db: Any) -> None:
    command = ["accounts", "create", "root@example.org", "Root"]
    weak = app.test_cli_runner().invoke(args=command, input="password\npassword\n")
    assert weak.exit_code == 1
    assert "attackers try" in weak.output
    good = "a passphrase of words\na passphrase of words\n"
    assert app.test_cli_runner().invoke(args=command, input=good).exit_code == 0
    again = app.test_cli_runner().invoke(args=command, input=good)
    assert again.exit_code == 1
    assert "already has an account" in again.output
