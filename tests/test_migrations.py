"""Every migration: up, down, up again, on both databases; together they make exactly the models' tables."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import OperationalError

from app import create_app
from app.extensions import db
from config import Testing, database_url
from tests.conftest import POSTGRESQL, make_schema

LOCAL_POSTGRESQL = "postgresql://127.0.0.1/test?user=postgres&connect_timeout=2"
SCHEMA = f"hwabaek_migrations_{os.getpid()}"


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'migrated.sqlite3'}"
        return
    server = database_url(POSTGRESQL or LOCAL_POSTGRESQL, tmp_path)
    try:
        address = make_schema(server, SCHEMA)
    except OperationalError as error:
        pytest.skip(f"no PostgreSQL answers at {server.partition('?')[0]}: {type(error.orig).__name__}")
    yield address
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text(f'DROP SCHEMA "{SCHEMA}" CASCADE'))
    engine.dispose()


@pytest.fixture
def app(address: str, tmp_path: Path) -> Iterator[Flask]:
    """The application over it."""
    application = create_app(Testing(data_dir=tmp_path, database_url=address))
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


def tables() -> set[str]:
    """Without those that FTS5 keeps for itself."""
    return {name for name in inspect(db.engine).get_table_names() if not name.startswith("search_index")}


def test_up_down_up(app: Flask) -> None:
    upgrade()
    check()
    assert tables() == {*db.metadata.tables, "alembic_version"}
    downgrade(revision="base")
    assert tables() == {"alembic_version"}
    upgrade()
    check()


def test_foreign_keys_are_on_again_afterwards(app: Flask) -> None:
    upgrade()
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
