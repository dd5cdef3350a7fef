"""Group commit: nothing lost, nobody spoiled by a neighbour, readers never wait."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, text, update

from app.accounts.models import Agency
from app.platform.database import WriteOutsideTransaction
from app.platform.errors import DatabaseUnavailable
from app.platform.transaction import after_commit, transaction
from tests.conftest import POSTGRESQL

sqlite_only = pytest.mark.skipif(bool(POSTGRESQL), reason="group commit is SQLite's")


class DeliberateFailure(Exception):
    """Raised by a body that is meant to fail."""


class FailingTransaction:
    """Stands for a disk that fills up at the COMMIT."""

    def commit(self) -> None:
        raise DeliberateFailure


def add_agency(db: Any, name: str) -> Agency:
    agency = Agency(name=name, name_ko=name)
    db.session.add(agency)
    db.session.flush()
    return agency


def names(db: Any) -> list[str]:
    return sorted(db.session.scalars(select(Agency.name)))


def test_commits_and_reads_back(db: Any) -> None:
    with transaction():
        agency = add_agency(db, "Parks")
    assert agency.name == "Parks"
    assert names(db) == ["Parks"]


def test_a_failing_body_raises_and_writes_nothing(db: Any) -> None:
    with pytest.raises(DeliberateFailure), transaction():
        add_agency(db, "Parks")
        raise DeliberateFailure
    assert names(db) == []


def test_an_inner_transaction_joins_the_outer(db: Any) -> None:
    with pytest.raises(DeliberateFailure), transaction():
        with transaction():
            add_agency(db, "Parks")
        raise DeliberateFailure
    assert names(db) == []


def test_writing_outside_is_refused(db: Any) -> None:
    db.session.add(Agency(name="Parks", name_ko="공원"))
    with pytest.raises(WriteOutsideTransaction):
        db.session.flush()
    with pytest.raises(WriteOutsideTransaction), transaction():
        pass
    db.session.rollback()
    with pytest.raises(WriteOutsideTransaction):
        db.session.commit()
    with pytest.raises(WriteOutsideTransaction):
        db.session.execute(insert(Agency).values(name="Parks", name_ko="공원"))


def test_the_body_sees_the_present_not_what_was_read_before(app: Flask, db: Any) -> None:
    with transaction():
        agency_id = add_agency(db, "Parks").id
    agency = db.session.get(Agency, agency_id)

    def rename() -> None:
        with app.app_context(), transaction():
            db.session.execute(update(Agency).values(name="Forests"))

    other = threading.Thread(target=rename)
    other.start()
    other.join()
    with transaction():
        assert agency.name == "Forests"


def test_callbacks_run_once_after_the_commit_only(db: Any) -> None:
    ran: list[int] = []

    def callback() -> None:
        ran.append(len(names(db)))

    with transaction():
        add_agency(db, "Parks")
        after_commit(callback)
        after_commit(callback)
        assert ran == []
    assert ran == [1]
    with pytest.raises(DeliberateFailure), transaction():
        after_commit(callback)
        raise DeliberateFailure
    assert ran == [1]
    with pytest.raises(WriteOutsideTransaction):
        after_commit(callback)


def increment(app: Flask, db: Any, fail: bool = False) -> None:
    with app.app_context(), transaction():
        number = int(db.session.scalar(select(Agency.name_ko)))
        db.session.execute(update(Agency).values(name_ko=str(number + 1)))
        if fail:
            raise DeliberateFailure


@sqlite_only
def test_200_increments_on_threads_lose_none(app: Flask, db: Any) -> None:
    with transaction():
        db.session.add(Agency(name="Counter", name_ko="0"))
    with ThreadPoolExecutor(32) as pool:
        for future in [pool.submit(increment, app, db) for _ in range(200)]:
            future.result()
    db.session.rollback()
    assert db.session.scalar(select(Agency.name_ko)) == "200"


@sqlite_only
def test_failing_members_do_not_spoil_their_group(app: Flask, db: Any) -> None:
    with transaction():
        db.session.add(Agency(name="Counter", name_ko="0"))
    with ThreadPoolExecutor(32) as pool:
        futures = [pool.submit(increment, app, db, number % 3 == 0) for number in range(200)]
    failures = [future.exception() for future in futures if future.exception() is not None]
    assert all(isinstance(failure, DeliberateFailure) for failure in failures)
    assert len(failures) == 67
    db.session.rollback()
    assert db.session.scalar(select(Agency.name_ko)) == "133"


@sqlite_only
def test_waiting_bodies_share_one_commit(app: Flask, db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    group = app.extensions["commit_group"]
    sizes: list[int] = []
    finish = group._finish
    monkeypatch.setattr(
        group, "_finish", lambda open_group: (sizes.append(open_group.body_count), finish(open_group))
    )
    started = threading.Barrier(9)

    def write(number: int) -> None:
        with app.app_context():
            started.wait()
            with transaction():
                add_agency(db, f"Agency {number}")
                time.sleep(0.02)

    with ThreadPoolExecutor(9) as pool:
        list(pool.map(write, range(9)))
    assert sum(sizes) == 9
    assert max(sizes) >= 5


@sqlite_only
def test_a_failed_commit_fails_every_member_and_stores_nothing(
    app: Flask, db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = app.extensions["commit_group"]
    finish = group._finish

    def fail(open_group: Any) -> None:
        open_group.transaction = FailingTransaction()
        finish(open_group)

    monkeypatch.setattr(group, "_finish", fail)
    started = threading.Barrier(4)

    def write(number: int) -> None:
        with app.app_context():
            started.wait()
            with transaction():
                add_agency(db, f"Agency {number}")
                time.sleep(0.02)

    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(write, number) for number in range(4)]
    assert all(isinstance(future.exception(), DatabaseUnavailable) for future in futures)
    assert names(db) == []
    monkeypatch.undo()
    with transaction():
        add_agency(db, "Parks")
    assert names(db) == ["Parks"]


@sqlite_only
def test_a_transaction_that_the_database_ended_fails_the_group(app: Flask, db: Any) -> None:
    with pytest.raises(DatabaseUnavailable), transaction():
        add_agency(db, "Parks")
        app.extensions["commit_group"]._group.connection.connection.driver_connection.rollback()
    with transaction():
        add_agency(db, "Roads")
    assert names(db) == ["Roads"]


@sqlite_only
def test_readers_answer_while_a_writer_holds_the_lock(app: Flask, db: Any) -> None:
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with app.app_context(), transaction():
            add_agency(db, "Slow")
            entered.set()
            leave.wait(10)

    writer = threading.Thread(target=hold)
    writer.start()
    assert entered.wait(5)
    began = time.monotonic()
    assert app.test_client().get("/healthz").status_code == 200
    assert names(db) == []
    assert time.monotonic() - began < 1
    leave.set()
    writer.join()
    db.session.rollback()
    assert names(db) == ["Slow"]


@sqlite_only
def test_a_writer_whose_turn_never_comes_is_told_to_come_back(app: Flask, db: Any) -> None:
    app.extensions["commit_group"]._timeout = 0.1
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with app.app_context(), transaction():
            entered.set()
            leave.wait(10)

    writer = threading.Thread(target=hold)
    writer.start()
    assert entered.wait(5)
    with pytest.raises(DatabaseUnavailable) as refused, transaction():
        pass
    assert refused.value.retry_after
    leave.set()
    writer.join()
    with transaction():
        add_agency(db, "Parks")
    assert names(db) == ["Parks"]


OTHER_PROCESS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from sqlalchemy import select, update
from app import create_app
from app.accounts.models import Agency
from app.extensions import db
from app.platform.transaction import transaction
from config import Testing

app = create_app(Testing(data_dir=Path(sys.argv[1]), database_url=sys.argv[2]))

def increment(_):
    with app.app_context(), transaction():
        number = int(db.session.scalar(select(Agency.name_ko)))
        db.session.execute(update(Agency).values(name_ko=str(number + 1)))

with ThreadPoolExecutor(8) as pool:
    list(pool.map(increment, range(100)))
"""


@sqlite_only
def test_two_processes_lose_no_increment(app: Flask, db: Any, tmp_path: Path) -> None:
    with transaction():
        db.session.add(Agency(name="Counter", name_ko="0"))
    command = [sys.executable, "-c", OTHER_PROCESS, str(tmp_path), app.config["DATABASE_URL"]]
    root = Path(__file__).resolve().parents[2]
    processes = [subprocess.Popen(command, cwd=root) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    db.session.rollback()
    assert db.session.scalar(select(Agency.name_ko)) == "200"


@sqlite_only
def test_sqlite_is_durable_and_checks_foreign_keys(db: Any) -> None:
    answers = {
        name: db.session.scalar(text(f"PRAGMA {name}"))
        for name in ("journal_mode", "synchronous", "foreign_keys")
    }
    assert answers == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
