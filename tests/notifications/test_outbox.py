"""The outbox: sent after the commit, never without it; tried again; gone when it is sent."""

import logging
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.notifications import mail, services
from app.notifications.models import OutboxMessage
from app.notifications.rules import LONGEST_WAIT, wait_after
from app.platform import clock
from app.platform.transaction import transaction
from tests.conftest import People

TOKEN = {"token": "secret-token", "name": "Mina"}


class DeliberateFailure(Exception):
    """Raised on purpose."""


def kept(app: Flask) -> list[Path]:
    return sorted((Path(app.config["DATA_DIR"]) / "mail").glob("*.eml"))


def waiting(db: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(OutboxMessage))


def test_sent_after_the_commit_and_then_gone(app: Flask, db: Any, people: People) -> None:
    mina = people.create("mina")
    with transaction():
        services.queue(mina, "accounts/confirm", TOKEN)
        assert kept(app) == []
    (path,) = kept(app)
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert message["To"] == "mina@example.org"
    assert message["Subject"] == "Confirm your e-mail address for Hwabaek"
    assert "http://127.0.0.1:8000/account/confirm/secret-token" in message.get_content()
    assert waiting(db) == 0


def test_never_without_the_commit(app: Flask, db: Any, people: People) -> None:
    mina = people.create("mina")
    with pytest.raises(DeliberateFailure), transaction():
        services.queue(mina, "accounts/confirm", TOKEN)
        raise DeliberateFailure
    assert (kept(app), waiting(db)) == ([], 0)


def test_a_failed_message_waits_and_goes_later(
    app: Flask, db: Any, people: People, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    mina = people.create("mina")

    def refuse(*_: object) -> None:
        raise OSError

    with monkeypatch.context() as broken, caplog.at_level(logging.DEBUG):
        broken.setattr(mail, "send", refuse)
        with transaction():
            services.queue(mina, "accounts/confirm", TOKEN)
    assert waiting(db) == 1
    assert "mina@example.org" not in caplog.text
    assert "secret-token" not in caplog.text
    assert services.deliver_due() == 0
    try:
        clock.set_offset(timedelta(minutes=2))
        assert services.deliver_due() == 1
    finally:
        clock.set_offset(timedelta())
    assert (len(kept(app)), waiting(db)) == (1, 0)


def test_mail_to_an_account_that_is_gone_is_dropped(app: Flask, db: Any) -> None:
    with transaction():
        services.queue(999, "accounts/confirm", TOKEN)
    assert (kept(app), waiting(db)) == ([], 0)


def test_waits_grow_to_a_limit() -> None:
    assert [wait_after(count).total_seconds() / 60 for count in (1, 2, 3)] == [1, 2, 4]
    assert wait_after(1000) == LONGEST_WAIT
