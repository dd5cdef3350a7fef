"""Fixtures of the whole suite: an application on an empty database, its client, its session."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import create_engine, text
from werkzeug.test import TestResponse

from app import create_app
from app.accounts import queries
from app.accounts.policy import Role
from app.accounts.rules import totp_code, totp_step
from app.accounts.services.passwords import hash_password
from app.accounts.services.roles import NewAccount, create_account
from app.accounts.services.second_factor import install_totp
from app.extensions import db as database
from app.platform import clock
from app.platform.transaction import transaction
from config import Testing, database_url

TOTP_SECRET = b"a secret of the tests"[:20]
PASSWORD = "correct horse battery staple"
POSTGRESQL = os.environ.get("DATABASE_URL_TEST", "")


class SharedTemplates(BytecodeCache):
    """Templates compiled once for all applications of the run."""

    def __init__(self) -> None:
        self.codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled before."""
        if bucket.key in self.codes:
            bucket.bytecode_from_string(self.codes[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled now."""
        self.codes[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = SharedTemplates()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> str | Path:
    """A database with every table and no rows: a file to copy, or the address of a PostgreSQL one."""
    folder = tmp_path_factory.mktemp("empty")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    if POSTGRESQL:
        address = make_schema(database_url(POSTGRESQL, folder), f"hwabaek_test_{worker}_{os.getpid()}")
        make_tables(Testing(data_dir=folder, database_url=address))
        return address
    path = folder / "empty.sqlite3"
    make_tables(Testing(data_dir=folder, database_url=f"sqlite:///{path}"))
    return path


@pytest.fixture
def config(empty_database: str | Path, tmp_path: Path) -> Testing:
    """Settings of one test: its own data folder and its own empty database."""
    if isinstance(empty_database, str):
        empty_tables(empty_database)
        return Testing(data_dir=tmp_path, database_url=empty_database)
    shutil.copy(empty_database, tmp_path / "test.sqlite3")
    return Testing(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'test.sqlite3'}")


@pytest.fixture
def app(config: Testing) -> Iterator[Flask]:
    """The application on an empty database."""
    application = create_app(config)
    application.test_client_class = Browser
    application.jinja_env.bytecode_cache = TEMPLATES
    yield application
    with application.app_context():
        database.session.remove()
        database.engine.dispose()


@contextmanager
def new_town(empty_database: str | Path, folder: Path) -> Iterator[Flask]:
    """An application on an empty database of its own, within its context: for tests that share one town."""
    if isinstance(empty_database, str):
        empty_tables(empty_database)
        config = Testing(data_dir=folder, database_url=empty_database)
    else:
        shutil.copy(empty_database, folder / "test.sqlite3")
        config = Testing(data_dir=folder, database_url=f"sqlite:///{folder / 'test.sqlite3'}")
    application = create_app(config)
    application.test_client_class = Browser
    application.jinja_env.bytecode_cache = TEMPLATES
    with application.app_context():
        yield application
        database.session.remove()
        database.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts."""
    return app.test_client()


@pytest.fixture
def people(app: Flask) -> "People":
    """Accounts to act as."""
    return People(app)


@pytest.fixture
def db(app: Flask) -> Iterator[object]:
    """The database inside an application context."""
    with app.app_context():
        yield database


class Browser(FlaskClient):
    """A client whose requests never see the test's own application context, as in real life."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        """Send one request from a clean context."""
        return Context().run(super().open, *args, **options)


class People:
    """Makes accounts and signs them in."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.password_hash = hash_password(PASSWORD)

    def create(self, name: str, *roles: Role, **options: Any) -> int:
        """Create a confirmed account `name`@example.org and answer its number."""
        with self.app.app_context():
            wanted = NewAccount(
                email=f"{name}@example.org",
                display_name=name.title(),
                password_hash=self.password_hash,
                roles=roles or (Role.CITIZEN,),
                **options,
            )
            return create_account(wanted).id

    def sign_in(self, name: str) -> FlaskClient:
        """A browser in which the account is signed in, through the real form."""
        client = self.app.test_client()
        form = {"email": f"{name}@example.org", "password": PASSWORD, "csrf_token": csrf_token(client)}
        response = client.post("/sign-in", data=form)
        assert response.status_code == 303, response.text
        if response.location.startswith("/account/second-factor"):
            self.enter_code(name, client)
        return client

    def enter_code(self, name: str, client: FlaskClient) -> None:
        """Pass the second factor with a fresh authenticator's code."""
        with self.app.app_context(), transaction():
            install_totp(queries.find_account(f"{name}@example.org"), TOTP_SECRET)
        code = totp_code(TOTP_SECRET, totp_step(clock.now()))
        form = {"code": code, "csrf_token": csrf_token(client)}
        response = client.post("/account/second-factor", data=form)
        assert response.status_code == 303, response.text


def csrf_token(client: FlaskClient) -> str:
    """The token that belongs to the client's present session."""
    return client.get("/account/session.json").get_json()["csrf_token"]


def make_tables(config: Testing) -> None:
    """Create every table; close every connection, so that a SQLite file can be copied."""
    application = create_app(config)
    with application.app_context():
        database.create_all()
        database.session.remove()
        database.engine.dispose()


def make_schema(address: str, name: str) -> str:
    """Make an empty schema on the server and return the address that uses it."""
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.execute(text(f'DROP SCHEMA IF EXISTS "{name}" CASCADE'))
        connection.execute(text(f'CREATE SCHEMA "{name}"'))
    engine.dispose()
    return f"{address}{'&' if '?' in address else '?'}options=-csearch_path%3D{name}%20-clock_timeout%3D60s"


def empty_tables(address: str) -> None:
    """Remove every row of every table."""
    engine = create_engine(address)
    names = ", ".join(f'"{table.name}"' for table in database.metadata.sorted_tables)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    engine.dispose()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Write each test's markers into the junit report, where .ci/check_reports.py looks for skipped ones."""
    for item in items:
        item.user_properties.extend(
            ("marker", name) for name in ("e2e", "peer", "faults") if item.get_closest_marker(name)
        )
