"""`with transaction():`, the only way to write. On SQLite it joins the process's commit group."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from flask import Flask, current_app
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.platform import turns
from app.platform.batches import Batcher, Take
from app.platform.commit_group import GroupCommitFailed, GroupCommitter, WriteLockTimeout
from app.platform.database import WRITING, GuardedSession, WriteOutsideTransaction, is_unavailable
from app.platform.errors import DatabaseUnavailable

Callback = Callable[[], object]
CALLBACKS = "after_commit"
# As many items share one transaction of `write_together`; 1 makes each wait for its own commit.
MAXIMUM_BATCH = 32

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
# Writes items in the transaction that is open, and answers an outcome or a refusal for each.
Writer = Callable[[Sequence[Item]], Sequence[Outcome | Exception]]


def init_app(app: Flask) -> None:
    """Give `app` its commit group where the database is SQLite; needs an application context."""
    app.extensions["batches"] = {}
    if db.engine.dialect.name != "sqlite":
        app.extensions["writing_engine"] = db.engine.execution_options(**WRITING[db.engine.dialect.name])
        return
    app.extensions["commit_group"] = GroupCommitter(
        db.engine,
        Path(f"{db.engine.url.database}.write"),
        delay=app.config["COMMIT_GROUP_DELAY"],
        timeout=app.config["WRITE_TIMEOUT"],
    )


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


def write_together(write: Writer[Item, Outcome], item: Item) -> Outcome:
    """Write the item in one transaction with what others of this process ask `write` for at the same time.

    Durable when this returns. Refusals are answered by `write`, which has written nothing for them. Where a
    constraint breaks the transaction as a whole, each item is written in one of its own. Raises what `write`
    answers for the item, and DatabaseUnavailable for all of a batch that could not be committed.
    """
    session = current_session()
    if session.in_transaction():
        # Who waits holds no connection.
        session.rollback()
    if MAXIMUM_BATCH == 1:
        return _only(_write_each(write, [item]))
    turns.give_back()
    batches: dict[Writer[Item, Outcome], Batcher[Item, Outcome]] = current_app.extensions["batches"]
    if write not in batches:
        made: Batcher[Item, Outcome] = Batcher(
            lambda take: _write_batch(write, take), MAXIMUM_BATCH, turns.resume, turns.hold
        )
        batches.setdefault(write, made)
    return batches[write].submit(item)


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


def _write_batch(write: Writer[Item, Outcome], take: Take[Item]) -> Sequence[Outcome | Exception]:
    items: Sequence[Item] = ()
    # Whoever is about to bring an item is let through first: fewer and larger batches.
    turns.let_others_first()
    try:
        with transaction():
            items = take()
            return write(items)
    except Exception as failure:
        if not items or isinstance(failure, DatabaseUnavailable) or is_unavailable(failure):
            raise
        # One item's fault is not that of those who happened to come with it.
        current_app.logger.info("a batch is written one by one: %s", type(failure).__name__)
        return _write_each(write, items)


def _write_each(write: Writer[Item, Outcome], items: Sequence[Item]) -> Sequence[Outcome | Exception]:
    outcomes: list[Outcome | Exception] = []
    for item in items:
        try:
            outcomes.append(_write_alone(write, item))
        except Exception as failure:  # noqa: BLE001 - raised where the item was asked for
            outcomes.append(failure)
    return outcomes


def _write_alone(write: Writer[Item, Outcome], item: Item) -> Outcome | Exception:
    try:
        with transaction():
            return write([item])[0]
    except IntegrityError:
        # Another process was faster; what it wrote is seen now.
        with transaction():
            return write([item])[0]


def _only(outcomes: Sequence[Outcome | Exception]) -> Outcome:
    (outcome,) = outcomes
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


@contextmanager
def _alone(session: GuardedSession) -> Iterator[None]:
    with _writing(session, current_app.extensions["writing_engine"]):
        yield
        session.finish_writing()


@contextmanager
def _in_group(session: GuardedSession, group: GroupCommitter) -> Iterator[None]:
    try:
        with group.member() as connection, _writing(session, connection):
            yield
            session.finish_writing()
    except (WriteLockTimeout, GroupCommitFailed) as failure:
        current_app.logger.warning("write refused: %s", type(failure.__cause__ or failure).__name__)
        raise DatabaseUnavailable from failure


@contextmanager
def _writing(session: GuardedSession, bind: Engine | Connection) -> Iterator[None]:
    session.writing, session.write_bind = True, bind
    try:
        yield
    except BaseException:
        session.rollback()
        raise
    finally:
        session.writing, session.write_bind = False, None


def _run(callback: Callback) -> None:
    try:
        callback()
    except Exception:
        # The act is committed; whatever should follow it is found again by the periodic jobs.
        current_app.logger.exception("after_commit callback failed")
