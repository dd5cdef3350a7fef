"""Sequencers that run twice and are killed under load: no contradicting checkpoints, nothing lost."""

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app import create_app
from app.core.checkpoints import open_checkpoint, parse_note
from app.extensions import db
from app.ledger.models import LedgerEntry
from app.ledger.queries import Tree, find_checkpoint
from app.ledger.rules import Log
from app.ledger.services import keys
from app.ledger.services.sequencer import sequence_batch
from config import Testing, database_url
from deploy.serve import ROOT
from tests.conftest import POSTGRESQL, make_schema, make_tables
from tests.ledger.conftest import append_one

LOCAL_POSTGRESQL = "postgresql://127.0.0.1/test?user=postgres&connect_timeout=2"
KILLS, SECONDS = 3, 0.3
COMMAND = [sys.executable, "-m", "flask", "--app", "wsgi", "ledger", "sequence", "--spacing", "0.02"]


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application over a database that other processes reach too."""
    address = f"sqlite:///{tmp_path / 'killed.sqlite3'}"
    if request.param == "postgresql":
        server = database_url(POSTGRESQL or LOCAL_POSTGRESQL, tmp_path)
        try:
            address = make_schema(server, f"hwabaek_killed_{os.getpid()}")
        except OperationalError as error:
            pytest.skip(f"no PostgreSQL answers: {type(error.orig).__name__}")
    config = Testing(data_dir=tmp_path, database_url=address)
    make_tables(config)
    application = create_app(config)
    with application.app_context():
        yield application
        db.session.remove()
        if request.param == "postgresql":
            db.drop_all()
        db.engine.dispose()


def start(app: Flask) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "HWABAEK_ENV": "testing",
        "DATA_DIR": str(app.config["DATA_DIR"]),
        "DATABASE_URL": app.config["DATABASE_URL"],
        "BASE_URL": app.config["BASE_URL"],
    }
    return subprocess.Popen(COMMAND, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)


class Load:
    """Appends entries, and reads what is served, until told to stop."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.acknowledged: list[int] = []
        self.notes: set[str] = set()
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=work) for work in (self._append, self._append, self._read)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _append(self) -> None:
        while not self._stopped.wait(0.005):
            with self.app.app_context():
                self.acknowledged.append(append_one(n=len(self.acknowledged)).id)

    def _read(self) -> None:
        client = self.app.test_client()
        while not self._stopped.wait(0.005):
            answer = client.get("/ledger/checkpoint")
            if answer.status_code == 200:
                self.notes.add(answer.text)


@contextmanager
def run_two(app: Flask) -> Iterator[Callable[[], None]]:
    """Two sequencers at once; the function that is given kills both and starts two others."""
    running = [start(app), start(app)]

    def kill_both() -> None:
        for number, process in enumerate(running):
            process.kill()
            process.wait()
            running[number] = start(app)

    try:
        yield kill_both
    finally:
        for process in running:
            process.kill()
            process.wait()


@pytest.mark.slow
def test_kill_and_run_twice(app: Flask) -> None:
    chosen = random.Random(11)
    # Both make the log's key when there is none; here they race for it.
    with run_two(app) as kill_both, Load(app) as load:
        for _ in range(KILLS):
            seen = len(load.notes)
            wait_for(lambda seen=seen: len(load.notes) > seen + 3)
            time.sleep(chosen.random() * SECONDS)
            kill_both()
    while sequence_batch():
        pass
    check_what_was_served(load)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 40
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def check_what_was_served(load: Load) -> None:
    verifiers = keys.list_verifier_keys(Log.LEDGER)
    assert len(verifiers) == 1
    served = [open_checkpoint(parse_note(note), verifiers) for note in load.notes]
    assert len(served) > KILLS
    assert len({checkpoint.size for checkpoint in served}) == len(served)
    size = find_checkpoint(Log.LEDGER).size
    for checkpoint in served:
        assert checkpoint.root == Tree(Log.LEDGER, checkpoint.size).root()
    indexes = dict(db.session.execute(select(LedgerEntry.id, LedgerEntry.index)).all())
    assert sorted(indexes.values()) == list(range(size))
    assert set(load.acknowledged) == set(indexes)
    assert db.session.scalar(select(func.count()).select_from(LedgerEntry)) == size
