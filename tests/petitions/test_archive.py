"""What is left of a petition once it is archived: a count that can be checked, and nobody's name."""

from datetime import time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.access_records.queries.labels import find_enrolment
from app.accounts.models import Account, DeskActRecord, Person
from app.accounts.policy import Role
from app.accounts.services.roles import create_agency
from app.core.pseudonyms import input_for_person
from app.core.vrf import VrfProofRefused, verify_proof
from app.extensions import db as database
from app.ledger.models import LedgerEntry, LedgerOpening
from app.petitions.models import Invalidation, Petition, Signature
from app.petitions.rules.fraud import Criteria
from app.petitions.rules.life import PetitionState
from app.petitions.rules.signing import LOCAL
from app.petitions.services import (
    closing,
    drafts,
    followers,
    invalidation,
    moderation,
    objections,
    sponsors,
)
from app.petitions.services.signing import sign_petition
from app.platform import clock
from app.platform.transaction import transaction
from tests.conftest import People, csrf_token
from tests.petitions.conftest import Town
from tests.petitions.test_life import TEXT

VISITOR = "900101-2345678"


@pytest.fixture
def signed(app: Flask, town: Town, people: People) -> str:
    """A petition that sponsors, a person at a desk and others have signed, and one has objected about."""
    with app.app_context():
        people.create("clerk", Role.CLERK, agency_id=create_agency("Desk", "민원실").id)
        town.numbers["visitor"] = people.create("visitor", district="hill", identity=VISITOR)
        for name in ("creator", "mod", "second", "sponsor0", "sponsor1", "sponsor2", "mina"):
            town.settle(name)
        town.settle("jun", verified=False)
        reference = drafts.start_petition(town.account("creator"), "local-council", TEXT)
        drafts.submit_petition(town.account("creator"), reference)
        for number in range(3):
            sponsors.sponsor_petition(town.account(f"sponsor{number}"), reference)
        moderation.publish_petition(town.account("mod"), reference, None)
        sponsors.sign_for_sponsors(reference)
        for name in ("mina", "jun"):
            sign_petition(town.account(name), reference)
            followers.follow_petition(town.account(name), reference)
        object_to(town, reference)
    sign_at_desk(people, reference)
    return reference


def object_to(town: Town, reference: str) -> None:
    """Jun's signature is declared invalid, and Jun says who they are."""
    number = invalidation.propose_invalidation(
        town.account("mod"), reference, Criteria(level="email"), "throw-away", "One program"
    )
    invalidation.confirm_invalidation(town.account("second"), number)
    invalidation.carry_out_invalidations()
    objections.object_to_invalidation(town.account("jun"), reference, "I am Jun of Hill Street")


def sign_at_desk(people: People, reference: str) -> None:
    browser = people.sign_in("clerk")
    token = {"csrf_token": csrf_token(browser)}
    assert browser.post("/desk/", data={"claim": VISITOR, "present": "y"} | token).status_code == 303
    path = "/desk/person/acts/petitions:signature:give"
    assert browser.post(path, data={"petition": reference} | token).status_code == 303


def archive(reference: str) -> Petition:
    with transaction():
        database.session.execute(
            update(Petition)
            .where(Petition.reference == reference)
            .values(state=PetitionState.CLOSED, closed_at=clock.now())
        )
    closing.archive_petition(reference)
    return database.session.scalars(select(Petition).where(Petition.reference == reference)).one()


def linked(petition: Petition) -> list[tuple[int, int]]:
    """What whoever has the database can compute: person and signature, by each proof that is kept."""
    found = []
    rows = database.session.scalars(select(Signature).where(Signature.petition_id == petition.id)).all()
    for person_id in database.session.scalars(select(Person.id)).all():
        enrolment = find_enrolment(person_id)
        alpha = input_for_person(petition.reference, enrolment.commitment) if enrolment else b""
        for row in rows:
            try:
                if row.proof and verify_proof(petition.public_key, alpha, row.proof) == row.pseudonym:
                    found.append((person_id, row.id))
            except VrfProofRefused:
                continue
    return found


def joining(petition: Petition, names: list[Account]) -> list[str]:
    """The rows, of every table, that name one of these people and the petition."""
    ids = {"account.id": {one.id for one in names}, "person.id": {one.person_id for one in names}}
    words = (petition.reference, petition.title)
    found = []
    for table in database.metadata.sorted_tables:
        targets = {
            column.name: key.target_fullname for column in table.columns for key in column.foreign_keys
        }
        if table.name == "ledger_opening":
            targets["person_id"] = "account.id"
        for row in database.session.execute(select(table)).mappings().all():
            if not any(row[name] in ids[to] for name, to in targets.items() if to in ids and row[name]):
                continue
            ours = {"petition.id": petition.id}
            is_ours = any(row[name] == ours.get(to, 0) for name, to in targets.items())
            entries = [row[name] for name, to in targets.items() if to == "ledger_entry.id" and row[name]]
            said = f"{dict(row)} {[database.session.get_one(LedgerEntry, n).public for n in entries]}"
            if is_ours or any(word in said for word in words):
                found.append(f"{table.name}: {said}")
    return found


def test_after_the_archive_no_proof_finds_anybody(signed: str, db: Any) -> None:
    petition = database.session.scalars(select(Petition).where(Petition.reference == signed)).one()
    assert len(linked(petition)) == 5, "until then whoever has the database can find each verified signer"
    petition = archive(signed)
    assert linked(petition) == []
    rows = database.session.scalars(select(Signature).where(Signature.petition_id == petition.id)).all()
    assert len(rows) == 6
    for row in rows:
        local = row.signed_at.astimezone(LOCAL)
        assert (local.date(), local.time()) == (row.signed_on, time())


def test_after_the_archive_no_row_joins_a_person_to_the_petition(signed: str, town: Town, db: Any) -> None:
    signers = [town.account(name) for name in town.numbers if name not in ("creator", "mod", "second")]
    petition = database.session.scalars(select(Petition).where(Petition.reference == signed)).one()
    before = {line.partition(":")[0] for line in joining(petition, signers)}
    assert before >= {"petition_signature", "petition_sponsor", "petition_follower", "desk_act"}
    assert "ledger_opening" in before
    petition = archive(signed)
    assert joining(petition, signers) == []
    texts = str(database.session.scalars(select(LedgerOpening.content)).all())
    assert "Hill Street" not in texts
    assert TEXT.title not in texts


def test_what_is_left_of_the_desks_other_acts(signed: str, town: Town, db: Any) -> None:
    archive(signed)
    kinds = database.session.scalars(select(DeskActRecord.kind)).all()
    assert list(kinds) == ["accounts:person:open"]
    assert database.session.scalars(select(Invalidation.matched)).one() == 1


def test_what_was_archived_before_is_made_good_by_the_nightly_job(signed: str, town: Town, db: Any) -> None:
    with transaction():
        database.session.execute(
            update(Petition)
            .where(Petition.reference == signed)
            .values(state=PetitionState.ARCHIVED, archived_at=clock.now() - timedelta(days=9))
        )
    petition = database.session.scalars(select(Petition).where(Petition.reference == signed)).one()
    assert linked(petition) != []
    closing.forget_old_signers()
    assert linked(petition) == []
