"""Whoever follows a petition that is joined to another is told, and follows that one."""

from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db as database
from app.petitions.models import Follower, Petition
from app.petitions.services.followers import follow_petition
from app.petitions.services.moderation import join_petition, stop_petition
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
    return sorted(database.session.scalars(wanted.where(Petition.reference == reference)))


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
