"""The oversight body: takes an epoch out, examines it by command, signs, hands in."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from app.access_records.models import AccessChain, AccessRecord, EpochLeaf, SealedAccess
from app.access_records.queries.oversight import open_leaves
from app.access_records.rules import OversightKeyInvalid, SealGround, SealTerms
from app.access_records.services.epochs import close_epoch
from app.access_records.services.oversight import register_key
from app.access_records.services.records import record_accesses
from app.access_records.services.sealed import open_expired, order_opening, seal_access
from app.accounts.models import Account
from app.accounts.policy import Role
from app.auditor.cli import main
from app.core.access_chain import FIRST_HEAD
from app.core.checkpoints import SigningKey, generate_signing_key
from app.core.opened_epochs import OpenedEpoch, parse_opened_epoch, write_opened_epoch
from app.core.oversight import OversightCheck, Sources, examine_epoch, read_ledger
from app.core.oversight_statements import open_statement, sign_statement
from app.extensions import db as database
from app.ledger.entry_types import EntryType
from app.ledger.models import LedgerEntry
from app.ledger.rules import Log
from app.ledger.services.keys import list_verifier_keys
from app.ledger.services.sequencer import sequence_batch
from app.platform import clock
from app.platform.transaction import transaction
from tests.access_records.kit import Country, found_country
from tests.conftest import People, csrf_token
from tests.ledger.site import serve

MONTH = timedelta(days=30)
MINUTES = timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _own_time() -> Iterator[None]:
    yield
    clock.set_offset(timedelta())


@pytest.fixture
def country(people: People, db) -> Country:
    """Three persons, of whom the first was looked up twice and the second once, and once under seal."""
    made = found_country()
    people.create("officer", Role.INVESTIGATOR, agency_id=made.agency_id)
    people.create("overseer", Role.OVERSIGHT)
    first, second, _ = made.person_ids
    with transaction():
        record_accesses([made.access(first), made.access(second), made.access(first)])
    terms = SealTerms(SealGround.COURT_ORDER, "Warrant 2026-31", clock.now() + MONTH)
    seal_access(account("officer"), made.access(second), terms)
    return made


def account(name: str) -> Account:
    return database.session.scalars(select(Account).where(Account.email == f"{name}@example.org")).one()


def close_later(offset: timedelta = MINUTES) -> OpenedEpoch:
    """Close an epoch when what was done before is settled; the file that oversight takes out."""
    clock.set_offset(offset)
    number = close_epoch().number
    sequence_batch()
    opened = open_leaves(number)
    assert opened is not None
    assert parse_opened_epoch(write_opened_epoch(opened)) == opened
    return opened


def examine(
    opened: OpenedEpoch, earlier: OpenedEpoch | None = None
) -> list[tuple[OversightCheck, bytes | None]]:
    """What does not agree with the earlier epoch and the ledger."""
    leaves = database.session.scalars(select(LedgerEntry.leaf).order_by(LedgerEntry.index))
    sources = Sources(earlier, read_ledger(leaves), list_verifier_keys(Log.MAP))
    report = examine_epoch(opened, sources)
    assert set(report.made) == set(OversightCheck) or earlier is None
    return [(finding.check, finding.label) for finding in report.findings]


def label_of(opened: OpenedEpoch, **wanted: object) -> bytes:
    """The label of the leaf with this count."""
    return next(leaf.label for leaf in opened.leaves if all(getattr(leaf, k) == v for k, v in wanted.items()))


def test_all_agrees_while_seals_are_kept_and_opened(country: Country) -> None:
    first = close_later()
    assert examine(first) == []
    second = close_later(2 * MINUTES)
    assert examine(second, first) == []
    clock.set_offset(MONTH + MINUTES)
    open_expired()
    third = close_later(MONTH + 2 * MINUTES)
    assert examine(third, second) == []
    assert sum(len(leaf.sealed) for leaf in second.leaves) == 1
    assert sum(len(leaf.sealed) for leaf in third.leaves) == 0


def test_an_opening_that_oversight_ordered_agrees(country: Country) -> None:
    first = close_later()
    sealed_id = database.session.scalars(select(SealedAccess.id)).one()
    order_opening(account("overseer"), sealed_id, "It is over")
    assert examine(close_later(2 * MINUTES), first) == []


def test_a_sealed_access_that_vanished_is_found(country: Country) -> None:
    first = close_later()
    with transaction():
        database.session.execute(delete(SealedAccess))
    second = close_later(2 * MINUTES)
    label = next(leaf.label for leaf in first.leaves if leaf.sealed)
    assert examine(second, first) == [(OversightCheck.SEALS_KEPT, label), (OversightCheck.SEALS, None)]


def test_a_sealed_access_that_was_opened_too_early_or_kept_longer_is_found(country: Country) -> None:
    first = close_later()
    label = next(leaf.label for leaf in first.leaves if leaf.sealed)
    with transaction():
        database.session.execute(update(SealedAccess).values(expires_at=clock.now() + 2 * MONTH))
    second = close_later(2 * MINUTES)
    assert examine(second, first) == [(OversightCheck.SEALS_KEPT, label)]
    with transaction():
        database.session.execute(update(SealedAccess).values(expires_at=clock.now()))
    open_expired()
    assert examine(close_later(3 * MINUTES), second) == [(OversightCheck.SEALS_KEPT, label)]


def test_a_record_under_somebody_else_is_found(country: Country) -> None:
    first_person, _, third = country.person_ids
    first = close_later()
    with transaction():
        database.session.execute(
            update(AccessRecord)
            .where(AccessRecord.person_id == first_person, AccessRecord.number == 2)
            .values(person_id=third, number=1)
        )
    opened = open_leaves(0)
    assert opened is not None
    assert (OversightCheck.CHAINS, label_of(first, count=2)) in examine(opened)


def test_a_record_that_is_nobody_s_is_found(country: Country) -> None:
    """Deleted together with its place in the chain: only the ledger still knows."""
    with transaction():
        database.session.execute(delete(AccessRecord).where(AccessRecord.person_id == country.person_ids[1]))
        chain = database.session.get_one(AccessChain, country.person_ids[1])
        chain.count, chain.head = 0, FIRST_HEAD
    assert examine(close_later()) == [(OversightCheck.ACCESSES, None)]


def test_a_person_who_is_left_out_is_found(country: Country) -> None:
    first = close_later()
    missing = first.leaves[0].label
    second = close_later(2 * MINUTES)
    cut = replace(second, leaves=tuple(leaf for leaf in second.leaves if leaf.label != missing))
    found = dict(examine(cut, first))
    assert found[OversightCheck.GROWTH] == missing
    assert {OversightCheck.MAP_ROOT, OversightCheck.LABELS} <= set(found)


def test_a_leaf_that_was_changed_is_named(country: Country) -> None:
    close_later()
    with transaction():
        leaf = database.session.scalars(select(EpochLeaf).limit(1)).one()
        leaf.sealed = {"00" * 32: 1}
    opened = open_leaves(0)
    assert opened is not None
    changed = next(leaf.label for leaf in opened.leaves if "00" * 32 in leaf.sealed)
    assert (OversightCheck.SEALED_COMMITMENTS, changed) in examine(opened)


@pytest.fixture
def key(country: Country) -> SigningKey:
    """The oversight body's key, registered."""
    made = generate_signing_key("oversight.example/1")
    register_key(str(made.verifier))
    return made


