"""The one writer of access records: chains without a gap, commitments that open, leaves in the ledger."""

import pytest
from sqlalchemy import select

from app.access_records.models import AccessChain, AccessLabel, AccessRecord
from app.access_records.services.labels import enrol_everybody
from app.access_records.services.records import record_accesses
from app.core.access_chain import FIRST_HEAD, AccessContent, chain_head, commit_to_access, make_label
from app.core.commitments import opens
from app.extensions import db as database
from app.ledger.models import LedgerEntry, LedgerOpening
from app.platform.transaction import transaction
from tests.access_records.kit import found_country


def test_a_record_is_chained_and_in_the_ledger(db) -> None:
    country = found_country()
    first = country.person_ids[0]
    with transaction():
        records = record_accesses([country.access(first), country.access(first, unit="Pensions")])
    assert [record.number for record in records] == [1, 2]
    chain = database.session.get_one(AccessChain, first)
    assert chain.count == 2
    assert chain.head == chain_head([record.commitment for record in records]) == records[1].chain_head
    entry = records[0].ledger_entry
    assert entry.public == {"system": "welfare", "agency": "Ministry of Welfare"}
    assert records[0].commitment.encode() in entry.leaf
    assert b"2026-118" not in entry.leaf
    # The record itself is the opening: nothing else holds it.
    assert (
        database.session.scalars(select(LedgerOpening).where(LedgerOpening.entry_id == entry.id)).all() == []
    )


def test_a_record_opens_its_commitment(db) -> None:
    country = found_country()
    with transaction():
        (record,) = record_accesses([country.access(country.person_ids[0], break_glass=True)])
    content = AccessContent(
        1, "welfare", "Ministry of Welfare", record.unit, record.official_tag, record.purpose_code,
        record.legal_basis, record.case_number, record.categories, record.action,
        int(record.accessed_at.timestamp()), int(record.recorded_at.timestamp()), record.break_glass,
    )  # fmt: skip
    assert commit_to_access(content, record.nonce) == record.commitment


def test_everybody_has_one_label_whose_key_is_committed_to(db) -> None:
    country = found_country()
    assert enrol_everybody() == 3
    assert enrol_everybody() == 0
    labels = database.session.scalars(select(AccessLabel)).all()
    assert len({make_label(label.label_key) for label in labels}) == 3
    chains = database.session.scalars(select(AccessChain)).all()
    assert [(chain.count, chain.head) for chain in chains] == [(0, FIRST_HEAD)] * 3
    for label in labels:
        entry = database.session.scalars(
            select(LedgerEntry).where(LedgerEntry.leaf_hash == label.enrolment_leaf_hash)
        ).one()
        commitment = entry.leaf.decode().partition('"commitments":["')[2][:64]
        assert opens(commitment, {"label_key": label.label_key.hex()}, label.enrolment_nonce)
    assert country.person_ids == [label.person_id for label in labels]


def test_one_query_for_many_persons_keeps_their_order(db) -> None:
    country = found_country(1_200)
    accesses = [country.access(person) for person in reversed(country.person_ids)]
    with transaction():
        records = record_accesses(accesses)
    assert [record.person_id for record in records] == list(reversed(country.person_ids))
    assert {record.number for record in records} == {1}


def test_what_is_undone_leaves_no_trace(db) -> None:
    country = found_country()
    with pytest.raises(ZeroDivisionError), transaction():
        record_accesses([country.access(country.person_ids[0])])
        raise ZeroDivisionError
    assert database.session.scalars(select(AccessRecord)).all() == []
    assert database.session.scalars(select(AccessChain)).all() == []
