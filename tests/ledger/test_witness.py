"""Witness and client: the status codes of C2SP tlog-witness, what is kept, who counts as an outsider."""

import base64
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from app.auditor.witness import Witness
from app.core.checkpoints import (
    Checkpoint,
    Note,
    VerifierKey,
    generate_signing_key,
    list_cosignatures,
    parse_note,
    parse_proof_file,
    parse_signature_line,
    sign_note,
)
from app.core.merkle import consistency_proof, leaf_hash, node_hash, root_hash
from app.extensions import db as database
from app.ledger.models import LedgerCosignature
from app.ledger.queries import find_checkpoint
from app.ledger.queries.checkpoints import find_cosigned_size
from app.ledger.rules import Log
from app.ledger.services import witnesses as services
from app.platform.transaction import transaction
from tests.ledger.conftest import append_one
from tests.ledger.witness_kit import KEY, witness_at_work

LOG = generate_signing_key("log.example/ledger")
NOW = 1_700_000_000


def read(level: int, index: int) -> bytes:
    if level == 0:
        return leaf_hash(bytes([index]))
    return node_hash(read(level - 1, 2 * index), read(level - 1, 2 * index + 1))


def request(old: int, new: int, *, root: bytes | None = None, proof: list[bytes] | None = None) -> bytes:
    text = Checkpoint(LOG.name, new, root or root_hash(new, read)).to_text()
    path = (consistency_proof(old, new, read) if 0 < old <= new else []) if proof is None else proof
    lines = "".join(f"{base64.b64encode(value).decode()}\n" for value in path)
    return f"old {old}\n{lines}\n{sign_note(text, [LOG]).to_text()}".encode()


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(KEY, [LOG.verifier], tmp_path / "state", now=lambda: NOW)


def test_what_extends_is_cosigned_and_survives_a_restart(witness: Witness, tmp_path: Path) -> None:
    for old, new in ((0, 3), (3, 3), (3, 20), (20, 100)):
        answer = witness.add_checkpoint(request(old, new))
        assert answer.status == 200
        note = parse_note(request(old, new).decode().partition("\n\n")[2])
        cosigned = Note(note.text, (parse_signature_line(answer.body.strip()),))
        assert list_cosignatures(cosigned, [KEY.verifier]) == {KEY.verifier: NOW}
        witness = Witness(KEY, [LOG.verifier], tmp_path / "state", now=lambda: NOW)


def test_sizes_that_do_not_match_are_a_conflict(witness: Witness) -> None:
    answer = witness.add_checkpoint(request(5, 9))
    assert (answer.status, answer.body, answer.kind) == (409, "0\n", "text/x.tlog.size")
    assert witness.add_checkpoint(request(0, 9)).status == 200
    answer = witness.add_checkpoint(request(3, 20))
    assert (answer.status, answer.body, answer.kind) == (409, "9\n", "text/x.tlog.size")
    assert witness.add_checkpoint(request(9, 9, root=b"\x01" * 32)).status == 409
    assert witness.add_checkpoint(request(9, 9)).status == 200


def test_an_old_size_above_the_new_one_is_a_bad_request(witness: Witness) -> None:
    assert witness.add_checkpoint(request(0, 9)).status == 200
    assert witness.add_checkpoint(request(9, 4)).status == 400


def test_a_proof_that_leads_elsewhere_is_unprocessable(witness: Witness) -> None:
    assert witness.add_checkpoint(request(0, 4, proof=[b"\x01" * 32])).status == 422
    assert witness.add_checkpoint(request(0, 4)).status == 200
    assert witness.add_checkpoint(request(4, 9, root=b"\x01" * 32)).status == 422
    assert witness.add_checkpoint(request(4, 9, proof=[])).status == 422
    assert witness.add_checkpoint(request(4, 9)).status == 200


def test_a_log_that_is_not_known_or_has_not_signed(tmp_path: Path) -> None:
    other = generate_signing_key("other.example/ledger").verifier
    assert Witness(KEY, [other], tmp_path).add_checkpoint(request(0, 1)).status == 404
    impostor = generate_signing_key(LOG.name).verifier
    assert Witness(KEY, [impostor], tmp_path).add_checkpoint(request(0, 1)).status == 403
    forged = request(0, 1).replace(b"\n1\n", b"\n2\n", 1)
    assert Witness(KEY, [LOG.verifier], tmp_path).add_checkpoint(forged).status == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"old 0\n",
        b"old -1\n\nx\n",
        request(0, 1).replace(b"old 0", b"old 00"),
        request(0, 1).replace(b"old 0\n", b"old 0\nAAAA\n"),
        request(0, 1).replace(b"old 0\n", b"old 0\n!\n"),
        request(0, 1, proof=[b"\x00" * 32] * 64),
        request(0, 1).replace(b"\n1\n", b"\n01\n", 1),
    ],
)
def test_what_is_no_request_is_bad(witness: Witness, body: bytes) -> None:
    assert witness.add_checkpoint(body).status == 400


def test_two_branches_at_once_are_never_both_cosigned(witness: Witness) -> None:
    for number in range(20):
        old = max(number * 2, 0)
        wanted = [request(old, old + 2), request(old, old + 2, root=bytes([number]) * 32, proof=[b"x" * 32])]
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(witness.add_checkpoint, wanted))
        assert [answer.status for answer in answers].count(200) == 1


@pytest.fixture
def asked(app: Flask, db: Any, tmp_path: Path) -> Iterator[VerifierKey]:
    """A witness at work, which the application's witnesses.json names."""
    with witness_at_work(tmp_path) as key:
        yield key


def test_checkpoints_are_cosigned_as_they_come(
    asked: VerifierKey, client: FlaskClient, grow: Callable[[int], None]
) -> None:
    for count in (1, 300, 300):
        grow(count)
        note = parse_note(client.get("/ledger/checkpoint").text)
        assert list(list_cosignatures(note, [asked])) == [asked]
    row = append_one(n=1)
    grow(1)
    proof = parse_proof_file(client.get(f"/ledger/receipts/{row.leaf_hash}.txt").text)
    assert list(list_cosignatures(proof.checkpoint, [asked])) == [asked]
    page = client.get("/ledger").text
    assert asked.name in page
    # The operator's own witness says nothing to outsiders.
    assert "No witness outside the operator" in page


def test_the_client_goes_on_from_what_the_witness_has_seen(
    asked: VerifierKey, app: Flask, grow: Callable[[int], None], tmp_path: Path
) -> None:
    grow(10)
    found = find_checkpoint(Log.LEDGER)
    with transaction():
        database.session.execute(delete(LedgerCosignature))
    assert (services.ask_all(), services.ask_all()) == (1, 0)
    assert find_cosigned_size(Log.LEDGER, asked.name) == found.size


def test_a_witness_that_is_away_is_asked_again_later(
    app: Flask, grow: Callable[[int], None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    listed = [{"vkey": str(KEY.verifier), "url": "http://127.0.0.1:1"}]
    (tmp_path / services.FILE).write_text(json.dumps(listed))
    grow(1)
    assert KEY.name in caplog.text
    assert services.ask_all() == 0


@pytest.mark.parametrize(
    ("url", "own", "outside"),
    [
        ("https://witness.example", False, True),
        ("https://witness.example", True, False),
        ("http://127.0.0.1:9", False, False),
    ],
)
def test_who_counts_as_an_outsider(url: str, own: bool, outside: bool) -> None:
    assert services.Witness(KEY.verifier, url, own).is_outside is outside
