"""An auditor's sample: nobody chooses it, and each opening stands on the record."""

import base64
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.access_records.models import AccessRecord
from app.access_records.services.systems import NewSystem, register_system
from app.accounts.models import Account, Agency
from app.accounts.policy import Role
from app.core.petition_samples import draw_sample, make_seed
from app.extensions import db
from app.ledger.models import LedgerCheckpoint, LedgerEntry
from app.petitions.models import SampledSignature
from app.petitions.queries.facts import get_facts
from app.petitions.queries.samples import list_sampled
from app.petitions.rules import refusals
from app.petitions.rules.samples import SampleFinding
from app.petitions.services import samples
from app.petitions.services.email_signing import (
    Wish,
    confirm_signature,
    link_token,
    request_signature,
)
from app.petitions.services.signing import sign_petition
from app.platform import clock
from app.platform.errors import PermissionDenied
from app.platform.transaction import transaction
from tests.auditor.petition_kit import settle_everything
from tests.conftest import People, csrf_token
from tests.petitions.conftest import Town
from tests.petitions.test_life_pages import mails

SIGNERS = 6


@pytest.fixture
def auditor(town: Town, people: People, app: Flask) -> object:
    """An auditor, and signatures that are in the ledger."""
    number = people.create("auditor", Role.AUDITOR)
    with app.app_context():
        for name in range(SIGNERS):
            town.settle(f"signer{name}")
            sign_petition(town.account(f"signer{name}"), town.reference)
        clock.set_offset(timedelta(days=2))
        settle_everything()
        yield db.session.get_one(Account, number)
    clock.set_offset(timedelta())


def register() -> None:
    agency = db.session.scalars(select(Agency)).first()
    register_system(
        None,
        NewSystem(
            code="petitions",
            name="Petitions",
            name_ko="청원",
            agency_id=agency.id,
            categories=["name"],
            purposes=["signature-audit"],
            legal_basis="Petition Act",
            legal_basis_ko="청원법",
            retention_years=2,
            dpo_name="D",
            dpo_email="d@example.org",
            public_key=base64.b64encode(bytes(32)).decode(),
        ),
    )


def drawn(auditor: Account, size: int = 3) -> list[SampledSignature]:
    sample = samples.request_sample(auditor, "library", size)
    settle_everything()
    return list_sampled(samples.draw(auditor, sample.id))


def test_a_sample_is_what_anybody_draws_from_the_ledger(auditor: Account) -> None:
    sample = samples.request_sample(auditor, "library", 3)
    with pytest.raises(refusals.SampleNotReady):
        samples.draw(auditor, sample.id)
    settle_everything()
    settled = samples.draw(auditor, sample.id)
    found = [bytes(item.signature.pseudonym) for item in list_sampled(settled)]
    root = db.session.scalar(select(LedgerCheckpoint.root).filter_by(log="ledger", size=settled.ledger_size))
    seed = make_seed("library", settled.request_entry.leaf, root)
    counted = select(LedgerEntry.order_key).where(LedgerEntry.type == "petitions:signature:count")
    assert found == draw_sample(seed, map(bytes, db.session.scalars(counted)), 3)
    entry = db.session.scalars(select(LedgerEntry).filter_by(type="petitions:sample:draw")).one()
    assert entry.public["pseudonyms"] == [pseudonym.hex() for pseudonym in found]
    # Drawing again changes nothing.
    assert samples.draw(auditor, sample.id).ledger_size == settled.ledger_size
    assert len(list_sampled(settled)) == 3


def test_an_opening_stands_in_the_persons_list_or_nothing_is_opened(auditor: Account) -> None:
    item = drawn(auditor)[0]
    with pytest.raises(refusals.SampleSystemMissing):
        samples.open_signature(auditor, item.id)
    assert db.session.get_one(SampledSignature, item.id).opened_at is None
    register()
    opened = samples.open_signature(auditor, item.id)
    record = db.session.scalars(select(AccessRecord)).one()
    signer = db.session.get_one(Account, item.signature.account_id)
    assert (record.person_id, record.purpose_code) == (signer.person_id, "signature-audit")
    assert (opened.name, opened.email) == (signer.display_name, signer.email)


