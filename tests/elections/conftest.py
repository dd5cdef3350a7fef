"""Fixtures of this room's tests."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import Account
from app.accounts.services.sign_in import begin_session
from app.platform.transaction import transaction
from tests.elections.pages import SignIn


@pytest.fixture
def sign_in(app: Flask, db: object) -> SignIn:
    """A browser in which the account is signed in."""

    def act(account: Account) -> FlaskClient:
        client = app.test_client()
        with transaction():
            identifier = begin_session(account, passed=True)
        with client.session_transaction() as session:
            session["sid"] = identifier
        return client

    return act
