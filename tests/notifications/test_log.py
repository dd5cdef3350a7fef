"""What goes wrong is logged without the people it happened to."""

import logging
from smtplib import SMTPRecipientsRefused

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.accounts.services.roles import NewAccount, create_account
from app.extensions import db
from app.notifications import mail
from app.notifications import services as notifications
from app.notifications.models import OutboxMessage
from app.platform.transaction import transaction

ADDRESS = "haneul@example.org"


def test_a_refused_address_is_not_logged(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise SMTPRecipientsRefused({ADDRESS: (550, b"no such mailbox")})

    monkeypatch.setattr(mail, "send", refuse)
    with app.app_context(), caplog.at_level(logging.INFO):
        account = create_account(NewAccount(ADDRESS, "Haneul", "!"))
        with transaction():
            notifications.queue(account.id, "accounts/password_changed")
        notifications.deliver_due()
        assert db.session.query(OutboxMessage).count() == 1
    assert "was not sent: SMTPRecipientsRefused" in caplog.text
    assert ADDRESS not in caplog.text


def test_a_failing_statement_does_not_repeat_its_values(app: Flask) -> None:
    with app.app_context(), pytest.raises(DBAPIError) as caught:
        db.session.execute(text("SELECT :address FROM no_such_table"), {"address": ADDRESS})
    assert ADDRESS not in str(caught.value)
