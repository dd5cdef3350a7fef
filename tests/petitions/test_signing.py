"""Signing, taking back, and what neither lets anybody do."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select, update

from app.access_records.queries.labels import find_enrolment
from app.core.pseudonyms import input_for_address, input_for_person
from app.core.vrf import proof_to_output, verify_proof
from app.extensions import db
from app.ledger.models import LedgerEntry
from app.petitions.models import Petition, Signature
from app.petitions.queries.facts import get_facts
from app.petitions.rules import refusals
from app.petitions.rules.life import PetitionState
from app.petitions.rules.signing import NAMED_FROM, choose_place, choose_release
from app.petitions.services.counting import fold_totals
from app.petitions.services.keys import destroy_key, get_key
from app.petitions.services.signing import sign_petition, withdraw_signature
from app.platform.transaction import transaction
from tests.petitions.conftest import Town


def entries(kind: str) -> list[dict[str, object]]:
    wanted = select(LedgerEntry.leaf).where(LedgerEntry.type == f"petitions:signature:{kind}")
    return [json.loads(leaf)["public"] for leaf in db.session.scalars(wanted.order_by(LedgerEntry.id))]


def test_a_signature_is_an_entry_with_pseudonym_level_place_and_day_only(town: Town, db: object) -> None:
    town.settle("mina")
    signed = sign_petition(town.account("mina"), town.reference)
    (entry,) = entries("count")
    assert set(entry) == {"petition", "pseudonym", "level", "place", "day"}
    assert entry["pseudonym"] == signed.pseudonym.hex()
    assert (entry["level"], entry["place"]) == ("verified", "region:north")


def test_the_receipts_proof_holds_for_the_persons_enrolment_alone(town: Town, db: object) -> None:
    town.settle("mina")
    account = town.account("mina")
    sign_petition(account, town.reference)
    row = db.session.scalars(select(Signature)).one()
    public_key = db.session.scalars(select(Petition.public_key)).one()
    enrolment = find_enrolment(account.person_id)
    alpha = input_for_person(town.reference, enrolment.commitment)
    assert verify_proof(public_key, alpha, row.proof) == row.pseudonym == proof_to_output(row.proof)


def test_an_account_of_an_address_signs_under_the_address_however_it_is_spelled(
    town: Town, db: object
) -> None:
    town.settle("mina+one", verified=False)
    town.settle("mina+two", verified=False)
    sign_petition(town.account("mina+one"), town.reference)
    row = db.session.scalars(select(Signature)).one()
    alpha = input_for_address(town.reference, "mina@example.org")
    assert verify_proof(get_key(town.reference).public_key, alpha, row.proof) == row.pseudonym
    assert row.level == "email"
    with pytest.raises(refusals.AlreadySigned):
        sign_petition(town.account("mina+two"), town.reference)


def test_the_same_person_signing_a_hundred_times_at_once_counts_once(town: Town, app: Flask) -> None:
    with app.app_context():
        town.settle("mina")

    def sign(_: int) -> str:
        with app.app_context():
            try:
                sign_petition(town.account("mina"), town.reference)
            except refusals.AlreadySigned:
                return "already"
            return "signed"

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(sign, range(100)))
    assert answers.count("signed") == 1
    with app.app_context():
        assert len(entries("count")) == 1
        fold_totals()
        assert db.session.scalar(select(Petition.signature_count)) == 1


def test_taking_back_and_signing_again_are_entries_and_count_once(town: Town, db: object) -> None:
    town.settle("mina")
    account = town.account("mina")
    first = sign_petition(account, town.reference)
    withdraw_signature(town.account("mina"), town.reference)
    fold_totals()
    assert db.session.scalar(select(Petition.signature_count)) == 0
    with pytest.raises(refusals.NotSigned):
        withdraw_signature(town.account("mina"), town.reference)
    again = sign_petition(town.account("mina"), town.reference)
    assert again == first
    fold_totals()
    assert db.session.scalar(select(Petition.signature_count)) == 1
    assert [len(entries(kind)) for kind in ("count", "withdraw", "restore")] == [1, 1, 1]


def test_nobody_signs_before_opening_or_after_the_last_day(town: Town, db: object) -> None:
    town.settle("mina")
    for changes in (
        {"state": PetitionState.CLOSED},
        {"state": PetitionState.OPEN, "closes_on": datetime(2020, 1, 1, tzinfo=UTC).date()},
    ):
        with transaction():
            db.session.execute(update(Petition).values(**changes))
        with pytest.raises(refusals.NotOpen):
            sign_petition(town.account("mina"), town.reference)


def test_a_petition_that_closes_meanwhile_takes_no_signature(town: Town, db: object) -> None:
    town.settle("mina")
    get_facts(town.reference)  # remembers that it is open
    with transaction():
        db.session.execute(update(Petition).values(state=PetitionState.CLOSED))
    with pytest.raises(refusals.NotOpen):
        sign_petition(town.account("mina"), town.reference)
    assert db.session.scalar(select(func.count()).select_from(Signature)) == 0
    assert entries("count") == []


def test_without_its_key_a_petition_takes_no_signature(town: Town, db: object) -> None:
    town.settle("mina")
    destroy_key(town.reference)
    destroy_key(town.reference)
    with pytest.raises(refusals.NotOpen):
        sign_petition(town.account("mina"), town.reference)


def test_what_waits_to_be_folded_is_found_by_its_index(town: Town, db: Any) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("a server plans by the size of the table, which is small here")
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    fold_totals()
    event.remove(db.engine, "before_cursor_execute", note)
    ((statement, parameters),) = [one for one in asked if "petition_signature" in one[0]]
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    assert "ix_petition_signature_unfolded" in plan[0].detail


def test_a_district_is_named_only_once_enough_have_signed_there(town: Town, db: object) -> None:
    for number in range(NAMED_FROM + 1):
        town.settle(f"signer{number}")
        sign_petition(town.account(f"signer{number}"), town.reference)
        town.app.extensions.pop("petition_standings", None)
        fold_totals()
    places = [entry["place"] for entry in entries("count")]
    assert places == ["region:north"] * NAMED_FROM + ["district:hill"]
    assert choose_place(None, None, 0) == "elsewhere"


@pytest.mark.parametrize(
    ("count", "release"),
    [(999, datetime(2026, 9, 25, 15, tzinfo=UTC)), (1000, datetime(2026, 9, 25, 3, tzinfo=UTC))],
)
def test_entries_are_released_by_the_hour_or_on_small_petitions_at_midnight(
    count: int, release: datetime
) -> None:
    assert choose_release(datetime(2026, 9, 25, 2, 10, tzinfo=UTC), count) == release
    assert choose_release(release - timedelta(seconds=1), count) == release


def test_the_ledgers_order_within_a_batch_is_that_of_the_pseudonyms(town: Town, db: object) -> None:
    for number in range(8):
        town.settle(f"signer{number}")
        sign_petition(town.account(f"signer{number}"), town.reference)
    rows = db.session.execute(
        select(LedgerEntry.order_key, LedgerEntry.at, Signature.pseudonym, Signature.signed_at).join(
            Signature, Signature.ledger_entry_id == LedgerEntry.id
        )
    ).all()
    assert len({row.at for row in rows}) == 1
    for row in rows:
        assert row.order_key == row.pseudonym
        assert row.at > row.signed_at
