"""Signing while workers are killed, the database restarts and the disk is full: nothing acknowledged is lost.

Every acknowledged signature is there exactly once, with one entry; whoever is not served is told 503 and
when to come back, never 500.
"""

import os
import random
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import create_app
from app.extensions import db
from app.ledger.models import LedgerEntry
from app.petitions.models import Petition, Signature
from app.petitions.services.counting import fold_totals
from bench.signing_load import Connection, Signer, prepare
from config import Development
from deploy.serve import ROOT, SEQUENCER, WEB_SERVER, WORKER
from tests.e2e.service import START_SECONDS, Service, children, free_port, make_service

pytestmark = [pytest.mark.slow, pytest.mark.faults]

SIGNERS = 16
# `make soak` tries a release with a whole minute of faults, sequencer and worker beside the web server.
SOAK = os.environ.get("SOAK_SECONDS", "")
SECONDS = float(SOAK or 12)
# Citizens for each second of a trial: more than a fast machine lets sign.
CITIZENS_A_SECOND = 1_000
KILL_SECONDS = 0.7
RESTARTS = 3
CREATED, KNOWN, NOT_NOW, BROKEN = 201, 409, 503, 0
POSTGRESQL_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@dataclass
class Crowd:
    """Citizens who sign, each until they are told that they have."""

    port: int
    signers: Iterator[Signer]
    acknowledged: set[int] = field(default_factory=set)
    answers: Counter[int] = field(default_factory=Counter)
    # Refusals for now that did not say when to come back.
    unexplained: int = 0
    _over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def sign_during(self, faults: Callable[[], None]) -> None:
        """Sign while `faults` happen."""
        threads = [threading.Thread(target=self._sign) for _ in range(SIGNERS)]
        for thread in threads:
            thread.start()
        try:
            faults()
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _sign(self) -> None:
        connection = Connection(self.port)
        while not self._over.is_set():
            with self._lock:
                signer = next(self.signers)
            while not self._over.is_set() and not self._try(connection, signer):
                time.sleep(0.02)
        connection.close()

    def _try(self, connection: Connection, signer: Signer) -> bool:
        answer = connection.send(signer.request)
        with self._lock:
            self.answers[answer.status] += 1
            self.unexplained += answer.status == NOT_NOW and not answer.retry_after
            # 409 says that the answer to an earlier attempt was lost on the way.
            if answer.status in (CREATED, KNOWN):
                self.acknowledged.add(signer.account_id)
                return True
        return False


def check(app: Flask, crowd: Crowd) -> None:
    """What is stored against what was acknowledged."""
    with app.app_context():
        signed = Counter(db.session.scalars(select(Signature.account_id)))
        kind = LedgerEntry.type == "petitions:signature:count"
        entries = db.session.scalar(select(func.count()).select_from(LedgerEntry).where(kind))
        while fold_totals():
            pass
        db.session.rollback()
        counted = db.session.scalar(select(Petition.signature_count))
        db.session.remove()
        db.engine.dispose()
    assert crowd.acknowledged <= set(signed)
    assert set(signed.values()) == {1}
    assert entries == counted == len(signed)
    assert set(crowd.answers) <= {CREATED, KNOWN, NOT_NOW, BROKEN}, crowd.answers
    assert crowd.unexplained == 0


def start(service: Service, command: list[str], name: str) -> subprocess.Popen[bytes]:
    """One process of the service, and a file for what it says."""
    with (service.data_dir / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            command, cwd=ROOT, env=service.environment, stdout=log, stderr=subprocess.STDOUT
        )


@contextmanager
def running(service: Service) -> Iterator[subprocess.Popen[bytes]]:
    """The web server with two workers; in a soak, sequencer and worker too, which outlive it."""
    beside = {"sequencer": SEQUENCER, "worker": WORKER} if SOAK else {}
    with web_server(service) as web:
        processes = {name: start(service, command, name) for name, command in beside.items()}
        try:
            yield web
            for name, process in processes.items():
                assert process.poll() is None, (service.data_dir / f"{name}.log").read_text()
        finally:
            for process in processes.values():
                process.terminate()
            for process in processes.values():
                process.wait(30)


@contextmanager
def web_server(service: Service) -> Iterator[subprocess.Popen[bytes]]:
    """The web server alone, with two workers."""
    web = start(service, WEB_SERVER, "web")
    try:
        deadline = time.monotonic() + START_SECONDS
        while not service.answers():
            assert time.monotonic() < deadline, (service.data_dir / "web.log").read_text()
            time.sleep(0.2)
        yield web
    finally:
        web.terminate()
        web.wait(30)


