"""How many entries a second the ledger takes with durable commits, grouped and one by one.

Both ways run in turns over the same threads, tables and statements: `transaction()` around one
`ledger.append`. On SQLite, where a process groups its own commits, all threads are in one process, and "off"
lets a group have one member only. On PostgreSQL, whose server groups the commits that wait together, they are
in two processes, as in the web server, and "off" lets one transaction at a time commit. An added delay
(--delay) is waited for both ways. Prints fsyncs a second of the same disk, the time from an entry to its
receipt, and the time to verify one.
"""

import argparse
import multiprocessing
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from flask import Flask

from app import create_app
from app.core.checkpoints import parse_proof_file
from app.core.merkle import leaf_hash
from app.extensions import db
from app.ledger import queries
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.rules import Log
from app.ledger.services import Entry
from app.ledger.services.keys import list_verifier_keys
from app.ledger.services.sequencer import SPACING, sequence_batch
from app.platform import commit_group
from app.platform.transaction import transaction
from config import Testing, database_url

POSTGRESQL = (
    os.environ.get("DATABASE_URL_TEST") or "postgresql://127.0.0.1/test?user=postgres&connect_timeout=2"
)
GROUPED = commit_group.MAXIMUM_MEMBERS
PROCESSES = {"sqlite": 1, "postgresql": 2}
# What a process does once, for its first entries, is not what it sustains.
WARM_UP_SECONDS = 0.3
FORK = multiprocessing.get_context("fork")


def measure_fsyncs(folder: Path, seconds: float) -> float:
    """Appends of 4 KiB that are synced one by one, a second."""
    path, count = folder / "fsync", 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        os.write(descriptor, bytes(4096))
        os.fsync(descriptor)
        count += 1
    os.close(descriptor)
    path.unlink()
    return count / seconds


