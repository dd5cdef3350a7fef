"""Whoever follows a petition that is joined to another is told, and follows that one."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.extensions import db as database
from app.petitions.models import Follower, Petition, Signature
from app.petitions.queries.facts import get_facts
from app.petitions.services.closing import archive_petition
from app.petitions.services.email_signing import (
    Wish,
    confirm_signature,
    forget_requests,
    link_token,
    request_signature,
)
from app.petitions.services.followers import follow_petition
from app.petitions.services.moderation import join_petition, stop_petition
from app.platform import clock
from app.platform.transaction import transaction
from tests.petitions.conftest import Town
from tests.petitions.kit import open_petition
from tests.petitions.test_life_pages import mails

TITLE = "A library that is open on Sundays"


@pytest.fixture
def joined(town: Town, db: Any) -> Town:
    """Ara and Bora follow the library; Bora follows the petition that it is joined to as well."""
    open_petition("sundays", title=TITLE)
    for name in ("ara", "bora", "mod"):
        town.settle(name)
    follow_petition(town.account("ara"), "library")
    for reference in ("sundays", "library"):
        follow_petition(town.account("bora"), reference)
    return town


def followers(reference: str) -> list[int | None]:
    wanted = select(Follower.account_id).join(Petition, Petition.id == Follower.petition_id)
    found = database.session.scalars(wanted.where(Petition.reference == reference))
    return sorted(found, key=lambda number: number or 0)


def told(app: Flask, subject: str) -> dict[str, EmailMessage]:
    return {mail["To"]: mail for mail in mails(app) if subject in mail["Subject"]}


def test_followers_are_told_of_the_joining_and_of_what_comes_then(joined: Town, app: Flask) -> None:
    join_petition(joined.account("mod"), "library", "sundays")
    letters = told(app, "Joined to another petition")
    assert set(letters) == {"ara@example.org", "bora@example.org"}
    for letter in letters.values():
        assert TITLE in letter.get_content()
        assert "/petitions/sundays" in letter.get_content()
    assert followers("library") == []
    assert followers("sundays") == sorted([joined.numbers["ara"], joined.numbers["bora"]])
    stop_petition(joined.account("mod"), "sundays", "settled", "")
    assert set(told(app, "Stopped")) == {"ara@example.org", "bora@example.org"}


def test_the_link_of_that_mail_ends_the_mails_of_the_other(joined: Town, app: Flask) -> None:
    join_petition(joined.account("mod"), "library", "sundays")
    for letter in told(app, "Joined to another petition").values():
        path = "/" + letter["List-Unsubscribe"].strip("<>").split("/", 3)[3]
        assert app.test_client().post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    database.session.rollback()
    assert followers("sundays") == []


def test_who_is_joined_on_and_on_follows_the_last(joined: Town, app: Flask) -> None:
    open_petition("culture", title="Culture on Sundays")
    join_petition(joined.account("mod"), "library", "sundays")
    join_petition(joined.account("mod"), "sundays", "culture")
    assert followers("culture") == sorted([joined.numbers["ara"], joined.numbers["bora"]])


def sign_by_email(reference: str, address: str) -> None:
    """Sign and follow, as the holder of an address."""
    wish = Wish("Sora Kim", "10123", address, "en", follows=True)
    request_signature(reference, wish, "203.0.113.0/24")
    confirm_signature(link_token(get_facts(reference).id, address))


def archive(reference: str) -> None:
    with transaction():
        old = clock.now() - timedelta(days=181)
        database.session.execute(
            update(Petition).where(Petition.reference == reference).values(closed_at=old)
        )
    archive_petition(reference)


def test_who_follows_by_email_follows_on_after_the_archive_of_the_old_one(joined: Town, app: Flask) -> None:
    sign_by_email("library", "sora@example.org")
    sign_by_email("library", "dana@example.org")
    sign_by_email("sundays", "dana@example.org")
    join_petition(joined.account("mod"), "library", "sundays")
    assert "sora@example.org" in told(app, "Joined to another petition")
    archive("library")
    clock.set_offset(timedelta(days=9))
    try:
        forget_requests()
        stop_petition(joined.account("mod"), "sundays", "settled", "")
    finally:
        clock.set_offset(timedelta())
    stopped = [mail["To"] for mail in mails(app) if "Stopped" in mail["Subject"]]
    assert sorted(stopped) == [f"{name}@example.org" for name in ("ara", "bora", "dana", "sora")]


def test_a_moved_address_has_signed_nothing_and_can_sign(joined: Town, app: Flask) -> None:
    sign_by_email("library", "sora@example.org")
    join_petition(joined.account("mod"), "library", "sundays")
    signed = select(Petition.reference).join(Signature, Signature.petition_id == Petition.id)
    assert database.session.scalars(signed).all() == ["library"]
    sign_by_email("sundays", "sora@example.org")
    assert sorted(database.session.scalars(signed)) == ["library", "sundays"]
    assert len(followers("sundays")) == 3, "once, however often"
