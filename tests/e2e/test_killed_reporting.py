"""kill -9 under load: no acknowledged access is lost, and no two checkpoints contradict each other.

Systems report over HTTP while web workers and the sequencer are killed again and again; a reader keeps every
checkpoint that is served.
"""

import http.client
import json
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import count, pairwise
from typing import Any

import pytest
from sqlalchemy import select

from app import create_app
from app.access_records.models import AccessRecord
from app.auditor.ledger_source import Site
from app.client.configuration import ClientConfig
from app.client.sending import REPORT_PATH, Client
from app.core.checkpoints import (
    Checkpoint,
    VerifierKey,
    open_checkpoint,
    parse_note,
    parse_proof_file,
    parse_verifier_key,
)
from app.core.merkle import (
    HASH_BYTES,
    TILE_HEIGHT,
    TILE_WIDTH,
    NodeReader,
    consistency_proof,
    node_in_tile,
    tile_path,
    verify_consistency,
)
from app.extensions import db
from app.ledger.models import LedgerEntry
from config import from_env
from deploy.serve import ROOT, SEQUENCER, WEB_SERVER
from tests.access_records.conftest import record
from tests.access_records.kit import found_country
from tests.e2e.service import START_SECONDS, Service, children, make_service

pytestmark = pytest.mark.slow

REPORTERS = 3
RECORDS_EACH = 10
# It goes on for so long, and until so many checkpoints were served and so often each kind was killed.
LOAD_SECONDS, MOST_SECONDS = 20, 180
CHECKPOINTS, KILLS = 5, 3
KILL_SECONDS = 0.7
# Of the kills, the sequencer's share: it takes seconds to come back.
SEQUENCER_SHARE = 0.3
PROOF_SECONDS = 90
OK, CREATED, NOT_FOUND, NOT_NOW = 200, 201, 404, 503
NO_ANSWER = 0


