"""A database that is locked, full or gone: 503 and when to come back, nothing written, no restart needed."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from app.accounts.models import Account
from app.extensions import db as database
from app.platform import database as platform_database
from app.platform.database import is_unavailable
from tests.conftest import PASSWORD, POSTGRESQL, csrf_token

pytestmark = pytest.mark.skipif(bool(POSTGRESQL), reason="these break SQLite's file")


def register(app: Flask, email: str):
    client = app.test_client()
    form = {"email": email, "display_name": "Mina", "password": PASSWORD, "district": ""}
    return client.post("/account/register", data=form | {"csrf_token": csrf_token(client)})


def account_count(app: Flask) -> int:
    with app.app_context():
        return database.session.scalar(select(func.count()).select_from(Account)) or 0


@pytest.fixture
def other_writer(app: Flask) -> Iterator[sqlite3.Connection]:
    """Somebody with a connection of their own, such as a backup or a person at a prompt."""
    with app.app_context():
        connection = sqlite3.connect(database.engine.url.database or "", isolation_level=None)
    yield connection
    connection.close()


def test_locked_by_somebody_else(
    app: Flask, other_writer: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform_database, "BUSY_TIMEOUT_MS", 100)
    with app.app_context():
        database.engine.dispose()
    other_writer.execute("BEGIN IMMEDIATE")
    refused = register(app, "mina@example.org")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
    assert "database-unavailable" in refused.text
    # Readers do not wait, and do not notice.
    assert app.test_client().get("/healthz").status_code == 200
    assert account_count(app) == 0
    other_writer.execute("ROLLBACK")
    assert register(app, "mina@example.org").status_code == 303
    assert account_count(app) == 1


def test_full_disk_and_room_again(app: Flask) -> None:
    full = True

    def limit_pages(connection: sqlite3.Connection, _: object) -> None:
        if full:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count={pages}")

    with app.app_context():
        event.listen(database.engine, "connect", limit_pages)
        database.engine.dispose()
    statuses = [register(app, f"a{number}{'x' * 60}@example.org").status_code for number in range(60)]
    assert set(statuses) <= {303, 503}
    assert 503 in statuses
    assert account_count(app) == statuses.count(303)
    full = False
    with app.app_context():
        database.engine.dispose()
    assert register(app, "mina@example.org").status_code == 303


def test_a_database_that_is_gone(app: Flask, tmp_path: Path) -> None:
    client = app.test_client()
    with app.app_context():
        database.engine.dispose()
    path = tmp_path / "test.sqlite3"
    path.rename(tmp_path / "away")
    path.mkdir()
    for address in ("/healthz", "/sign-in?next=/", "/elections/"):
        answer = client.get(address)
        assert answer.status_code in {200, 503}
        assert answer.status_code == 503 or address.startswith("/sign-in")
    path.rmdir()
    (tmp_path / "away").rename(path)
    assert client.get("/healthz").status_code == 200


def test_our_own_mistakes_are_not_the_databases(app: Flask) -> None:
    with app.app_context(), pytest.raises(OperationalError) as mistake:
        database.session.execute(select(func.no_such_function()))
    assert not is_unavailable(mistake.value)
    assert not is_unavailable(ZeroDivisionError())
