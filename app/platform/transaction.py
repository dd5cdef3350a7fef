"""`with transaction():` — the only way to write. See app/platform/database.py for how SQLite is opened."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import current_app

from app.extensions import db
from app.platform.database import GuardedSession


@contextmanager
def transaction() -> Iterator[None]:
    """Open one write transaction over `db.session`; commits at the end, rolls back when the body raises.

    A transaction inside another joins it.
    """
    session: GuardedSession = db.session()  # type: ignore[assignment]
    if session.writing:
        yield
        return
    session.rollback()
    callbacks: list[Callable[[], object]] = []
    session.info["after_commit"] = callbacks
    session.writing = True
    try:
        if db.engine.dialect.name == "sqlite":
            session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
        yield
        session.finish_writing()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.writing = False
    for callback in callbacks:
        _run(callback)


def after_commit(callback: Callable[[], object]) -> None:
    """Run `callback` once the surrounding transaction is durable; a failure is logged, not raised."""
    session = db.session()
    if not getattr(session, "writing", False):
        raise RuntimeError("after_commit() belongs inside `with transaction():`")
    session.info["after_commit"].append(callback)


def _run(callback: Callable[[], object]) -> None:
    try:
        callback()
    except Exception:
        # The act is committed; whatever should follow it is found again by the periodic jobs.
        current_app.logger.exception("after_commit callback failed")
