"""How many durable signatures a second one petition takes over HTTP, while others read its page.

Both ways run in turns: the service as it is, and the same handler with commit groups of one and a counter
row that each signer updates (bench/signing_app.py). 64 signers at a time, each with an account,
a session and a connection of their own, sign one petition, once each; readers fetch its public page at the
same time. Each process is warmed up by the same crowd for seven seconds first. An added delay (--delay) is
waited for both ways. Prints fsyncs a second of the disk, and what one thread of Python does a second: waits
are those of this machine.
"""

import argparse
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from app import create_app
from app.extensions import db
from app.petitions.models import Signature
from bench.ledger import measure_fsyncs, postgresql_schema
from bench.signing_crowd import Visitor, let_visit
from bench.signing_load import Connection, Signer, prepare, read_request
from config import Development

# What took the UK's site down on 21 March 2019: 2,000 signatures a minute.
UK_2019 = 33
CREATED, OK = 201, 200
# Longer than a public page is kept, so that each process has rendered it anew once.
WARM_UP_SECONDS = 7.0


@dataclass
class Outcome:
    """What the signers and readers of one round saw."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    reads: list[float] = field(default_factory=list)
    errors: Counter[int] = field(default_factory=Counter)

    def __add__(self, other: "Outcome") -> "Outcome":
        """What they saw in two rounds."""
        return Outcome(
            self.seconds + other.seconds,
            self.waits + other.waits,
            self.reads + other.reads,
            self.errors + other.errors,
        )

    @property
    def rate(self) -> float:
        """Acknowledged signatures a second."""
        return len(self.waits) / self.seconds


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of all lie, in milliseconds."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] * 1e3 if values else float("nan")


def measure_additions(count: int = 5_000_000) -> float:
    """Additions a second, one at a time."""
    begun, total = time.perf_counter(), 0
    for number in range(count):
        total += number
    return count / (time.perf_counter() - begun)


@contextmanager
def serving(environment: dict[str, str], port: int) -> Iterator[None]:
    """The service's web server on `port`."""
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
    command.append("bench.signing_app:application")
    server = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        wait_for(port)
        yield
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def wait_for(port: int) -> None:
    """Return when a reader gets the page: the port is open before the first process is made."""
    end, reader = time.monotonic() + 60, Connection(port)
    while time.monotonic() < end:
        if reader.send(read_request()).status == OK:
            reader.close()
            return
        time.sleep(0.1)
    raise TimeoutError("the web server did not start")


def load(port: int, signers: Iterator[Signer], options: argparse.Namespace, seconds: float) -> Outcome:
    """Let the signers sign and the readers read for so long."""
    signing = [Visitor(port, lambda: next(signers).request, CREATED) for _ in range(options.signers)]
    reading = [Visitor(port, read_request, OK, options.pause) for _ in range(options.readers)]
    outcome = Outcome(seconds=let_visit([*signing, *reading], seconds))
    outcome.waits = [wait for visitor in signing for wait in visitor.waits]
    outcome.reads = [wait for visitor in reading for wait in visitor.waits]
    for visitor in (*signing, *reading):
        outcome.errors += visitor.errors
    return outcome


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def bench(
    name: str, address: str, folder: Path, options: argparse.Namespace
) -> tuple[float, list[list[str]]]:
    """Measure on one database in turns; the median ratio, and the rows of the table."""
    port = free_port()
    app = create_app(Development(data_dir=folder, database_url=address, base_url=f"http://127.0.0.1:{port}"))
    signers = iter(prepare(app, options.accounts))
    environment = {name: value for name, value in os.environ.items() if name != "BASELINE"}
    environment |= {"DATA_DIR": str(folder), "DATABASE_URL": address, "PORT": str(port)}
    environment["COMMIT_GROUP_DELAY"] = str(options.delay)
    ratios, rows, acknowledged = [], [], 0
    whole: dict[str, Outcome] = {}
    for number in range(options.rounds):
        rates = []
        for label, extra in (("as it is", {}), ("plain", {"BASELINE": "1"})):
            with serving({**environment, **extra}, port):
                # What a process does once, for its first signers and readers, is not what it sustains.
                warm_up = load(port, signers, options, WARM_UP_SECONDS)
                outcome = load(port, signers, options, options.seconds)
            acknowledged += len(warm_up.waits) + len(outcome.waits)
            rates.append(outcome.rate)
            whole[label] = whole.get(label, Outcome()) + outcome
            rows.append([name, str(number + 1), label, *describe(outcome)])
        ratios.append(rates[0] / max(rates[1], 1e-9))
    # The slowest hundredth of one round's readers are four; of all rounds, enough to judge by.
    rows += [[name, "all", label, *describe(outcome)] for label, outcome in whole.items()]
    with app.app_context():
        stored = db.session.scalar(select(func.count()).select_from(Signature)) or 0
        db.session.remove()
        db.engine.dispose()
    print(f"{name}: {acknowledged} signatures were acknowledged, {stored} are stored")
    return statistics.median(ratios), rows


def describe(outcome: Outcome) -> list[str]:
    """One round's cells: rate, waits, reads, errors, and the rate against that of 2019."""
    waits = f"{percentile(outcome.waits, 0.5):.0f} / {percentile(outcome.waits, 0.99):.0f}"
    reads = f"{percentile(outcome.reads, 0.5):.0f} / {percentile(outcome.reads, 0.99):.0f}"
    errors = ", ".join(f"{count} x {status}" for status, count in outcome.errors.items()) or "none"
    return [f"{outcome.rate:.0f}", waits, reads, errors, f"{outcome.rate / UK_2019:.1f}"]


def main() -> int:
    """Measure on both databases, and print the ratios last."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--signers", type=int, default=64)
    parser.add_argument("--readers", type=int, default=4)
    parser.add_argument("--pause", type=float, default=0.1, help="seconds between a reader's requests")
    parser.add_argument("--seconds", type=float, default=10.0, help="of one measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds added to each commit, both ways")
    parser.add_argument("--accounts", type=int, default=75_000)
    options = parser.parse_args()
    table = Table(
        "database",
        "round",
        "handler",
        "signatures/s",
        "p50 / p99 ms",
        "page p50 / p99 ms",
        "errors",
        "times 33/s (UK, 2019)",
    )
    ratios = {}
    with tempfile.TemporaryDirectory(dir=os.environ.get("DATA_DIR") or None) as name:
        folder = Path(name)
        print(f"disk: {measure_fsyncs(folder, 2.0):.0f} fsyncs/s; delay added: {options.delay * 1e3:.1f} ms")
        print(f"Python: {measure_additions() / 1e6:.0f} million additions/s in one thread")
        ratios["sqlite"], rows = bench("sqlite", f"sqlite:///{folder / 'bench.sqlite3'}", folder, options)
        with postgresql_schema(folder) as address:
            if address is not None:
                (folder / "postgresql").mkdir()
                ratios["postgresql"], more = bench("postgresql", address, folder / "postgresql", options)
                rows += more
    for row in rows:
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 130).print(table)
    for name, ratio in ratios.items():
        print(f"ratio {name} {ratio:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
