"""Epochs, and the proof file that a person takes home."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.access_records.models import AccessRecord, Epoch, EpochLeaf
from app.access_records.queries import proofs
from app.access_records.services.epochs import close_epoch, close_epoch_if_due
from app.access_records.services.notices import remember_proof
from app.access_records.services.records import record_accesses
from app.core.access_errors import GrowthError
from app.core.access_proofs import write_access_proof
from app.core.access_verification import Trust, verify_access_proof
from app.core.checkpoints import list_cosignatures
from app.extensions import db as database
from app.ledger.models import LedgerMapLeaf
from app.ledger.rules import Log
from app.ledger.services.keys import list_verifier_keys
from app.ledger.services.sequencer import sequence_batch
from app.ledger.services.witnesses import ask_all
from app.platform import clock
from app.platform.transaction import transaction
from tests.access_records.kit import Country, found_country
from tests.ledger.witness_kit import witness_at_work


@pytest.fixture
def country(db) -> Country:
    return found_country()


def look(country: Country, person: int, times: int = 1) -> list[AccessRecord]:
    with transaction():
        return record_accesses([country.access(person) for _ in range(times)])


def make_file(person: int, since: int | None = None) -> bytes:
    proof = proofs.find_proof(person, since)
    assert proof is not None
    return write_access_proof(proof)


def trust() -> Trust:
    return Trust(list_verifier_keys(Log.LEDGER), list_verifier_keys(Log.MAP))


def test_a_person_proves_that_these_are_all(country) -> None:
    first, second, third = country.person_ids
    look(country, first, 3)
    look(country, second)
    assert proofs.find_proof(first) is None
    close_epoch()
    assert proofs.find_proof(first) is None
    sequence_batch()
    for person, count in ((first, 3), (second, 1), (third, 0)):
        report = verify_access_proof(make_file(person), trust())
        assert report.failure is None
        assert report.warnings == []
        assert report.proof is not None
        assert (report.proof.count, report.proof.epoch.labels) == (count, 3)


def test_a_witness_s_cosignatures_stand_under_the_map_and_not_under_the_ledger(country, tmp_path) -> None:
    look(country, country.person_ids[0])
    close_epoch()
    with witness_at_work(tmp_path) as witness:
        sequence_batch()
        ask_all()
    proof = proofs.find_proof(country.person_ids[0])
    assert proof is not None
    assert proof.enrolment.proof is not None
    assert list(list_cosignatures(proof.map_proof.checkpoint, [witness])) == [witness]
    assert {line.name for line in proof.enrolment.proof.checkpoint.signatures} == {
        key.name for key in list_verifier_keys(Log.LEDGER)
    }
    report = verify_access_proof(make_file(country.person_ids[0]), replace(trust(), witnesses=[witness]))
    assert (report.failure, report.cosigned_by) == (None, (witness.name,))


def test_growth_is_proved_from_the_files_handed_out_before(country) -> None:
    person = country.person_ids[0]
    look(country, person)
    close_epoch()
    sequence_batch()
    earlier = make_file(person)
    look(country, person)
    # Recorded after the epoch: not in the file yet, which says until when it counts.
    proof = proofs.find_proof(person)
    assert proof is not None
    assert proof.count == 1
    close_epoch()
    sequence_batch()
    assert type(verify_access_proof(make_file(person), trust(), earlier).failure) is GrowthError
    assert verify_access_proof(make_file(person, since=1), trust(), earlier).valid
    remember_proof(person, 1)
    assert verify_access_proof(make_file(person), trust(), earlier).valid


def test_a_record_changed_behind_the_program_s_back_is_found_by_the_person(country) -> None:
    person = country.person_ids[0]
    records = look(country, person, 3)
    close_epoch()
    sequence_batch()
    with transaction():
        database.session.execute(
            AccessRecord.__table__.update()
            .where(AccessRecord.id == records[1].id)
            .values(case_number="2026-999")
        )
    assert not verify_access_proof(make_file(person), trust()).valid


def test_everybody_gets_a_fresh_commitment_and_old_nonces_go(country) -> None:
    for _ in range(3):
        close_epoch()
    kept = select(EpochLeaf.epoch).distinct().order_by(EpochLeaf.epoch)
    assert database.session.scalars(kept).all() == [1, 2]
    commitments = database.session.scalars(select(EpochLeaf.sealed_commitment)).all()
    assert len(set(commitments)) == 6
    assert len(set(database.session.scalars(select(EpochLeaf.sealed_nonce)))) == 6
    leaves = database.session.scalars(select(LedgerMapLeaf.epoch).order_by(LedgerMapLeaf.epoch)).all()
    assert leaves == [0, 1, 2]


def test_an_epoch_is_a_day(country, monkeypatch) -> None:
    assert close_epoch_if_due() is not None
    assert close_epoch_if_due() is None
    clock.set_offset(timedelta(days=1))
    try:
        assert close_epoch_if_due() is not None
    finally:
        clock.set_offset(timedelta())
    assert database.session.scalar(select(func.count()).select_from(Epoch)) == 2


def test_the_command_closes_an_epoch(app, country) -> None:
    result = app.test_cli_runner().invoke(args=["access-records", "close-epoch"])
    assert "epoch 0: 3 people" in result.output