def make_app(service: Service) -> Flask:
    """The same instance in this process."""
    address = service.database_url or f"sqlite:///{service.data_dir / 'hwabaek.sqlite3'}"
    return create_app(Development(data_dir=service.data_dir, database_url=address, base_url=service.url))


def test_workers_are_killed_under_load(tmp_path: Path) -> None:
    service = make_service(tmp_path / "data")
    app = make_app(service)
    crowd = Crowd(service.port, iter(prepare(app, int(CITIZENS_A_SECOND * SECONDS))))
    chosen, killed = random.Random(7), 0

    def kill() -> None:
        nonlocal killed
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            time.sleep(KILL_SECONDS)
            workers = children(web.pid)
            with suppress(ProcessLookupError, IndexError):
                os.kill(chosen.choice(workers), signal.SIGKILL)
                killed += 1

    with running(service) as web:
        crowd.sign_during(kill)
    assert killed >= 5
    assert len(crowd.acknowledged) >= SIGNERS
    check(app, crowd)


def test_postgresql_restarts_under_load(tmp_path: Path) -> None:
    with own_postgresql() as (address, restart):
        service = Service(tmp_path / "data", free_port(), address)
        service.data_dir.mkdir()
        app = make_app(service)
        crowd = Crowd(service.port, iter(prepare(app, 20 * CITIZENS_A_SECOND)))

        def restart_often() -> None:
            for _ in range(RESTARTS):
                time.sleep(2)
                before = len(crowd.acknowledged)
                restart()
                deadline = time.monotonic() + 30
                while len(crowd.acknowledged) < before + SIGNERS:
                    assert time.monotonic() < deadline, crowd.answers
                    time.sleep(0.1)

        with running(service):
            crowd.sign_during(restart_often)
        check(app, crowd)


def test_the_disk_is_full_and_then_has_room_again(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as folder:
        service = Service(folder / "data", free_port())
        service.data_dir.mkdir()
        app = make_app(service)
        crowd = Crowd(service.port, iter(prepare(app, 10 * CITIZENS_A_SECOND)))
        filler = folder / "filler"

        def fill() -> None:
            time.sleep(1)
            with suppress(OSError), filler.open("wb") as file:
                while True:
                    file.write(bytes(65_536))
                    file.flush()
            wait_for(lambda: crowd.answers[NOT_NOW] >= SIGNERS)
            filler.unlink()
            before = len(crowd.acknowledged)
            # It recovers by itself.
            wait_for(lambda: len(crowd.acknowledged) >= before + SIGNERS)

        def wait_for(what: Callable[[], bool]) -> None:
            deadline = time.monotonic() + 30
            while not what():
                assert time.monotonic() < deadline, crowd.answers
                time.sleep(0.05)

        with running(service):
            crowd.sign_during(fill)
        check(app, crowd)


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of 96 MB in memory."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def own_postgresql() -> Iterator[tuple[str, Callable[[], None]]]:
    """A PostgreSQL server of the test's own, and how to restart it at once."""
    if not POSTGRESQL_BINARIES:
        pytest.skip("no PostgreSQL server is installed under /usr/lib/postgresql")
    if os.geteuid() == 0 and not shutil.which("runuser"):
        pytest.skip("PostgreSQL does not run as root, and there is no runuser")
    # Outside pytest's own folder, which the next run on this machine closes to everybody but its owner.
    folder = Path(tempfile.mkdtemp(prefix="hwabaek-postgresql-"))
    cluster, port = folder / "cluster", free_port()
    cluster.mkdir()
    prefix = []
    if os.geteuid() == 0:
        prefix = ["runuser", "-u", "postgres", "--"]
        folder.chmod(0o711)
        shutil.chown(cluster, "postgres")

    out = (cluster.parent / "server.log").open("ab")

    def run(program: str, *arguments: str) -> None:
        command = [*prefix, str(POSTGRESQL_BINARIES[-1] / program), "-D", str(cluster), *arguments]
        done = subprocess.run(command, stdout=out, stderr=out, check=False, cwd="/")
        assert done.returncode == 0, (cluster.parent / "server.log").read_text()

    options = f"-p {port} -k {cluster} -c listen_addresses=127.0.0.1"
    run("initdb", "-U", "postgres", "--auth=trust")
    run("pg_ctl", "-w", "-o", options, "start")
    try:
        address = f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres?connect_timeout=5"
        yield address, lambda: run("pg_ctl", "-w", "-m", "immediate", "restart")
    finally:
        run("pg_ctl", "-m", "immediate", "stop")
        out.close()
        shutil.rmtree(folder)
