"""The log over HTTP, as C2SP tlog-tiles says; receipts; the page."""

import base64
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete

from app.core.checkpoints import open_checkpoint, open_note, parse_note, parse_proof_file, parse_verifier_key
from app.core.merkle import TILE_WIDTH, entries_path, leaf_hash, tile_path, tile_widths
from app.extensions import db as database
from app.ledger import services as ledger
from app.ledger.models import LedgerEntry, LedgerTile
from app.ledger.queries import get_map_proof
from app.ledger.rules import Log
from app.ledger.services.sequencer import sequence_batch
from app.platform.transaction import transaction
from tests.ledger.conftest import append_one


def bundle(body: bytes) -> Iterator[bytes]:
    while body:
        length = int.from_bytes(body[:2], "big")
        yield body[2 : 2 + length]
        body = body[2 + length :]


def test_nothing_is_served_before_the_first_checkpoint(client: FlaskClient) -> None:
    assert client.get("/ledger/checkpoint").status_code == 404
    assert client.get("/ledger/tile/0/000.p/1").status_code == 404
    assert client.get("/ledger").status_code == 200


def test_checkpoint_tiles_and_bundles(client: FlaskClient, grow: Callable[[int], None]) -> None:
    grow(520)
    answer = client.get("/ledger/checkpoint")
    assert answer.mimetype == "text/plain"
    assert "max-age" in answer.headers["Cache-Control"]
    key = parse_verifier_key(client.get("/ledger/vkey").text)
    assert open_checkpoint(parse_note(answer.text), [key], key.name).size == 520
    for level, number, width in tile_widths(520):
        tile = client.get(f"/ledger/{tile_path(level, number, width)}")
        assert (tile.status_code, tile.mimetype, len(tile.data)) == (
            200,
            "application/octet-stream",
            32 * width,
        )
        assert "immutable" in tile.headers["Cache-Control"]
        if level == 0:
            entries = client.get(f"/ledger/{entries_path(number, width)}").data
            assert b"".join(map(leaf_hash, bundle(entries))) == tile.data


@pytest.mark.parametrize(
    "place",
    [
        "0/003",
        "0/002.p/9",
        "0/2",
        "0/002.p/0",
        "0/000.p/256",
        "0/000.p/257",
        "1/000",
        "1/000.p/3",
        "9/000",
        "entries/003",
        "entries/002.p/9",
        "0/x000",
        "0/0000",
        "0/000.p/",
        "77/000.p/1",
        "0/x999/x999/999",
    ],
)
def test_there_are_no_other_tiles(client: FlaskClient, grow: Callable[[int], None], place: str) -> None:
    grow(520)
    assert client.get(f"/ledger/tile/{place}").status_code == 404


def test_what_is_missing_is_not_papered_over(client: FlaskClient, grow: Callable[[int], None]) -> None:
    grow(520)
    with transaction():
        database.session.execute(delete(LedgerTile))
        database.session.execute(delete(LedgerEntry).where(LedgerEntry.index == 300))
    assert client.get("/ledger/tile/0/000").status_code == 404
    assert client.get("/ledger/tile/entries/001").status_code == 404


def test_a_receipt_is_a_promise_and_then_a_proof(client: FlaskClient, db: Any) -> None:
    row = append_one(n=1)
    digest, deadline = row.leaf_hash, row.release_at + timedelta(seconds=60)
    key = parse_verifier_key(client.get("/ledger/vkey").text)
    promise = parse_note(client.get(f"/ledger/receipts/{digest}.txt").text)
    open_note(promise, [key])
    wanted = ["127.0.0.1/ledger/promise", base64.b64encode(bytes.fromhex(digest)).decode()]
    assert promise.text == "\n".join([*wanted, str(int(deadline.timestamp())), ""])
    assert client.get(f"/ledger/receipts/{digest}.json").get_json()["state"] == "promised"
    assert "Promised" in client.get(f"/ledger/receipts/{digest}").text
    sequence_batch()
    proof = parse_proof_file(client.get(f"/ledger/receipts/{digest}.txt").text)
    assert proof.verify(leaf_hash(proof.extra), [key]).size == 1
    assert leaf_hash(proof.extra).hex() == digest
    assert client.get(f"/ledger/receipts/{digest}.json").get_json()["text"] == proof.to_text()
    page = client.get(f"/ledger/receipts/{digest}").text
    assert "In the ledger" in page
    assert re.search(r"An election was drafted\s*<br>\s*<code[^>]*>elections:election:create</code>", page)


@pytest.mark.parametrize("digest", ["0" * 64, "x", "F" * 64])
def test_an_unknown_hash_has_no_receipt(client: FlaskClient, digest: str) -> None:
    for suffix in ("", ".txt", ".json"):
        assert client.get(f"/ledger/receipts/{digest}{suffix}").status_code == 404


def test_the_page_shows_the_newest_and_finds_a_hash(client: FlaskClient, db: Any) -> None:
    row = append_one(n=1)
    assert row.leaf_hash not in client.get("/ledger").text
    sequence_batch()
    page = client.get("/ledger").text
    assert re.search(rf'href="/ledger/receipts/{row.leaf_hash}">An election was drafted</a>', page)
    assert "<code>elections:election:create</code>" in page
    assert "No witness outside the operator" in page
    found = client.get(f"/ledger?q={row.leaf_hash.upper()}")
    assert (found.status_code, found.location) == (302, f"/ledger/receipts/{row.leaf_hash}")
    assert "no entry with this hash" in client.get("/ledger?q=ab").text


def test_both_pages_name_an_act_in_korean(client: FlaskClient, db: Any) -> None:
    row = append_one(n=1)
    sequence_batch()
    for page in ("/ledger", f"/ledger/receipts/{row.leaf_hash}"):
        html = client.get(page, headers={"Accept-Language": "ko"}).text
        assert "투표 초안 작성" in html
        assert ">elections:election:create</code>" in html


def test_a_promise_does_not_say_what_it_is_about(client: FlaskClient, db: Any) -> None:
    page = client.get(f"/ledger/receipts/{append_one(n=1).leaf_hash}").text
    assert "An election was drafted" not in page
    assert "elections:election:create" not in page


def test_the_map_is_served_under_its_own_prefix(client: FlaskClient, db: Any) -> None:
    for epoch in range(TILE_WIDTH + 2):
        with transaction():
            ledger.append_map_leaf(epoch, b'{"epoch":%d}' % epoch)
    sequence_batch()
    key = parse_verifier_key(client.get("/ledger/map/vkey").text)
    note = parse_note(client.get("/ledger/map/checkpoint").text)
    assert open_checkpoint(note, [key], "127.0.0.1/map").size == TILE_WIDTH + 2
    assert len(client.get("/ledger/map/tile/0/000").data) == 32 * TILE_WIDTH
    entries = client.get("/ledger/map/tile/entries/001.p/2").data
    assert list(bundle(entries)) == [b'{"epoch":256}', b'{"epoch":257}']
    assert client.get("/ledger/checkpoint").status_code == 404
    proof = get_map_proof(256)
    assert proof.verify(leaf_hash(b'{"epoch":256}'), [key], "127.0.0.1/map")


def test_every_log_has_its_own_key(client: FlaskClient) -> None:
    names = [parse_verifier_key(client.get(f"/ledger{part}/vkey").text).name for part in ("", "/map")]
    assert names == [f"127.0.0.1/{log.value}" for log in Log]
