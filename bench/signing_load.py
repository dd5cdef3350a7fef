"""A petition that many verified citizens sign over HTTP: what the benchmark and the tests of faults share."""

import json
import secrets
import socket
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from sqlalchemy import insert

from app.access_records.services.labels import enrol_labels
from app.accounts.models import Account, AccountRole, AccountSession, Person
from app.accounts.policy import Role
from app.accounts.queries import hash_identifier
from app.accounts.routes.blueprint import SESSION_KEY
from app.extensions import db
from app.petitions.models import Petition, PetitionType
from app.petitions.rules.life import PetitionState
from app.petitions.services.keys import make_key
from app.platform import clock
from app.platform.transaction import transaction

TYPE = Path(__file__).resolve().parent.parent / "app" / "petitions" / "types" / "national-assembly.json"
REFERENCE = "benchmark"
SIGN = f"/petitions/{REFERENCE}/signatures"
SHOW = f"/petitions/{REFERENCE}"
CHUNK = 1_000
END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True)
class Signer:
    """One citizen: the account's number, and the request by which they sign."""

    account_id: int
    request: bytes


@dataclass(frozen=True)
class Answer:
    """What the service said to one request; status 0 when the connection broke."""

    status: int
    retry_after: str | None = None


class Connection:
    """Sends prepared requests, over one connection while it is kept: cheap, for it shares the machine."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._socket: socket.socket | None = None

    def send(self, request: bytes) -> Answer:
        """Send one request and read the whole answer."""
        try:
            return self._send(request)
        except (OSError, ValueError):
            self.close()
            return Answer(0)

    def close(self) -> None:
        """Drop the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, request: bytes) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=30)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        head, _, body = self._receive(b"").partition(END_OF_HEAD)
        status_line, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        missing = int(headers.get("content-length", "0")) - len(body)
        while missing > 0:
            missing -= len(self._more())
        answer = Answer(int(status_line.split(" ", 2)[1]), headers.get("retry-after"))
        if headers.get("connection", "").lower() == "close":
            self.close()
        return answer

    def _receive(self, received: bytes) -> bytes:
        """The whole head of an answer, and what came with it."""
        while END_OF_HEAD not in received:
            received += self._more()
        return received

    def _more(self) -> bytes:
        assert self._socket is not None
        received = self._socket.recv(65_536)
        if not received:
            raise ConnectionResetError
        return received


def read_request() -> bytes:
    """The request of somebody who reads the petition's public page."""
    return f"GET {SHOW} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def prepare(app: Flask, count: int) -> list[Signer]:
    """One open petition and `count` verified citizens with a session each, in an empty database."""
    with app.app_context():
        db.create_all()
        now = clock.now()
        rules = json.loads(TYPE.read_text("utf-8"))
        with transaction():
            db.session.add(PetitionType(code=rules["code"], rules=rules, changed_at=now))
            db.session.flush()
            petition = Petition(
                reference=REFERENCE,
                state=PetitionState.OPEN,
                type_code=rules["code"],
                rules=rules,
                title="Benchmark",
                demand="Be fast.",
                created_at=now,
                opened_at=now,
                closes_on=(now + timedelta(days=30)).date(),
                public_key=make_key(REFERENCE).public_key,
            )
            db.session.add(petition)
        identifiers = [one for start in range(0, count, CHUNK) for one in _settle(start, count)]
    with app.test_request_context():
        # One secret for all browsers: a token is checked against the cookie that comes with it.
        token, name = generate_csrf(), app.config["SESSION_COOKIE_NAME"]
        common = dict(session)
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    cookies = [f"{name}={serializer.dumps({**common, SESSION_KEY: one})}" for one in identifiers]
    return [Signer(number, _request(cookie, token)) for number, cookie in enumerate(cookies, 1)]


def _settle(start: int, count: int) -> list[str]:
    """Some citizens, each with a session; the identifiers of the sessions."""
    now = clock.now()
    numbers = range(start + 1, min(start + CHUNK, count) + 1)
    identifiers = [secrets.token_urlsafe(32) for _ in numbers]
    with transaction():
        people = [{"id": n, "pseudonym": f"{n:064d}", "created_at": now} for n in numbers]
        db.session.execute(insert(Person), people)
        enrol_labels(list(numbers))
        db.session.execute(insert(Account), [_account(n, now) for n in numbers])
        roles = [{"account_id": n, "role": Role.CITIZEN, "granted_at": now} for n in numbers]
        db.session.execute(insert(AccountRole), roles)
        sessions = [
            {
                "id_hash": hash_identifier(identifier),
                "account_id": number,
                "started_at": now,
                "expires_at": now + timedelta(hours=12),
                # Ahead, so that no session has to be noted as being in use meanwhile.
                "last_seen_at": now + timedelta(minutes=20),
                "proved_at": now,
                "factor": "none",
            }
            for number, identifier in zip(numbers, identifiers, strict=True)
        ]
        db.session.execute(insert(AccountSession), sessions)
    return identifiers


def _account(number: int, now: object) -> dict[str, object]:
    return {
        "id": number,
        "email": f"signer{number}@example.org",
        "display_name": f"Signer {number}",
        "password_hash": "!",
        "language": "en",
        "person_id": number,
        "created_at": now,
        "confirmed_at": now,
        "verified_at": now,
    }


def _request(cookie: str, token: str) -> bytes:
    return (
        f"POST {SIGN} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nX-CSRFToken: {token}\r\n"
        # Each is somebody else, so each comes on a connection of their own.
        "Accept: application/json\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    ).encode()
