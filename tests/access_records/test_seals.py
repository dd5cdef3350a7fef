"""Sealed accesses: invisible, opened on their day with their original time, watched by oversight."""

import base64
import gzip
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.access_records.models import EpochLeaf, SealedAccess
from app.access_records.queries import proofs, seals, timeline
from app.access_records.queries.timeline import Filters
from app.access_records.rules import (
    SealExpiryNotAllowed,
    SealGround,
    SealGroundMissing,
    SealNotFound,
    SealTerms,
)
from app.access_records.services.epochs import close_epoch
from app.access_records.services.records import record_accesses
from app.access_records.services.sealed import open_expired, order_opening, seal_access
from app.accounts.models import Account
from app.accounts.policy import Role
from app.core.access_proofs import write_access_proof
from app.core.access_verification import verify_access_proof
from app.extensions import db as database
from app.ledger.entry_types import EntryType
from app.ledger.models import LedgerEntry
from app.ledger.services.sequencer import sequence_batch
from app.platform import clock
from app.platform.errors import PermissionDenied
from app.platform.transaction import transaction
from tests.access_records.kit import Country, found_country

MONTH = timedelta(days=30)


@pytest.fixture
def country(people, db) -> Country:
    made = found_country()
    people.create("officer", Role.INVESTIGATOR, agency_id=made.agency_id)
    people.create("colleague", Role.AGENCY_OFFICIAL, agency_id=made.agency_id)
    people.create("outsider", Role.INVESTIGATOR)
    people.create("overseer", Role.OVERSIGHT)
    return made


@pytest.fixture(autouse=True)
def _own_time():
    yield
    clock.set_offset(timedelta())


def account(name: str) -> Account:
    return database.session.scalars(select(Account).where(Account.email == f"{name}@example.org")).one()


def seal(country: Country, person: int, by: str = "officer", **changes: object) -> SealedAccess:
    usual = {
        "kind": SealGround.COURT_ORDER,
        "ground": "Warrant 2026-31",
        "expires_at": clock.now() + MONTH,
    }
    access = country.access(person, unit="Investigations", case_number="2026-7")
    return seal_access(account(by), access, SealTerms(**(usual | changes)))


def everything_seen(person: int) -> dict[str, object]:
    """What the person sees, except hiding commitments and hashes over them."""
    proof = proofs.find_proof(person)
    assert proof is not None
    return {
        "entries": proof.entries,
        "count": proof.count,
        "head": proof.head,
        "opened": proof.opened,
        "epoch": (proof.epoch.number, proof.epoch.labels),
        "path length": len(proof.siblings),
        "size": len(proof.map_proof.path),
        "file size": len(write_access_proof(proof)),
        "list": timeline.list_entries(person, Filters()),
        "all": timeline.list_all_entries(person),
        "recent": timeline.count_recent(person),
        "months": timeline.count_by_month(person),
        "sealed": seals.list_opened(person),
        "choices": timeline.list_choices(person),
    }


def test_neither_presence_nor_change_shows(country) -> None:
    person = country.person_ids[0]
    with transaction():
        record_accesses([country.access(person)])
    close_epoch()
    sequence_batch()
    without = everything_seen(person)
    seal(country, person)
    close_epoch()
    sequence_batch()
    with_seal = everything_seen(person)
    close_epoch()
    sequence_batch()
    changes = {"epoch", "size", "file size"}  # that time passes, everybody sees
    assert {name for name in without if without[name] != with_seal[name]} <= changes
    wanted = select(EpochLeaf).options(undefer(EpochLeaf.sealed), undefer(EpochLeaf.sealed_nonce))
    leaves = database.session.scalars(wanted.where(EpochLeaf.epoch == 1)).all()
    assert {len(leaf.sealed) for leaf in leaves} == {0, 1}
    # The same epoch, the same people: who has a sealed access and who has none get files of one form.
    file = gzip.decompress(write_access_proof(proofs.find_proof(person)))
    assert b"sealed_nonce" not in file
    nonce = next(leaf.sealed_nonce for leaf in leaves if leaf.person_id == person)
    assert nonce.hex().encode() not in file
    assert base64.b64encode(nonce) not in file


def test_it_opens_by_itself_with_its_original_time(country) -> None:
    person = country.person_ids[0]
    sealed = seal(country, person)
    sealed_at = sealed.sealed_at
    close_epoch()
    clock.set_offset(MONTH - timedelta(minutes=1))
    assert open_expired() == 0
    assert seals.count_by_agency()[0].overdue == 0
    clock.set_offset(MONTH + timedelta(minutes=1))
    assert (seals.count_by_agency()[0].closed, seals.count_by_agency()[0].overdue) == (1, 1)
    assert open_expired() == 1
    assert open_expired() == 0
    count = seals.count_by_agency()[0]
    assert (count.sealed, count.closed, count.overdue) == (1, 0, 0)
    close_epoch()
    sequence_batch()
    proof = proofs.find_proof(person)
    assert proof is not None
    (opened,) = proof.opened
    assert opened.at == opened.content["accessed_at"] == int(sealed_at.timestamp())
    assert opened.content["ground"] == "Warrant 2026-31"
    assert proof.count == 0
    assert verify_access_proof(write_access_proof(proof)).valid


def test_who_may_seal_and_how_long(country) -> None:
    person = country.person_ids[0]
    for ground in ({"ground": " "}, {"kind": None}):
        with pytest.raises(SealGroundMissing):
            seal(country, person, **ground)
    for days, kind in ((0, SealGround.COURT_ORDER), (731, SealGround.COURT_ORDER), (366, SealGround.STATUTE)):
        with pytest.raises(SealExpiryNotAllowed):
            seal(country, person, kind=kind, expires_at=clock.now() + timedelta(days=days))
    assert seal(country, person, expires_at=clock.now() + timedelta(days=729)).opened_at is None
    for stranger in ("overseer", "colleague", "outsider"):
        with pytest.raises(PermissionDenied):
            seal(country, person, by=stranger)


def test_the_oversight_body_opens_before_the_day(country) -> None:
    person = country.person_ids[0]
    sealed = seal(country, person)
    close_epoch()
    with pytest.raises(PermissionDenied):
        order_opening(account("officer"), sealed.id, "I want to")
    order_opening(account("overseer"), sealed.id, "The investigation is over")
    with pytest.raises(SealNotFound):
        order_opening(account("overseer"), sealed.id, "Once more")
    assert [row.id for row in seals.list_opened(person)] == [sealed.id]
    assert seals.list_closed() == []
    entry = database.session.scalars(
        select(LedgerEntry).where(LedgerEntry.type == EntryType.ACCESS_OPEN.value)
    ).one()
    assert b'"ordered_by":"oversight"' in entry.leaf
    assert b"investigation is over" not in entry.leaf
