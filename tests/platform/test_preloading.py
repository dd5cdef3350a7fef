"""The web server's processes are made from one that has shown its busiest pages already."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app.extensions import db as database
from app.platform.preloading import preload
from tests.petitions.kit import found_town, open_petition


def test_the_first_visitors_of_a_process_are_shown_petitions_from_memory(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        found_town()
        open_petition()
    preload(app)
    statements: list[str] = []
    with app.app_context():
        event.listen(database.engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
    for path in ("/petitions/", "/petitions/library"):
        assert client.get(path).status_code == 200
    assert statements == []


def test_no_connection_is_left_open_that_two_processes_would_share(app: Flask) -> None:
    is_open: dict[int, bool] = {}
    with app.app_context():
        pool = database.engine.pool
        event.listen(pool, "connect", lambda connection, _: is_open.update({id(connection): True}))
        event.listen(pool, "close", lambda connection, _: is_open.update({id(connection): False}))
    preload(app)
    assert is_open
    assert not any(is_open.values())


def test_a_database_that_cannot_be_read_does_not_stop_the_start(app: Flask) -> None:
    def refuse() -> list[str]:
        raise OperationalError("SELECT 1", {}, Exception("down"))

    app.extensions["busy_pages"] = refuse
    preload(app)
