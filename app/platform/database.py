"""How the database is opened: SQLite's PRAGMAs and BEGIN, and a session that only `transaction()` may commit."""

import sqlite3
from typing import Any

from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, Engine, MetaData, event
from sqlalchemy.orm import DeclarativeBase

BUSY_TIMEOUT_MS = 5_000
NAMING_CONVENTION = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of every table; constraints get names, so that migrations can drop them on SQLite too."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class WriteOutsideTransaction(Exception):
    """Something was added, changed or committed outside `with transaction():`."""


class GuardedSession(Session):
    """Reads anywhere; writes only while `transaction()` has opened it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, join_transaction_mode="create_savepoint", **options)
        self.writing = False
        self.group_connection: Connection | None = None

    def get_bind(self, *args: Any, **options: Any) -> Engine | Connection:
        """The commit group's connection inside a SQLite transaction, else the engine."""
        if self.group_connection is not None:
            return self.group_connection
        return super().get_bind(*args, **options)

    def commit(self) -> None:
        """Refused: `with transaction():` commits."""
        raise WriteOutsideTransaction("write inside `with transaction():`; it commits")

    def finish_writing(self) -> None:
        """Commit; for `transaction()` only."""
        super().commit()


@event.listens_for(GuardedSession, "before_flush")
def _refuse_stray_writes(session: GuardedSession, *_: object) -> None:
    if not session.writing and (session.new or session.dirty or session.deleted):
        raise WriteOutsideTransaction("write inside `with transaction():`")


def prepare_engine(engine: Engine) -> None:
    """Make SQLite durable and its transactions explicit; other databases need nothing."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def _on_connect(connection: sqlite3.Connection, _: object) -> None:
    # Python's own implicit BEGIN is turned off: `_on_begin` says which kind is meant.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    # Readers begin DEFERRED and never wait for a writer; writers ask for the lock at once, because
    # upgrading a read is refused whatever the busy timeout.
    kind = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {kind}")
