"""How the database is opened: SQLite's PRAGMAs and BEGIN, a session that only `transaction()` may commit."""

import sqlite3
import time
from collections.abc import Callable
from typing import Any

from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, Engine, MetaData, event
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT_MS = 5_000
POOL_SIZE = 32
# A server has 100 connections by default; two web workers, the jobs and the sequencer share them.
SERVER_POOL_SIZE, SERVER_OVERFLOW = 16, 20
# How long after its last use a server's connection is taken without a try.
TRUSTED_SECONDS = 1.0
USED_AT = "used_at"
# What a connection that writes is asked for, by the name of the dialect.
WRITING = {"sqlite": {"sqlite_begin": "IMMEDIATE"}, "postgresql": {"isolation_level": "READ COMMITTED"}}
NAMING_CONVENTION = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite's primary result codes that mean "not now", as opposed to a fault of ours.
SQLITE_NOT_NOW = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}
PRIMARY_CODE = 0xFF


class Base(DeclarativeBase):
    """The base of every table; constraints get names, so that migrations can drop them on SQLite too."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class WriteOutsideTransaction(Exception):
    """Something was added, changed or committed outside `with transaction():`."""

    def __init__(self) -> None:
        super().__init__("write inside `with transaction():`; it commits")


class GuardedSession(Session):
    """Reads anywhere; writes only while `transaction()` has opened it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        # Inside a commit group the session begins a savepoint of the group's transaction.
        super().__init__(*args, join_transaction_mode="create_savepoint", **options)
        self.writing = False
        # While writing: the commit group's connection on SQLite, elsewhere an engine with transactions.
        self.write_bind: Engine | Connection | None = None

    def get_bind(self, *_: Any, **__: Any) -> Engine | Connection:
        """What statements go to: one database, one way to read it and one to write it."""
        return self._db.engine if self.write_bind is None else self.write_bind

    def commit(self) -> None:
        """Refused: `with transaction():` commits."""
        raise WriteOutsideTransaction

    def finish_writing(self) -> None:
        """Commit; for `transaction()` only."""
        super().commit()

    def has_changes(self) -> bool:
        """Whether anything waits to be written."""
        return bool(self.new or self.deleted or any(map(self.is_modified, self.dirty)))


@event.listens_for(GuardedSession, "before_flush")
def _refuse_stray_flush(session: GuardedSession, *_: object) -> None:
    if not session.writing and session.has_changes():
        raise WriteOutsideTransaction


@event.listens_for(GuardedSession, "do_orm_execute")
def _refuse_stray_statement(state: ORMExecuteState) -> None:
    is_write = state.is_insert or state.is_update or state.is_delete
    if is_write and not state.session.writing:  # type: ignore[attr-defined]
        raise WriteOutsideTransaction


def engine_options(address: str) -> dict[str, Any]:
    """Options of the engine for the database at `address`."""
    options: dict[str, Any] = {"pool_size": POOL_SIZE, "max_overflow": POOL_SIZE, "pool_timeout": 10}
    # The values of a statement that fails are people's data, and its error goes into the log.
    options["hide_parameters"] = True
    if not address.startswith("sqlite"):
        options |= {"pool_size": SERVER_POOL_SIZE, "max_overflow": SERVER_OVERFLOW}
        # READ COMMITTED shows each statement the present state anyway, so a read needs no transaction around
        # it, nor the two round trips that begin and end one.
        options |= {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}
    return options


def prepare_engine(engine: Engine) -> None:
    """Make SQLite durable and its transactions explicit; try a server's connections before they are used."""
    if engine.dialect.name != "sqlite":
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", _ensure_alive)
        return
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    # Each member of a commit group has a savepoint; SQLAlchemy would compile a statement for each name.
    engine.dialect.do_savepoint = _statement("SAVEPOINT")  # type: ignore[assignment,method-assign]
    engine.dialect.do_release_savepoint = _statement("RELEASE")  # type: ignore[assignment,method-assign]


def is_unavailable(error: BaseException) -> bool:
    """Whether the database refuses for now (down, locked, full), as opposed to a fault of ours."""
    if isinstance(error, PoolTimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        return (getattr(error.orig, "sqlite_errorcode", 0) & PRIMARY_CODE) in SQLITE_NOT_NOW
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)


def _statement(words: str) -> Callable[[Connection, str], None]:
    def execute(connection: Connection, name: str) -> None:
        connection.exec_driver_sql(f"{words} {name}")

    return execute


def _note_use(_: object, record: ConnectionPoolEntry) -> None:
    record.info[USED_AT] = time.monotonic()


def _ensure_alive(connection: Any, record: ConnectionPoolEntry, _: object) -> None:
    """Replace a connection that died with the server's restart before a request meets it.

    What was in use a moment ago is not asked: that would be a third of a busy request's round trips.
    """
    if time.monotonic() - record.info.get(USED_AT, 0.0) < TRUSTED_SECONDS:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except Exception as failure:
        raise DisconnectionError from failure


def _on_connect(connection: sqlite3.Connection, _: object) -> None:
    # Python's own implicit BEGIN is turned off: `_on_begin` says which kind is meant.
    connection.isolation_level = None
    for pragma in (
        # First, so that switching to WAL waits too when two processes start at once.
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        # Erased rows are overwritten, so that what was deleted is gone from the file.
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    # Readers begin DEFERRED and never wait for a writer; writers ask for the lock at once, because
    # upgrading a read is refused whatever the busy timeout.
    kind = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {kind}")
