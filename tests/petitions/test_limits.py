"""How much one network can send for one petition, however fast."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import func, select, update

from app.extensions import db as database
from app.petitions.models import Petition, Signature, SignatureRequest
from app.petitions.queries.blocks import hash_network
from app.petitions.rules.email import FORMS_WITH_PROOF, FORMS_WITHOUT
from app.petitions.rules.refusals import NetworkLimit
from app.petitions.services.email_signing import Wish, request_signature
from app.petitions.services.signing import sign_petition
from app.platform import clock
from app.platform.errors import TooManyRequests
from app.platform.transaction import transaction
from tests.conftest import People, csrf_token
from tests.petitions.conftest import Town

NET = "203.0.113.0/24"


def count_requests(app: Flask) -> int:
    with app.app_context():
        return database.session.scalar(select(func.count()).select_from(SignatureRequest)) or 0


def test_forms_that_come_at_the_same_time_stay_within_the_limit(town: Town, app: Flask) -> None:
    def ask(number: int) -> str:
        wish = Wish("Sora Kim", "10123", f"signer{number}@example.org", "en")
        with app.app_context():
            try:
                request_signature(town.reference, wish, NET)
            except TooManyRequests:
                return "refused"
            return "taken"

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(ask, range(40)))
    assert answers.count("taken") == FORMS_WITHOUT
    assert count_requests(app) == FORMS_WITHOUT


def fill(app: Flask, count: int) -> None:
    """So many have come from the network."""
    with app.app_context(), transaction():
        petition_id = database.session.scalars(select(Petition.id)).one()
        for number in range(count):
            row = {"petition_id": petition_id, "network": hash_network(NET), "at": clock.now()}
            database.session.add(SignatureRequest(**row, address=number.to_bytes(16, "big")))


def test_accounts_that_nobody_verified_share_the_limit_of_their_network(town: Town, app: Flask) -> None:
    with app.app_context():
        names = [f"signer{number}" for number in range(20)]
        for name in names:
            town.settle(name, verified=False)
    fill(app, FORMS_WITH_PROOF - 5)

    def sign(name: str) -> str:
        with app.app_context():
            try:
                sign_petition(town.account(name), town.reference, hash_network(NET))
            except NetworkLimit:
                return "refused"
            return "signed"

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(sign, names))
    assert answers.count("signed") == 5
    with app.app_context():
        assert database.session.scalar(select(func.count()).select_from(Signature)) == 5
        sign_petition(town.account(names[answers.index("refused")]), town.reference, hash_network("::/48"))


def test_the_page_says_why_and_a_verified_person_signs_at_any_time(
    town: Town, app: Flask, people: People
) -> None:
    people.create("jun", district="hill")
    people.create("mina", district="hill", identity="901314-1000000")
    fill(app, FORMS_WITH_PROOF)
    with app.app_context(), transaction():
        database.session.execute(update(SignatureRequest).values(network=hash_network("127.0.0.0/24")))
    browser = people.sign_in("jun")
    refused = browser.post("/petitions/library/signatures", data={"csrf_token": csrf_token(browser)})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "Too many signatures come from your network" in refused.text
    browser = people.sign_in("mina")
    signed = browser.post("/petitions/library/signatures", data={"csrf_token": csrf_token(browser)})
    assert signed.status_code == 303