def hand_in(client: FlaskClient, number: int, text: str) -> int:
    form = {"document": (io.BytesIO(text.encode()), "s.txt"), "csrf_token": csrf_token(client)}
    return client.post(f"/data/oversight/{number}/statement", data=form).status_code


def test_from_the_desk_to_the_command_and_back(
    app: Flask, people: People, country: Country, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["oversight", "keygen", "--name", "oversight.example/1", "--out", str(tmp_path / "key")]) == 0
    vkey = capsys.readouterr().out.strip()
    result = app.test_cli_runner().invoke(args=["access-records", "register-oversight-key", vkey])
    assert result.exit_code == 0, result.output
    close_later()
    clock.set_offset(timedelta())
    overseer = people.sign_in("overseer")
    file = tmp_path / "epoch-0.json"
    taken = overseer.post("/data/oversight/0/leaves.json", data={"csrf_token": csrf_token(overseer)})
    file.write_bytes(taken.data)
    assert taken.headers["Cache-Control"] == "no-store"
    sequence_batch()
    keys = [str(list_verifier_keys(log)[0]) for log in (Log.LEDGER, Log.MAP)]
    statement = tmp_path / "statement.txt"
    with serve(app) as address:
        options = ["--ledger", f"{address}/ledger", "--log-key", keys[0], "--map-key", keys[1], "--json"]
        signing = ["--key", str(tmp_path / "key"), "--out", str(statement)]
        assert main(["oversight", "examine", str(file), *options, *signing]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {item["outcome"] for item in told["checks"]} == {"passed", "not asked for"}
    assert hand_in(overseer, 0, statement.read_text("utf-8")) == 303
    assert hand_in(overseer, 0, statement.read_text("utf-8")) == 409
    anybody = app.test_client()
    assert anybody.get("/data/oversight/0/statement.txt").text == statement.read_text("utf-8")
    assert anybody.get("/data/oversight/vkey").text.split() == [vkey]
    assert "Agrees" in anybody.get("/data/sealed").text
    database.session.rollback()
    types = list(database.session.scalars(select(LedgerEntry.type).order_by(LedgerEntry.id.desc()).limit(2)))
    assert types == [EntryType.EPOCH_ATTEST.value, EntryType.EPOCH_EXPORT.value]


def test_only_a_statement_of_the_registered_key_about_this_epoch_is_published(
    people: People, country: Country, key: SigningKey
) -> None:
    opened, other = close_later(), close_later(2 * MINUTES)
    report = examine_epoch(opened, Sources())
    clock.set_offset(timedelta())
    overseer = people.sign_in("overseer")
    good = sign_statement(opened, report, key)
    stranger = sign_statement(opened, report, generate_signing_key("oversight.example/1"))
    for wrong in (
        stranger,
        sign_statement(other, report, key),
        good.replace("findings 0", "findings 1"),
        "x",
    ):
        assert hand_in(overseer, 0, wrong) == 422
    assert hand_in(overseer, 7, good) == 422
    assert overseer.get("/data/oversight/0/statement.txt").status_code == 404
    assert hand_in(overseer, 0, good) == 303


def test_a_statement_claims_no_more_than_was_examined(country: Country, key: SigningKey) -> None:
    first, second = close_later(), close_later(2 * MINUTES)
    for sources, said in (
        (Sources(), "whether a sealed access vanished was not examined"),
        (Sources(earlier=first), "and no sealed access vanished"),
    ):
        text = sign_statement(second, examine_epoch(second, sources), key)
        assert said in text
        assert open_statement(text, [key.verifier]).findings == 0


def test_a_disagreement_is_published_too(people: People, country: Country, key: SigningKey) -> None:
    opened = close_later()
    damaged = replace(opened, leaves=opened.leaves[1:])
    report = examine_epoch(damaged, Sources())
    clock.set_offset(timedelta())
    assert hand_in(people.sign_in("overseer"), 0, sign_statement(opened, report, key)) == 303
    assert "Does not agree" in people.sign_in("officer").get("/data/sealed").text


def test_leaves_are_taken_out_by_oversight_alone_while_they_are_kept(
    people: People, country: Country
) -> None:
    for _ in range(3):
        close_epoch()
    overseer, officer = people.sign_in("overseer"), people.sign_in("officer")
    for client, number, status in ((officer, 2, 403), (overseer, 2, 200), (overseer, 0, 404)):
        form = {"csrf_token": csrf_token(client)}
        assert client.post(f"/data/oversight/{number}/leaves.json", data=form).status_code == status


def test_a_witness_s_key_is_not_registered(country: Country) -> None:
    for text in ("", "x", str(generate_signing_key("w.example/1", 4).verifier)):
        with pytest.raises(OversightKeyInvalid):
            register_key(text)


REFUSED: dict[str, Callable[[Path], list[str]]] = {
    "no-file": lambda folder: [str(folder / "nothing.json")],
    "not-an-epoch": lambda folder: [str(folder / "empty.json")],
    "key-without-out": lambda folder: [str(folder / "epoch.json"), "--key", str(folder / "key")],
    "ledger-without-key": lambda folder: [str(folder / "epoch.json"), "--ledger", str(folder)],
    "earlier-is-not-earlier": lambda folder: [
        str(folder / "epoch.json"), "--earlier", str(folder / "epoch.json"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("arguments", REFUSED.values(), ids=REFUSED)
def test_the_command_refuses_what_it_cannot_use(country: Country, tmp_path: Path, arguments) -> None:
    (tmp_path / "epoch.json").write_bytes(write_opened_epoch(close_later()))
    (tmp_path / "empty.json").write_text("{}")
    assert main(["oversight", "examine", *arguments(tmp_path)]) == 2


def test_the_command_names_the_label_that_disagrees(
    country: Country, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = close_later()
    wrong = replace(opened.leaves[1], commitments=(*opened.leaves[1].commitments, "00" * 32))
    file = tmp_path / "epoch.json"
    file.write_bytes(write_opened_epoch(replace(opened, leaves=(opened.leaves[0], wrong, opened.leaves[2]))))
    assert main(["oversight", "examine", str(file)]) == 1
    assert wrong.label.hex() in capsys.readouterr().out.replace("\n", "")