class Machine:
    """Web server and sequencer, each started again by this class when it dies, as an operator's units do."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.web = self._start(WEB_SERVER)
        self.sequencer = self._start([*SEQUENCER, "--spacing", "0.2"])

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.service.data_dir / "service.log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env=self.service.environment, stdout=log, stderr=subprocess.STDOUT
            )

    def kill_worker(self, chosen: random.Random) -> bool:
        """Kill one of the web server's workers; its master starts another."""
        workers = children(self.web.pid)
        if not workers:
            return False
        with suppress(ProcessLookupError):
            os.kill(chosen.choice(workers), signal.SIGKILL)
        return True

    def kill_sequencer(self) -> None:
        """Kill the sequencer and start another."""
        self.sequencer.kill()
        self.sequencer.wait()
        self.sequencer = self._start([*SEQUENCER, "--spacing", "0.2"])

    def wait_until_it_answers(self) -> None:
        """Return when the health check is passed."""
        deadline = time.monotonic() + START_SECONDS
        while not self.service.answers():
            assert time.monotonic() < deadline, self.service.log()
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop both."""
        for process in (self.web, self.sequencer):
            process.terminate()
            process.wait(30)


@dataclass
class Load:
    """Reports, reads and kills until its time is over; keeps what was answered."""

    machine: Machine
    client: Client
    # The id that a system gave its record -> the leaf hashes in the answer.
    acknowledged: dict[str, list[str]] = field(default_factory=dict)
    notes: set[str] = field(default_factory=set)
    # What was answered instead, by reporters and by the reader.
    statuses: set[int] = field(default_factory=set)
    workers_killed: int = 0
    sequencers_killed: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Everything at once."""
        work = [threading.Thread(target=self._report, args=(n,)) for n in range(REPORTERS)]
        work += [threading.Thread(target=self._read), threading.Thread(target=self._kill)]
        for thread in work:
            thread.start()
        begun = time.monotonic()
        while (past := time.monotonic() - begun) < LOAD_SECONDS or not self._has_seen_enough():
            if past > MOST_SECONDS:
                break
            time.sleep(0.1)
        self._over.set()
        for thread in work:
            thread.join()

    def _has_seen_enough(self) -> bool:
        return len(self.notes) >= CHECKPOINTS and min(self.workers_killed, self.sequencers_killed) >= KILLS

    def _report(self, reporter: int) -> None:
        """One system's batches, each sent until it is acknowledged, each time under a fresh signature."""
        for number in count():
            if self._over.is_set():
                return
            first = number * RECORDS_EACH
            batch = [record(person=n % 3, id=f"{reporter}-{n}") for n in range(first, first + RECORDS_EACH)]
            for outcome in self._persist(json.dumps({"records": batch}).encode()):
                self.acknowledged[outcome["id"]] = [receipt["leaf_hash"] for receipt in outcome["receipts"]]

    def _persist(self, body: bytes) -> list[dict[str, Any]]:
        deadline = time.monotonic() + MOST_SECONDS + START_SECONDS
        while time.monotonic() < deadline:
            headers = self.client.sign("POST", self.client.config.url + REPORT_PATH, body)
            status, answer = self._request("POST", REPORT_PATH, body, headers)
            if status in (OK, CREATED):
                return json.loads(answer)["records"]
            self.statuses.add(status)
            time.sleep(0.05)
        raise AssertionError("the service did not come back")

    def _request(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        """Status and body; NO_ANSWER when the connection broke."""
        connection = http.client.HTTPConnection("127.0.0.1", self.machine.service.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return NO_ANSWER, b""
        finally:
            connection.close()

    def _read(self) -> None:
        while not self._over.wait(0.02):
            status, body = self._request("GET", "/ledger/checkpoint", None, {})
            if status == OK:
                self.notes.add(body.decode())
            elif status != NOT_FOUND or self.notes:
                self.statuses.add(status)

    def _kill(self) -> None:
        chosen, signed = random.Random(7), 0
        while not self._over.wait(KILL_SECONDS):
            # It comes back and signs before it is killed again: on a busy machine that takes a while.
            if chosen.random() < SEQUENCER_SHARE and len(self.notes) > signed:
                signed = len(self.notes)
                self.machine.kill_sequencer()
                self.sequencers_killed += 1
            else:
                self.workers_killed += self.machine.kill_worker(chosen)


@pytest.fixture(scope="module")
def load(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Load]:
    """A service that has been through it, up again."""
    service = make_service(tmp_path_factory.mktemp("killed") / "data")
    done = service.run("-m", "deploy.prepare")
    assert done.returncode == 0, done.stderr
    app = create_app(from_env(service.environment))
    with app.app_context():
        country = found_country()
        db.session.remove()
        db.engine.dispose()
    machine = Machine(service)
    try:
        machine.wait_until_it_answers()
        made = Load(machine, Client(ClientConfig(service.url, "welfare", "welfare-1", country.private_key)))
        made.run()
        machine.wait_until_it_answers()
        yield made
    finally:
        machine.stop()


@pytest.fixture(scope="module")
def keys(load: Load) -> list[VerifierKey]:
    """The keys that the log lists."""
    return [parse_verifier_key(line) for line in fetch(load, "/ledger/vkey").decode().splitlines()]


def fetch(load: Load, path: str) -> bytes:
    return Site(load.machine.service.url).read(path.removeprefix("/"))


def test_refused_as_not_now_or_not_answered_but_never_an_error(load: Load) -> None:
    assert min(load.workers_killed, load.sequencers_killed) >= KILLS
    assert load.statuses <= {NO_ANSWER, NOT_NOW}
    assert "Traceback" not in load.machine.service.log()


def test_every_acknowledged_record_is_there_once(load: Load) -> None:
    app = create_app(from_env(load.machine.service.environment))
    with app.app_context():
        wanted = select(AccessRecord.sender_id, LedgerEntry.leaf_hash).join(
            LedgerEntry, LedgerEntry.id == AccessRecord.ledger_entry_id
        )
        rows = [tuple(row) for row in db.session.execute(wanted)]
        db.session.remove()
        db.engine.dispose()
    assert len(load.acknowledged) >= REPORTERS * RECORDS_EACH
    told = [(sender_id, leaf) for sender_id, leaves in load.acknowledged.items() for leaf in leaves]
    assert sorted(rows) == sorted(told)


def test_every_receipt_becomes_a_proof(load: Load, keys: list[VerifierKey]) -> None:
    for (leaf_hash,) in load.acknowledged.values():
        receipt = wait_for_proof(load, leaf_hash)
        checkpoint = parse_proof_file(receipt["text"]).verify(bytes.fromhex(leaf_hash), keys)
        assert receipt["index"] < checkpoint.size


def wait_for_proof(load: Load, leaf_hash: str) -> dict[str, Any]:
    deadline = time.monotonic() + PROOF_SECONDS
    while (receipt := json.loads(fetch(load, f"/ledger/receipts/{leaf_hash}.json")))["state"] != "proved":
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return receipt


def test_all_checkpoints_that_were_served_are_of_one_history(load: Load, keys: list[VerifierKey]) -> None:
    assert len(keys) == 1
    newest = open_checkpoint(parse_note(fetch(load, "/ledger/checkpoint").decode()), keys)
    served = [open_checkpoint(parse_note(note), keys) for note in load.notes]
    assert len(served) >= CHECKPOINTS
    by_size: dict[int, Checkpoint] = {}
    for checkpoint in [*served, newest]:
        assert by_size.setdefault(checkpoint.size, checkpoint).root == checkpoint.root
    read = read_tiles(load, newest.size)
    for (_, old), (_, new) in pairwise(sorted(by_size.items())):
        path = consistency_proof(old.size, new.size, read)
        verify_consistency(old.size, new.size, path, old.root, new.root)


def read_tiles(load: Load, size: int) -> NodeReader:
    """Reads the hashes of the tree with `size` entries from the tiles that the service serves."""

    @cache
    def fetch_tile(row: int, number: int) -> list[bytes]:
        width = min(TILE_WIDTH, (size >> TILE_HEIGHT * row) - number * TILE_WIDTH)
        tile = fetch(load, f"/ledger/{tile_path(row, number, width)}")
        return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]

    def read(level: int, index: int) -> bytes:
        row, inner = divmod(level, TILE_HEIGHT)
        number, first = divmod(index << inner, TILE_WIDTH)
        return node_in_tile(fetch_tile(row, number)[first : first + (1 << inner)], inner, 0)

    return read


def test_an_outsider_finds_the_log_sound(load: Load) -> None:
    found = load.machine.service.run("-m", "app.auditor", "ledger", f"{load.machine.service.url}/ledger")
    assert found.returncode == 0, found.stdout + found.stderr
