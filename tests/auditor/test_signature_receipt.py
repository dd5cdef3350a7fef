"""A signer's receipt, from the page to the command line, and what nobody can make it say."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.access_records.services.epochs import close_epoch
from app.accounts.policy import Role
from app.ledger.services.sequencer import sequence_batch
from app.platform import clock
from tests.auditor.conftest import Command
from tests.auditor.petition_kit import forget, publish, settle_everything
from tests.conftest import People, csrf_token
from tests.ledger.site import serve
from tests.petitions.kit import found_town

PAGE = "/petitions/library"


@dataclass
class Signer:
    """Somebody who has signed."""

    people: People
    name: str

    @property
    def client(self) -> FlaskClient:
        """A browser of theirs; sessions do not outlive the days that pass here."""
        return self.people.sign_in(self.name)

    def receipt(self) -> bytes:
        """The file as it is now."""
        response = self.client.get(f"{PAGE}/signature.json")
        assert response.headers["Cache-Control"] == "private, no-store"
        return response.data


@pytest.fixture
def vkey(app: Flask, people: People) -> Iterator[str]:
    with app.app_context():
        found_town()
        publish("library", people.create("moderator", Role.MODERATOR))
        settle_everything()
    yield app.test_client().get("/ledger/vkey").text.strip()
    clock.set_offset(timedelta())


def make_signer(people: People, name: str, **options: Any) -> Signer:
    people.create(name, district="hill", **options)
    post(people.sign_in(name), f"{PAGE}/signatures")
    return Signer(people, name)


def post(client: FlaskClient, address: str) -> None:
    answer = client.post(address, data={"csrf_token": csrf_token(client)})
    assert answer.status_code == 303, answer.text


@pytest.fixture
def mina(people: People, vkey: str) -> Signer:
    return make_signer(people, "mina", identity="901314-1000000")


def settle_next_day(app: Flask) -> None:
    clock.set_offset(timedelta(days=2))
    with app.app_context():
        settle_everything()


def test_a_receipt_is_a_promise_first_and_a_proof_after_the_batch(
    app: Flask, mina: Signer, vkey: str, command: Command, tmp_path: Path
) -> None:
    file = tmp_path / "receipt.json"
    file.write_bytes(mina.receipt())
    answer = command("receipt", file, "--vkey", vkey)
    assert (answer.code, "has promised" in answer.out) == (0, True), answer.out
    settle_next_day(app)
    file.write_bytes(mina.receipt())
    answer = command("receipt", file, "--vkey", vkey)
    assert (answer.code, "valid: entry" in answer.out) == (0, True), answer.out


def test_an_address_receipt_names_the_address_and_is_verified(
    people: People, vkey: str, command: Command, tmp_path: Path
) -> None:
    jun = make_signer(people, "jun+news")
    file = tmp_path / "receipt.json"
    file.write_bytes(jun.receipt())
    answer = command("receipt", file, "--vkey", vkey)
    assert (answer.code, "address: jun@example.org" in answer.out) == (0, True), answer.out


def flip(digit: str) -> str:
    return "0" if digit != "0" else "1"


def test_a_receipt_that_was_changed_anywhere_is_refused(
    mina: Signer, vkey: str, command: Command, tmp_path: Path
) -> None:
    document = json.loads(mina.receipt())
    file = tmp_path / "receipt.json"
    changes: dict[str, Any] = {
        "petition": "bridge",
        "public_key": "11" * 32,
        "input": {"kind": "person", "value": "00" * 32},
        "proof": document["proof"][:70] + flip(document["proof"][70]) + document["proof"][71:],
        "pseudonym": "00" * 64,
        "leaf": document["leaf"].replace("verified", "desk"),
        "receipt": document["receipt"].replace("\n\n", "\n\n1", 1),
        "format": "another",
    }
    for name, value in changes.items():
        file.write_text(json.dumps(document | {name: value}))
        assert command("receipt", file, "--vkey", vkey).code == 1, name
    file.write_text("{")
    assert command("receipt", file, "--vkey", vkey).code == 1


def test_the_signer_and_the_person_of_the_access_proof_are_one(
    app: Flask, people: People, mina: Signer, vkey: str, command: Command, tmp_path: Path
) -> None:
    other = make_signer(people, "jun", identity="901314-1000001")
    with app.app_context():
        close_epoch()
        while sequence_batch():
            pass
    receipt = tmp_path / "receipt.json"
    receipt.write_bytes(mina.receipt())
    for signer, code in ((mina, 0), (other, 1)):
        proof = tmp_path / "proof.json.gz"
        found = signer.client.get("/data/proof.json.gz")
        proof.write_bytes(found.data)
        answer = command("receipt", receipt, "--vkey", vkey, "--access-proof", proof)
        assert answer.code == code, answer.out


def test_the_ledger_says_whether_the_receipts_signature_counts(
    app: Flask, mina: Signer, command: Command, tmp_path: Path
) -> None:
    file = tmp_path / "receipt.json"
    file.write_bytes(mina.receipt())

    def ask(address: str) -> tuple[int, bool | None]:
        forget(app)
        answer = command("petition", address, "--receipt", file, "--json")
        return answer.code, json.loads(answer.out)["receipt_counts"]

    with serve(app) as address:
        assert ask(address) == (0, None)
        settle_next_day(app)
        assert ask(address) == (0, True)
        post(mina.client, f"{PAGE}/signatures/withdraw")
        clock.set_offset(timedelta(days=4))
        with app.app_context():
            settle_everything()
        assert ask(address) == (0, False)


def test_whoever_has_not_signed_has_no_receipt(people: People, mina: Signer) -> None:
    people.create("jun")
    assert people.sign_in("jun").get(f"{PAGE}/signature.json").status_code == 404