def test_who_has_no_list_of_accesses_is_told_by_mail(auditor: Account, town: Town) -> None:
    town.settle("jun", verified=False)
    sign_petition(town.account("jun"), town.reference)
    request_signature("library", Wish("Sora Kim", "10123", "sora@example.org", "ko"), "203.0.113.0/24")
    confirm_signature(link_token(get_facts("library").id, "sora@example.org"))
    clock.set_offset(timedelta(days=4))
    settle_everything()
    with transaction():
        auditor.agency, auditor.unit = db.session.scalars(select(Agency)).one(), "Inner audit"
    register()
    for item in drawn(auditor, SIGNERS + 2):
        samples.open_signature(auditor, item.id)
    assert len(db.session.scalars(select(AccessRecord)).all()) == SIGNERS
    letters = {mail["To"]: mail for mail in mails(town.app)}
    told = [name for name, mail in letters.items() if "Inner audit" in mail.get_content()]
    assert sorted(told) == ["jun@example.org", "sora@example.org"]
    text = letters["jun@example.org"].get_content()
    assert "Whose office: Roads, Inner audit" in text
    assert "When: " in text


def test_a_finding_follows_an_opening(auditor: Account) -> None:
    register()
    item = drawn(auditor)[0]
    with pytest.raises(refusals.SampleNotReady):
        samples.note_finding(auditor, item.id, SampleFinding.DENIED, "")
    samples.open_signature(auditor, item.id)
    samples.note_finding(auditor, item.id, SampleFinding.DENIED, "Never heard of it")
    entry = db.session.scalars(select(LedgerEntry).filter_by(type="petitions:sample:note")).one()
    assert entry.public["finding"] == "denied"
    assert "Never heard" not in str(entry.leaf)


def test_others_samples_and_other_sizes_are_refused(auditor: Account, town: Town) -> None:
    item = drawn(auditor)[0]
    with pytest.raises(PermissionDenied):
        samples.open_signature(town.account("signer0"), item.id)
    for size in (0, 201):
        with pytest.raises(refusals.SampleTooLarge):
            samples.request_sample(auditor, "library", size)
    with pytest.raises(refusals.SampleNotFound):
        samples.open_signature(auditor, item.id + 1000)


def test_only_who_asked_for_a_sample_draws_it(auditor: Account, people: People) -> None:
    number = people.create("other", Role.AUDITOR)
    db.session.rollback()
    other = db.session.get_one(Account, number)
    sample = samples.request_sample(auditor, "library", 3)
    settle_everything()
    with pytest.raises(refusals.SampleNotFound):
        samples.draw(other, sample.id)
    browser = people.sign_in("other")
    token = {"csrf_token": csrf_token(browser)}
    assert browser.post(f"/petitions/samples/{sample.id}/draw", data=token).status_code == 404
    assert db.session.scalars(select(LedgerEntry).filter_by(type="petitions:sample:draw")).all() == []
    assert len(list_sampled(samples.draw(auditor, sample.id))) == 3


def test_the_auditors_pages(auditor: Account, people: People) -> None:
    register()
    browser = people.sign_in("auditor")
    token = {"csrf_token": csrf_token(browser)}
    assert (
        browser.post("/petitions/samples/", data={**token, "petition": "library", "size": "0"}).status_code
        == 422
    )
    asked = browser.post("/petitions/samples/", data={**token, "petition": "library", "size": "2"})
    assert asked.status_code == 303
    settle_everything()
    assert browser.post(f"{asked.location}/draw", data=token).status_code == 303
    page = browser.get(asked.location).text
    db.session.rollback()
    item = db.session.scalars(select(SampledSignature)).first()
    assert item.signature.pseudonym.hex()[:16] in page
    shown = browser.post(f"{asked.location}/signatures/{item.id}", data=token)
    assert (shown.status_code, "@example.org" in shown.text) == (200, True)
    noted = browser.post(
        f"{asked.location}/signatures/{item.id}/finding", data={**token, "finding": "confirmed", "note": ""}
    )
    assert noted.status_code == 303
    assert "Confirmed" in browser.get(asked.location).text
