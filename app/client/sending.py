"""Signs requests and sends them, again when the network or the service fails."""

import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

from app.client.configuration import ClientConfig, read_config

REPORT_PATH = "/api/v1/access-records"
COMPATIBLE_PATH = "/api/v1/compat/v2"
BATCH_SIZE = 1_000
COVERED = ("@method", "@target-uri")
SECONDS = 30
ATTEMPTS = 4
# Statuses that mean "not now".
NOT_NOW = {429, 502, 503, 504}


class Refused(Exception):
    """The service refused; `problem` is its RFC 9457 document."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code', '')}: {problem.get('detail', '')}")
        self.status = status
        self.problem = problem


class Unreachable(Exception):
    """The service did not answer, however often it was asked. Sending the same again later is safe."""


@dataclass
class _Message:
    """A request as the signing library wants it."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


class _Key(HTTPSignatureKeyResolver):
    def __init__(self, key: Ed25519PrivateKey) -> None:
        self.key = key

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:  # noqa: ARG002 - the library's interface
        return self.key

    def resolve_public_key(self, key_id: str) -> Any:
        raise NotImplementedError(key_id)


class Client:
    """Reports as one information system."""

    def __init__(self, config: ClientConfig, pause: Callable[[float], None] = time.sleep) -> None:
        self.config = config
        self.pause = pause

    @classmethod
    def from_file(cls, path: str | Path, url: str | None = None) -> "Client":
        """A client with the settings of a file. Raises ConfigProblem."""
        return cls(read_config(Path(path), url))

    def report(self, records: Sequence[Mapping[str, Any]], *, partial: bool = False) -> list[dict[str, Any]]:
        """Report records, 1,000 a request; what became of each, in their order.

        Each request is all or nothing unless `partial`. Raises Refused, Unreachable.
        """
        answers: list[dict[str, Any]] = []
        for start in range(0, len(records), BATCH_SIZE):
            part = [dict(record) for record in records[start : start + BATCH_SIZE]]
            body = {"records": part, "partial": partial} if partial else {"records": part}
            answers.extend(self.send("POST", REPORT_PATH, body)["records"])
        return answers

    def find_usages(self, person: str, asking: str, **parameters: str | int) -> Iterator[dict[str, Any]]:
        """What this system recorded about a person, in the shape of Estonia's data tracker."""
        query = urlencode({"userCode": person, **parameters})
        answer = self.send("GET", f"{COMPATIBLE_PATH}/findUsage?{query}", headers={"X-Road-UserId": asking})
        yield from answer["usages"]

    def check_heartbeat(self) -> bool:
        """Whether the service takes this system's signature and can record."""
        return self.send("GET", f"{COMPATIBLE_PATH}/heartbeat")["status"] == "OK"

    def send(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Send one signed request; each attempt has a nonce of its own. Raises Refused, Unreachable."""
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        for attempt in range(ATTEMPTS):
            if attempt:
                self.pause(2.0 ** (attempt - 1))
            try:
                return self._send_once(method, self.config.url + path, content, headers or {})
            except Refused as refusal:
                if refusal.status not in NOT_NOW:
                    raise
                cause: Exception = refusal
            except (urllib.error.URLError, HTTPException, TimeoutError, ConnectionError) as problem:
                cause = problem
        raise Unreachable(f"{self.config.url}: {cause}") from cause

    def sign(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """The headers of a signed request."""
        message = _Message(method, url, dict(headers or {}))
        if body is not None:
            message.headers["Content-Type"] = "application/json"
        signer = HTTPMessageSigner(
            signature_algorithm=algorithms.ED25519, key_resolver=_Key(self.config.private_key)
        )
        nonce = secrets.token_urlsafe(16)
        signer.sign(
            message,
            key_id=self.config.key_id,
            nonce=nonce,
            covered_component_ids=COVERED,
            body=body,
            label="sig",
        )
        return message.headers

    def _send_once(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        signed = self.sign(method, url, body, headers)
        request = urllib.request.Request(url, body, {"Accept": "application/json", **signed}, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as response:  # noqa: S310 - the owner's own setting
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise Refused(error.code, _read_problem(error)) from error


def _read_problem(error: urllib.error.HTTPError) -> dict[str, Any]:
    try:
        problem = json.load(error)
    except ValueError:
        problem = {}
    return problem if isinstance(problem, dict) else {}
