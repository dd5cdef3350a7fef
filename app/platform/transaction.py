"""`with transaction():`, the only way to write. On SQLite it joins the process's commit group."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, current_app

from app.extensions import db
from app.platform.commit_group import GroupCommitFailed, GroupCommitter, WriteLockTimeout
from app.platform.database import GuardedSession, WriteOutsideTransaction
from app.platform.errors import DatabaseUnavailable
from app.platform.turns import Turns

Callback = Callable[[], object]
CALLBACKS = "after_commit"
# As many share one process's crowded acts; enough for a commit group to be worth its commit.
TURNS = 8


def init_app(app: Flask) -> None:
    """Give `app` its commit group where the database is SQLite; needs an application context."""
    app.extensions["turns"] = Turns(TURNS, app.config["WRITE_TIMEOUT"])
    if db.engine.dialect.name != "sqlite":
        return
    app.extensions["commit_group"] = GroupCommitter(
        db.engine,
        Path(f"{db.engine.url.database}.write"),
        delay=app.config["COMMIT_GROUP_DELAY"],
        timeout=app.config["WRITE_TIMEOUT"],
    )


@contextmanager
def in_turn() -> Iterator[None]:
    """Run the body, one that many ask for at once, a few at a time; nothing is read or locked meanwhile.

    Raises DatabaseUnavailable when no turn came in time.
    """
    session = current_session()
    if session.in_transaction():
        # Who waits holds no connection.
        session.rollback()
    turns: Turns = current_app.extensions["turns"]
    with turns.take():
        yield


@contextmanager
def transaction() -> Iterator[None]:
    """Open one write transaction over `db.session`: durable when this returns, undone when the body raises.

    Ends the read that the request has begun, so that the body sees the present state. A transaction
    inside another joins it. Raises DatabaseUnavailable when no turn came in time or the commit failed.
    """
    session = current_session()
    if session.writing:
        yield
        return
    if session.has_changes():
        raise WriteOutsideTransaction
    if session.in_transaction():
        session.rollback()
    callbacks: list[Callback] = []
    session.info[CALLBACKS] = callbacks
    group: GroupCommitter | None = current_app.extensions.get("commit_group")
    with _alone(session) if group is None else _in_group(session, group):
        yield
    for callback in callbacks:
        _run(callback)


def after_commit(callback: Callback) -> None:
    """Run `callback` once the surrounding transaction is durable; a failure is logged, not raised.

    The same callback asked for twice runs once.
    """
    session = current_session()
    if not session.writing:
        raise WriteOutsideTransaction
    callbacks: list[Callback] = session.info[CALLBACKS]
    if callback not in callbacks:
        callbacks.append(callback)


def current_session() -> GuardedSession:
    """The session of the present application context."""
    return db.session()  # type: ignore[return-value]


@contextmanager
def _alone(session: GuardedSession) -> Iterator[None]:
    with _writing(session):
        yield
        session.finish_writing()


@contextmanager
def _in_group(session: GuardedSession, group: GroupCommitter) -> Iterator[None]:
    try:
        with group.member() as connection:
            session.group_connection = connection
            try:
                with _writing(session):
                    yield
                    session.finish_writing()
            finally:
                session.group_connection = None
    except (WriteLockTimeout, GroupCommitFailed) as failure:
        current_app.logger.warning("write refused: %s", type(failure.__cause__ or failure).__name__)
        raise DatabaseUnavailable from failure


@contextmanager
def _writing(session: GuardedSession) -> Iterator[None]:
    session.writing = True
    try:
        yield
    except BaseException:
        session.rollback()
        raise
    finally:
        session.writing = False


def _run(callback: Callback) -> None:
    try:
        callback()
    except Exception:
        # The act is committed; whatever should follow it is found again by the periodic jobs.
        current_app.logger.exception("after_commit callback failed")
