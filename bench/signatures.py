"""How many durable signatures a second one petition takes over HTTP, while others read its page.

Both ways run in turns: the service as it is, and the same handler with commit groups of one and a counter
row that each signer updates. 64 signers, each with an account and a session of their own, sign one
petition, once each; readers fetch its public page at the same time. Prints fsyncs a second of the disk.
"""

import argparse
import http.client
import json
import os
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "bench"))

from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from ledger import measure_fsyncs, postgresql_schema
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, insert, select

from app import create_app
from app.access_records.services.labels import enrol_labels
from app.accounts.models import Account, AccountRole, AccountSession, Person
from app.accounts.policy import Role
from app.accounts.queries import hash_identifier
from app.accounts.routes.blueprint import SESSION_KEY
from app.extensions import db
from app.petitions.models import Petition, PetitionType, Signature
from app.petitions.rules.life import PetitionState
from app.petitions.services.keys import make_key
from app.platform import clock
from app.platform.transaction import transaction
from config import Development

# The load that took the UK site down on 2019-03-21: 2,000 signatures a minute.
UK_2019 = 33
REFERENCE = "benchmark"


@dataclass
class Outcome:
    """What the signers and readers of one round saw."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    reads: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.waits) / self.seconds


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of all lie, in milliseconds."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] * 1e3 if values else float("nan")


class Client:
    """One keep-alive connection that sends prepared requests: cheap, for it shares the machine."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._connection: http.client.HTTPConnection | None = None

    def send(self, request: bytes) -> int:
        """Send one request and read the whole answer; its status."""
        for attempt in (1, 2):
            try:
                if self._connection is None:
                    self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                    self._connection.connect()
                assert self._connection.sock is not None
                self._connection.sock.sendall(request)
                response = http.client.HTTPResponse(self._connection.sock, method="POST")
                response.begin()
                response.read()
                if response.will_close:
                    self.close()
                return response.status
            except (ConnectionError, http.client.BadStatusLine):
                # The server closed an idle connection; nothing of the request was taken.
                self.close()
                if attempt == 2:
                    raise
        return 0

    def close(self) -> None:
        """Drop the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def prepare(app: Flask, count: int) -> list[bytes]:
    """One open petition, `count` verified citizens with a session each; their requests to sign."""
    with app.app_context():
        db.create_all()
        now = clock.now()
        rules = json.loads((ROOT / "app/petitions/types/national-assembly.json").read_text())
        with transaction():
            db.session.add(PetitionType(code=rules["code"], rules=rules, changed_at=now))
            db.session.flush()
            values = {
                "reference": REFERENCE, "state": PetitionState.OPEN, "type_code": rules["code"],
                "rules": rules, "title": "Benchmark", "demand": "Be fast.", "created_at": now,
                "opened_at": now, "closes_on": (now + timedelta(days=30)).date(),
                "public_key": make_key(REFERENCE).public_key,
            }  # fmt: skip
            db.session.add(Petition(**values))
        cookies = []
        for start in range(0, count, 1000):
            cookies += _settle(app, range(start, min(start + 1000, count)))
    return [_request(cookie, token) for cookie, token in cookies]


def _settle(app: Flask, numbers: range) -> list[tuple[str, str]]:
    now, identifiers = clock.now(), [secrets.token_urlsafe(32) for _ in numbers]
    with transaction():
        people = [{"id": n + 1, "pseudonym": f"{n:064d}", "created_at": now} for n in numbers]
        db.session.execute(insert(Person), people)
        enrol_labels([n + 1 for n in numbers])
        accounts = [
            {
                "id": n + 1, "email": f"signer{n}@example.org", "display_name": f"Signer {n}",
                "password_hash": "!", "language": "en", "person_id": n + 1, "created_at": now,
                "confirmed_at": now, "verified_at": now,
            }
            for n in numbers
        ]  # fmt: skip
        db.session.execute(insert(Account), accounts)
        roles = [{"account_id": n + 1, "role": Role.CITIZEN, "granted_at": now} for n in numbers]
        db.session.execute(insert(AccountRole), roles)
        sessions = [
            {
                "id_hash": hash_identifier(identifier), "account_id": n + 1, "started_at": now,
                "expires_at": now + timedelta(hours=12), "last_seen_at": now + timedelta(minutes=20),
                "proved_at": now, "factor": "none",
            }
            for n, identifier in zip(numbers, identifiers, strict=True)
        ]  # fmt: skip
        db.session.execute(insert(AccountSession), sessions)
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    with app.test_request_context():
        # One secret for all browsers: the token is checked against the cookie that comes with it.
        token, name = generate_csrf(), app.config["SESSION_COOKIE_NAME"]
        common = dict(session)
    return [(f"{name}={serializer.dumps({**common, SESSION_KEY: one})}", token) for one in identifiers]


def _request(cookie: str, token: str) -> bytes:
    return (
        f"POST /petitions/{REFERENCE}/signatures HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n"
        f"X-CSRFToken: {token}\r\nAccept: application/json\r\nContent-Length: 0\r\n\r\n"
    ).encode()


@contextmanager
def serving(environment: dict[str, str], port: int) -> Iterator[None]:
    """The service's web server on `port`."""
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py",
               "--pythonpath", "bench", "signing_app:application"]  # fmt: skip
    server = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        client = Client(port)
        for _ in range(20):
            client.send(_read_request())
        yield
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def _read_request() -> bytes:
    return f"GET /petitions/{REFERENCE} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def load(port: int, requests: Iterator[bytes], options: argparse.Namespace) -> Outcome:
    """Let the signers sign and the readers read for the seconds of one round."""
    outcome, lock = Outcome(), threading.Lock()
    end = time.monotonic() + options.seconds

    def sign() -> None:
        client = Client(port)
        while time.monotonic() < end:
            with lock:
                request = next(requests)
            begun = time.perf_counter()
            status = client.send(request)
            if status == 201:
                outcome.waits.append(time.perf_counter() - begun)
            else:
                outcome.errors.append(str(status))

    def read() -> None:
        client, request = Client(port), _read_request()
        while time.monotonic() < end:
            begun = time.perf_counter()
            if client.send(request) == 200:
                outcome.reads.append(time.perf_counter() - begun)
            else:
                outcome.errors.append("read")
            time.sleep(options.pause)

    threads = [threading.Thread(target=sign) for _ in range(options.signers)]
    threads += [threading.Thread(target=read) for _ in range(options.readers)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcome.seconds = time.monotonic() - begun
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
    base = f"http://127.0.0.1:{port}"
    app = create_app(Development(data_dir=folder, database_url=address, base_url=base))
    requests = iter(prepare(app, options.accounts))
    environment = {**os.environ, "DATA_DIR": str(folder), "DATABASE_URL": address, "PORT": str(port),
                   "COMMIT_GROUP_DELAY": str(options.delay)}  # fmt: skip
    environment.pop("BASELINE", None)
    ratios, rows, acknowledged = [], [], 0
    for number in range(options.rounds):
        rates = []
        for label, extra in (("as it is", {}), ("plain", {"BASELINE": "1"})):
            with serving({**environment, **extra}, port):
                outcome = load(port, requests, options)
            acknowledged += len(outcome.waits)
            rates.append(outcome.rate)
            rows.append(
                [
                    name, str(number + 1), label, f"{outcome.rate:.0f}",
                    f"{percentile(outcome.waits, 0.5):.0f} / {percentile(outcome.waits, 0.99):.0f}",
                    f"{percentile(outcome.reads, 0.5):.0f} / {percentile(outcome.reads, 0.99):.0f}",
                    str(len(outcome.errors)), f"{outcome.rate / UK_2019:.0f}",
                ]
            )  # fmt: skip
            if outcome.errors:
                print(f"{name}, {label}: {Counter(outcome.errors)}")
        ratios.append(rates[0] / rates[1])
    with app.app_context():
        stored = db.session.scalar(select(func.count()).select_from(Signature)) or 0
        db.session.remove()
        db.engine.dispose()
    if stored != acknowledged:
        print(f"{name}: {acknowledged} signatures were acknowledged, {stored} are stored")
    return statistics.median(ratios), rows


def main() -> int:
    """Measure on both databases, and print the ratios last."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--signers", type=int, default=64)
    parser.add_argument("--readers", type=int, default=4)
    parser.add_argument("--pause", type=float, default=0.05, help="seconds between a reader's requests")
    parser.add_argument("--seconds", type=float, default=10.0, help="of one measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds that commits wait, both ways")
    parser.add_argument("--accounts", type=int, default=40_000)
    options = parser.parse_args()
    table = Table("database", "round", "handler", "signatures/s", "p50 / p99 ms", "page p50 / p99 ms",
                  "errors", "times the UK's 33/s")  # fmt: skip
    ratios = {}
    with tempfile.TemporaryDirectory(dir=os.environ.get("DATA_DIR") or None) as name:
        folder = Path(name)
        print(f"disk: {measure_fsyncs(folder, 2.0):.0f} fsyncs/s; delay added: {options.delay * 1e3:.1f} ms")
        ratios["sqlite"], rows = bench("sqlite", f"sqlite:///{folder / 'bench.sqlite3'}", folder, options)
        with postgresql_schema(folder) as address:
            if address is not None:
                (folder / "postgresql").mkdir()
                ratios["postgresql"], more = bench("postgresql", address, folder / "postgresql", options)
                rows += more
    for row in rows:
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 120).print(table)
    for name, ratio in ratios.items():
        print(f"ratio {name} {ratio:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
