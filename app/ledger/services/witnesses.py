"""Asking witnesses to cosign (C2SP tlog-witness), and keeping what they answer.

DATA_DIR/witnesses.json lists them: [{"vkey": "...", "url": "https://...", "own": false}]. A witness that
the operator runs (`own`, or at a loopback address) proves nothing to outsiders and is counted apart.
"""

import base64
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import insert, select

from app.core.checkpoints import (
    Note,
    VerifierKey,
    list_cosignatures,
    parse_note,
    parse_number,
    parse_signature_line,
    parse_verifier_key,
)
from app.core.ledger_errors import LedgerError
from app.extensions import db
from app.ledger.models import LedgerCheckpoint, LedgerCosignature
from app.ledger.queries.checkpoints import find_checkpoint, find_cosigned_size
from app.ledger.queries.tree import Tree
from app.ledger.rules import Log
from app.platform import clock
from app.platform.transaction import transaction
from config import is_loopback

FILE = "witnesses.json"
ANSWER_SECONDS = 10
LARGEST_ANSWER = 2**16


class WitnessRefused(Exception):
    """A witness did not cosign; the message says why."""


@dataclass(frozen=True)
class Witness:
    """Somebody who signs only what extends what they have seen."""

    key: VerifierKey
    url: str
    own: bool

    @property
    def is_outside(self) -> bool:
        """Whether somebody else than the operator runs it, as far as the address tells."""
        return not self.own and not is_loopback(urlsplit(self.url).hostname or "localhost")


def load_witnesses() -> list[Witness]:
    """The witnesses of DATA_DIR/witnesses.json; none where there is no such file."""
    path = Path(current_app.config["DATA_DIR"]) / FILE
    if not path.exists():
        return []
    return [
        Witness(parse_verifier_key(item["vkey"]), item["url"].rstrip("/"), bool(item.get("own")))
        for item in json.loads(path.read_text("utf-8"))
        if urlsplit(item["url"]).scheme in ("http", "https")
    ]


def ask_all() -> int:
    """Ask every witness for both logs' newest checkpoints; return how many cosignatures came.

    A witness that refuses or does not answer is logged, and asked again next time.
    """
    count = 0
    for log in Log:
        newest = find_checkpoint(log)
        for witness in load_witnesses() if newest else []:
            try:
                count += _ask(witness, log, newest)  # type: ignore[arg-type]
            except (WitnessRefused, LedgerError, OSError) as problem:
                current_app.logger.warning("witness %s: %s", witness.key.name, problem)
    return count


def _ask(witness: Witness, log: Log, checkpoint: LedgerCheckpoint) -> bool:
    """Ask one witness; once more with the size that it names where ours is not what it has seen."""
    old = find_cosigned_size(log, witness.key.name)
    if old >= checkpoint.size:
        return False
    note, size = parse_note(checkpoint.note), checkpoint.size
    status, answer = _post(witness, _request_body(log, checkpoint, old))
    if status == 409 and answer.strip().isdecimal() and (old := parse_number(answer.strip())) <= size:
        status, answer = _post(witness, _request_body(log, checkpoint, old))
    if status != 200:
        raise WitnessRefused(f"answered {status} to size {size}")
    _keep(witness, log, size, note, answer)
    return True


def _request_body(log: Log, checkpoint: LedgerCheckpoint, old: int) -> bytes:
    path = Tree(log, checkpoint.size).prove_consistency(old)
    proof = "".join(f"{base64.b64encode(value).decode()}\n" for value in path)
    return f"old {old}\n{proof}\n{checkpoint.note}".encode()


def _post(witness: Witness, body: bytes) -> tuple[int, str]:
    # Only http and https addresses are loaded.
    request = urllib.request.Request(f"{witness.url}/add-checkpoint", data=body, method="POST")  # noqa: S310
    request.add_header("Content-Type", "text/plain; charset=utf-8")
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as response:  # noqa: S310
            return response.status, response.read(LARGEST_ANSWER).decode("utf-8", "replace")
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read(LARGEST_ANSWER).decode("utf-8", "replace")


def _keep(witness: Witness, log: Log, size: int, note: Note, answer: str) -> None:
    """Keep the line of an answer that verifies; anything else in it is dropped."""
    lines = [parse_signature_line(line) for line in answer.splitlines() if line]
    found = list_cosignatures(Note(note.text, tuple(lines)), [witness.key])
    if witness.key not in found:
        raise WitnessRefused("answered without its cosignature")
    (line,) = [item for item in lines if item.key_id == witness.key.id][:1]
    with transaction():
        values = {"log": log.value, "size": size, "witness": witness.key.name}
        if db.session.scalar(select(LedgerCosignature.size).filter_by(**values)) is None:
            statement = insert(LedgerCosignature).values(**values, line=line.to_line(), at=clock.now())
            db.session.execute(statement)
