"""Who signed by e-mail objects to an invalidation by the link of their mail: once, and without a name."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db as database
from app.ledger.models import LedgerEntry
from app.petitions.models import Petition, Signature
from app.petitions.queries.fraud import list_objections
from app.petitions.rules.fraud import Criteria
from app.petitions.services import invalidation
from app.petitions.services.email_signing import (
    Wish,
    confirm_signature,
    link_token,
    request_signature,
    withdraw_by_link,
)
from tests.conftest import csrf_token
from tests.petitions.conftest import Town

ADDRESS = "sora@example.org"
WORDS = "I am no program. Sora Kim"


@pytest.fixture
def link(town: Town, db: Any) -> str:
    """The page of Sora's signature; two moderators live in the town."""
    for name in ("seo", "han"):
        town.settle(name)
    request_signature(town.reference, Wish("Sora Kim", "10123", ADDRESS, "en"), "203.0.113.9")
    token = link_token(database.session.scalars(select(Petition.id)).one(), ADDRESS)
    confirm_signature(token)
    return f"/petitions/signed/{token}"


def invalidate(town: Town) -> int:
    number = invalidation.propose_invalidation(
        town.account("seo"), town.reference, Criteria(level="email"), "throw-away", "A program"
    )
    invalidation.confirm_invalidation(town.account("han"), number)
    invalidation.carry_out_invalidations()
    return number


def restore(town: Town, number: int) -> None:
    invalidation.propose_undoing(town.account("seo"), number, "It is a person")
    invalidation.confirm_invalidation(town.account("han"), number)
    invalidation.carry_out_invalidations()


def object_by(client: FlaskClient, link: str, text: str = WORDS):
    return client.post(f"{link}/objection", data={"text": text, "csrf_token": csrf_token(client)})


def objections(number: int) -> list[str]:
    database.session.rollback()
    return [item.objection for item in list_objections(number)]


def test_the_mail_leads_to_the_page_where_one_objects(town: Town, link: str, client: FlaskClient) -> None:
    assert "Is this wrong?" not in client.get(link).text
    number = invalidate(town)
    mails = [path.read_text("utf-8") for path in Path(town.app.config["DATA_DIR"], "mail").glob("*.eml")]
    (mail,) = (mail for mail in mails if "declared invalid" in mail)
    assert link in mail.replace("=\n", "")
    assert "Why should your signature count?" in client.get(link).text
    answer = object_by(client, link)
    assert (answer.status_code, answer.location) == (303, link)
    assert objections(number) == [WORDS]
    page = client.get(link).text
    assert "You objected on" in page
    assert "Why should your signature count?" not in page


def test_one_objects_once_to_each_invalidation(town: Town, link: str, client: FlaskClient) -> None:
    first = invalidate(town)
    object_by(client, link)
    refused = object_by(client, link, "Once more")
    assert refused.status_code == 409
    assert "You have objected already" in refused.text
    assert objections(first) == [WORDS]
    restore(town, first)
    assert "Is this wrong?" not in client.get(link).text
    second = invalidate(town)
    assert object_by(client, link, "Again?").status_code == 303
    assert (objections(first), objections(second)) == ([WORDS], ["Again?"])


def test_the_ledger_has_one_entry_that_names_nobody(town: Town, link: str, client: FlaskClient) -> None:
    number = invalidate(town)
    object_by(client, link)
    assert objections(number) == [WORDS]
    entry = database.session.scalars(
        select(LedgerEntry).where(LedgerEntry.type == "petitions:objection:raise")
    ).one()
    assert entry.public == {"petition": town.reference, "invalidation": number}
    assert b"Sora" not in entry.leaf
    assert b"program" not in entry.leaf


def test_what_is_refused(town: Town, link: str, client: FlaskClient) -> None:
    assert client.get(f"{link}/objection").status_code == 405
    assert object_by(client, link).status_code == 404
    number = invalidate(town)
    empty = object_by(client, link, "")
    assert empty.status_code == 422
    assert "Write why it should count" in empty.text
    assert object_by(client, f"{link}x").status_code == 410
    assert client.post(f"{link}/objection", data={"text": WORDS}).status_code == 400
    assert objections(number) == []


def test_what_was_withdrawn_is_nothing_to_object_about(town: Town, link: str, client: FlaskClient) -> None:
    withdraw_by_link(link.rpartition("/")[2])
    assert object_by(client, link).status_code == 404
    assert database.session.scalars(select(Signature.state)).one() == "withdrawn"
