"""What was acknowledged is kept: workers are killed during casting, and one ballot comes fifty times."""

import http.client
import json
import os
import re
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest

from app import create_app
from app.accounts.services.passwords import hash_password
from app.core.archive import EventType, read_archive
from app.core.ballots import ballot_tracker
from app.core.verify import verify_election
from app.extensions import db
from app.platform.transaction import transaction
from config import from_env
from tests.e2e.service import Service, make_service
from tests.elections.town import Poll, make_open_poll

pytestmark = pytest.mark.slow

VOTERS = 4
BALLOTS_EACH = 25
COPIES = 50
PASSWORD = "a heron on the weir"
# A worker dies whenever so many more ballots were answered: a slow service comes back in between too.
BALLOTS_PER_KILL = 10
GIVE_UP_SECONDS = 240
CREATED, CONFLICT = 201, 409


@dataclass
class Caster:
    """Somebody who casts over HTTP, without a browser."""

    port: int
    cookie: str = ""
    token: str = ""

    def request(self, method: str, path: str, body: bytes | str | None = None, **headers: str):
        """One request on a connection of its own: (status, body, cookie that was set)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, {"Cookie": self.cookie, **headers})
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.getheader("Set-Cookie") or self.cookie
        finally:
            connection.close()

    def sign_in(self, email: str) -> None:
        """Begin a session and fetch its CSRF token."""
        _, page, cookie = self.request("GET", "/sign-in")
        self.cookie = cookie.partition(";")[0]
        found = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found is not None
        form = urlencode({"csrf_token": found[1].decode(), "email": email, "password": PASSWORD})
        kind = "application/x-www-form-urlencoded"
        status, page, cookie = self.request("POST", "/sign-in", form, **{"Content-Type": kind})
        assert status == http.client.SEE_OTHER, page.decode()
        self.cookie = cookie.partition(";")[0]
        _, state, cookie = self.request("GET", "/account/session.json")
        self.cookie = cookie.partition(";")[0]
        self.token = json.loads(state)["csrf_token"]

    def cast(self, uuid: str, ballot: bytes) -> tuple[int, dict[str, object]]:
        """Post one ballot: status and JSON."""
        headers = {"Content-Type": "application/json", "X-CSRFToken": self.token}
        status, body, _ = self.request("POST", f"/elections/{uuid}/ballots", ballot, **headers)
        return status, json.loads(body)


@dataclass
class Election:
    """An open election on a running service, and the ballots that its voters have made beforehand."""

    service: Service
    uuid: str
    emails: list[str]
    ballots: list[list[bytes]]
    spare: bytes = b""
    acknowledged: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)

    def count_answered(self) -> int:
        """How many ballots are known to be in the ballot box."""
        return len(self.acknowledged) + len(self.repeated)

    def archived_trackers(self) -> list[str]:
        """The trackers in the archive as anybody downloads it; the archive must be valid."""
        _, raw, _ = Caster(self.service.port).request("GET", f"/elections/{self.uuid}/archive.bel")
        report = verify_election(raw)
        assert report.valid, report.failure
        ballots = [e for e in read_archive(raw).entries if e.event.type is EventType.BALLOT]
        return [ballot_tracker(entry.data[0]) for entry in ballots]


def make_poll(service: Service) -> Election:
    """Make the tables and an election whose voters can sign in, before the service runs."""
    done = service.run("-m", "deploy.prepare")
    assert done.returncode == 0, done.stderr
    app = create_app(from_env(service.environment))
    with app.app_context():
        poll = make_open_poll(voters=VOTERS)
        password_hash = hash_password(PASSWORD)
        with transaction():
            for voter in poll.voters:
                # Forms take no address under .test.
                voter.email = voter.email.replace(".test", ".example")
                voter.password_hash = password_hash
        emails = [voter.email for voter in poll.voters]
        ballots = [[make_ballot(poll, n, v) for n in range(BALLOTS_EACH)] for v in range(VOTERS)]
        spare = make_ballot(poll, 0, 0)
        db.session.remove()
        db.engine.dispose()
    return Election(service, poll.uuid, emails, ballots, spare)


def make_ballot(poll: Poll, number: int, voter: int) -> bytes:
    """A ballot of one of the voters."""
    marks = [int(number % 4 == position) for position in range(4)]
    return poll.ballot(poll.voters[voter], [marks, [number % 2, voter % 2]])


@pytest.fixture(scope="module")
def election(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Election]:
    service = make_service(tmp_path_factory.mktemp("killed") / "data")
    made = make_poll(service)
    service.start()
    yield made
    service.stop()


def cast_all(election: Election, caster: Caster, ballots: list[bytes]) -> None:
    """Cast one voter's ballots in order, each until it is acknowledged or known to be in already."""
    for ballot in ballots:
        status, answer = persist(lambda ballot=ballot: caster.cast(election.uuid, ballot))
        if status == CREATED:
            assert answer["tracker"] == ballot_tracker(ballot)
            election.acknowledged.append(ballot_tracker(ballot))
        else:
            # The worker died after the commit and before the answer.
            assert (status, answer["code"]) == (CONFLICT, "ballot-already-accepted"), answer
            election.repeated.append(ballot_tracker(ballot))


def persist(act):
    """Try again while the connection breaks or the service says that it cannot now."""
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError, http.client.HTTPException):
            status, answer = act()
            if status < http.client.INTERNAL_SERVER_ERROR:
                return status, answer
        time.sleep(0.05)
    raise AssertionError("the service did not come back")


def kill_workers(election: Election, done: threading.Event, killed: list[int]) -> None:
    """Kill the oldest worker again and again until told to stop."""
    while not done.wait(0.01):
        if election.count_answered() < BALLOTS_PER_KILL * (len(killed) + 1):
            continue
        for pid in sorted(election.service.web_workers())[:1]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)


def test_no_acknowledged_ballot_is_lost_when_workers_are_killed(election: Election) -> None:
    casters = [Caster(election.service.port) for _ in range(VOTERS)]
    for caster, email in zip(casters, election.emails, strict=True):
        caster.sign_in(email)
    done, killed = threading.Event(), []
    killer = threading.Thread(target=kill_workers, args=(election, done, killed))
    killer.start()
    try:
        with ThreadPoolExecutor(VOTERS) as pool:
            list(pool.map(cast_all, [election] * VOTERS, casters, election.ballots))
    finally:
        done.set()
        killer.join()

    assert len(killed) >= VOTERS * BALLOTS_EACH // BALLOTS_PER_KILL - 2
    archived = election.archived_trackers()
    assert sorted(archived) == sorted(election.acknowledged + election.repeated)
    assert len(set(archived)) == len(archived) == VOTERS * BALLOTS_EACH
    assert is_whole(election.service)


def is_whole(service: Service) -> bool:
    """Whether SQLite finds nothing broken in its file."""
    if service.database_url:
        return True
    with closing(sqlite3.connect(service.data_dir / "hwabaek.sqlite3")) as connection:
        return connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_same_ballot_posted_fifty_times_in_parallel_counts_once(election: Election) -> None:
    before = election.archived_trackers()
    caster = Caster(election.service.port)
    caster.sign_in(election.emails[0])

    with ThreadPoolExecutor(COPIES) as pool:
        answers = list(pool.map(lambda _: caster.cast(election.uuid, election.spare), range(COPIES)))

    accepted = [answer for status, answer in answers if status == CREATED]
    refused = [answer["code"] for status, answer in answers if status == CONFLICT]
    assert len(accepted) == 1
    assert refused == ["ballot-already-accepted"] * (COPIES - 1)
    assert election.archived_trackers() == [*before, ballot_tracker(election.spare)]