class Load:
    """Threads of some processes that append one entry after the other."""

    def __init__(self, app: Flask, processes: int, threads: int, delay: float) -> None:
        self.app, self.processes, self.threads, self.delay = app, processes, threads, delay
        self._has_group = "commit_group" in app.extensions

    def run(self, *, grouped: bool, seconds: float) -> float:
        """Entries a second that were acknowledged, each after a durable commit."""
        commit_group.MAXIMUM_MEMBERS = GROUPED if grouped else 1
        turn = nullcontext() if grouped or self._has_group else FORK.Lock()
        together, rates = FORK.Barrier(self.processes), FORK.Queue()
        # What is open here belongs to this process.
        db.session.remove()
        db.engine.dispose()
        crowds = [
            FORK.Process(target=self._crowd, args=(turn, grouped, seconds, together, rates), daemon=True)
            for _ in range(self.processes)
        ]
        for crowd in crowds:
            crowd.start()
        total = sum(rates.get(timeout=60 + seconds) for _ in crowds)
        for crowd in crowds:
            crowd.join()
        return float(total)

    def _crowd(
        self, turn: AbstractContextManager[object], grouped: bool, seconds: float, together: Any, rates: Any
    ) -> None:
        # A commit group that is grouped waits for company itself, at its end.
        pause = 0.0 if grouped and self._has_group else self.delay
        self._append_for(WARM_UP_SECONDS, turn, pause)
        together.wait()
        rates.put(self._append_for(seconds, turn, pause))

    def _append_for(self, seconds: float, turn: AbstractContextManager[object], pause: float) -> float:
        """This process's entries a second."""
        counts = [0] * (self.threads // self.processes)
        end = time.monotonic() + seconds

        def work(number: int) -> None:
            with self.app.app_context():
                while time.monotonic() < end:
                    with turn:
                        append(pause)
                    counts[number] += 1

        workers = [threading.Thread(target=work, args=(number,)) for number in range(len(counts))]
        begun = time.monotonic()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return sum(counts) / (time.monotonic() - begun)


def append(pause: float = 0.0) -> str:
    """One entry such as a cast ballot makes, durable on return; answers its leaf hash."""
    public = {"election": "BenchmarkLedger", "tracker": os.urandom(32).hex(), "height": 1}
    with transaction():
        digest = ledger.append(Entry(EntryType.BALLOT_ACCEPT, public=public)).leaf_hash
        if pause:
            time.sleep(pause)
        return digest


def measure_receipts(count: int) -> tuple[float, float, float]:
    """Medians of seconds: from an entry to its promise, to its proof by the sequencer, to verify that."""
    promises, proofs, verifications = [], [], []
    while sequence_batch():
        pass
    keys = list_verifier_keys(Log.LEDGER)
    for _ in range(count):
        begun = time.perf_counter()
        digest = append()
        queries.get_receipt(digest)
        promises.append(time.perf_counter() - begun)
        sequence_batch()
        db.session.rollback()
        proof = queries.get_receipt(digest).text
        proofs.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        parsed = parse_proof_file(proof)
        parsed.verify(leaf_hash(parsed.extra), keys)
        verifications.append(time.perf_counter() - begun)
    return statistics.median(promises), statistics.median(proofs), statistics.median(verifications)


def bench(name: str, address: str, folder: Path, options: argparse.Namespace) -> float:
    """Measure on one database; answers grouped over ungrouped, the median of the rounds."""
    app = create_app(Testing(data_dir=folder, database_url=address, commit_group_delay=options.delay))
    with app.app_context():
        db.create_all()
        load = Load(app, PROCESSES[name], options.threads, options.delay)
        if name == "postgresql":
            shown = [
                db.session.scalar(text(f"SHOW {setting}")) for setting in ("fsync", "synchronous_commit")
            ]
            print(f"{name}: fsync {shown[0]}, synchronous_commit {shown[1]}")
        ratios = []
        for number in range(options.rounds):
            on = load.run(grouped=True, seconds=options.seconds)
            off = load.run(grouped=False, seconds=options.seconds)
            ratios.append(on / off)
            print(
                f"{name} round {number + 1}: {on:.0f} entries/s grouped, {off:.0f} not, {on / off:.2f} times"
            )
        commit_group.MAXIMUM_MEMBERS = GROUPED
        promise, proof, verify = measure_receipts(options.receipts)
        print(f"{name}: promise after {promise * 1e3:.1f} ms; verified in {verify * 1e3:.2f} ms; proof after")
        print(f"    {proof * 1e3:.1f} ms of work and at most {SPACING.total_seconds():.0f} s of waiting")
        db.session.remove()
        db.engine.dispose()
    return statistics.median(ratios)


@contextmanager
def postgresql_schema(folder: Path) -> Iterator[str | None]:
    """The address of a schema of our own; None where no server answers."""
    server, schema = database_url(POSTGRESQL, folder), f"hwabaek_bench_{os.getpid()}"
    engine = create_engine(server)
    try:
        with engine.begin() as connection:
            connection.execute(text(f'CREATE SCHEMA "{schema}"'))
    except OperationalError as problem:
        print(f"postgresql: no server answers ({type(problem.orig).__name__}); DATABASE_URL_TEST names one")
        yield None
        return
    try:
        yield f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{schema}"
    finally:
        with engine.begin() as connection:
            connection.execute(text(f'DROP SCHEMA "{schema}" CASCADE'))
        engine.dispose()


def main() -> int:
    """Measure on both databases, and print the ratios last."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=1.0, help="of one measurement")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds added to each commit, both ways")
    parser.add_argument("--receipts", type=int, default=50)
    options = parser.parse_args()
    ratios = {}
    with tempfile.TemporaryDirectory(dir=os.environ.get("DATA_DIR") or None) as name:
        folder = Path(name)
        print(f"disk: {measure_fsyncs(folder, 2.0):.0f} fsyncs/s; delay added: {options.delay * 1e3:.1f} ms")
        ratios["sqlite"] = bench("sqlite", f"sqlite:///{folder / 'bench.sqlite3'}", folder, options)
        with postgresql_schema(folder) as address:
            if address is not None:
                (folder / "postgresql").mkdir()
                ratios["postgresql"] = bench("postgresql", address, folder / "postgresql", options)
    for name, ratio in ratios.items():
        print(f"ratio {name} {ratio:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
