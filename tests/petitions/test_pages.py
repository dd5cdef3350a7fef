"""What people see of petitions: the list, one petition, and the end of its mails."""

import re
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.petitions.models import Follower, Petition
from app.petitions.rules.life import PetitionState
from app.petitions.services.counting import fold_totals
from app.petitions.services.drafts import PetitionText
from app.petitions.services.finding import index_petition
from app.petitions.services.followers import unsubscribe_token
from app.petitions.services.moderation import edit_text
from app.petitions.services.obligations import reach_thresholds
from app.petitions.services.signing import sign_petition
from app.platform import clock
from app.platform.transaction import transaction
from tests.conftest import People, csrf_token
from tests.petitions.conftest import Town
from tests.petitions.kit import open_petition

LOW = {"thresholds": [{"count": 2, "owes": "response"}, {"count": 9, "owes": "debate"}]}


def make_known(*petitions: Petition) -> None:
    with transaction():
        for petition in petitions:
            index_petition(db.session.merge(petition))


def refuse(reference: str, state: PetitionState, reason: str, title: str) -> None:
    open_petition(reference, state=state, reason_code=reason, title=title, moderated_at=clock.now())


def test_the_list_shows_searches_and_filters(app: Flask, town: Town, client: FlaskClient) -> None:
    with app.app_context():
        closed = open_petition("lane", state=PetitionState.CLOSED, title="A lane for bicycles")
        make_known(closed, db.session.scalars(select(Petition).filter_by(reference="library")).one())
    first = client.get("/petitions/").text
    assert "Open the library on Sundays" in first
    assert "A lane for bicycles" not in first
    assert "A lane for bicycles" in client.get("/petitions/?show=closed").text
    found = client.get("/petitions/?q=bicycle").text
    assert "A lane for bicycles" in found
    assert "Open the library on Sundays" not in found
    assert "No petition has all these words" in client.get("/petitions/?q=aeroplane").text


def test_an_unknown_filter_or_page_is_no_fault(town: Town, client: FlaskClient) -> None:
    assert client.get("/petitions/?show=nonsense&order=x&page=999").status_code == 200


def test_refused_ones_are_listed_with_their_reason_and_some_texts_are_hidden(
    app: Flask, town: Town, client: FlaskClient
) -> None:
    with app.app_context():
        refuse("vague", PetitionState.REJECTED, "unclear", "Make everything better")
        refuse("slander", PetitionState.HIDDEN, "defamatory", "The mayor steals")
    page = client.get("/petitions/refused").text
    assert "Make everything better" in page
    assert "It does not say clearly what should be done." in page
    assert "The mayor steals" not in page
    hidden = client.get("/petitions/slander").text
    assert "The mayor steals" not in hidden
    assert "false and harm them" in hidden


def test_a_petition_says_how_many_have_signed_and_how_far_the_next_step_is(
    app: Flask, town: Town, client: FlaskClient
) -> None:
    with app.app_context():
        for name in ("ara", "bora"):
            town.settle(name)
            sign_petition(town.account(name), "library")
        fold_totals()
    page = client.get("/petitions/library").text
    assert "28 more signatures for an answer" in page
    # What comes stands below what has happened: both thresholds and the end.
    for coming in ("30 signatures: an answer", "28 to go", "100 signatures: a debate", "Signing ends"):
        assert coming in page
    assert "It proves so many different pseudonyms" in page
    assert client.get("/petitions/library/count.json").get_json()["count"] == 2


def test_what_is_owed_stands_there_with_the_reason_of_its_date(
    app: Flask, town: Town, client: FlaskClient
) -> None:
    with app.app_context():
        open_petition("bridge", rules=LOW, title="Mend the bridge")
        for name in ("ara", "bora"):
            town.settle(name)
            sign_petition(town.account(name), "bridge")
        fold_totals()
        reach_thresholds()
    page = client.get("/petitions/bridge").text
    assert "2 signatures reached" in page
    assert "The answer: due on" in page
    assert "20 working days, by the rules of this kind of petition." in page
    assert "Due on" in page
    assert "Mend the bridge" in client.get("/petitions/?show=waiting").text


def test_a_draft_is_nobodys_business(app: Flask, town: Town, client: FlaskClient) -> None:
    with app.app_context():
        open_petition("secret", state=PetitionState.DRAFT)
    assert client.get("/petitions/secret").status_code == 404
    assert "secret" not in client.get("/petitions/?show=all").text


def test_what_strangers_see_may_be_kept_and_has_no_form(town: Town, client: FlaskClient) -> None:
    answer = client.get("/petitions/library")
    assert "stale-while-revalidate" in answer.headers["Cache-Control"]
    assert "Cookie" in answer.headers["Vary"]
    assert "Set-Cookie" not in answer.headers
    assert "csrf_token" not in answer.text


def test_the_kinds_of_petition_that_most_start_come_first(
    app: Flask, town: Town, client: FlaskClient
) -> None:
    with app.app_context():
        for number in range(2):
            open_petition(f"assembly{number}", "national-assembly")
    links = re.findall(r"/petitions/new/([a-z-]+)", client.get("/petitions/new").text)
    assert list(dict.fromkeys(links)) == ["national-assembly", "local-council", "join", "uk-parliament"]


def test_following_and_its_end(app: Flask, town: Town, people: People) -> None:
    people.create("ara")
    browser = people.sign_in("ara")
    token = {"csrf_token": csrf_token(browser)}
    assert browser.post("/petitions/library/follow", data=token).status_code == 303
    assert "Stop the mails about it" in browser.get("/petitions/library").text
    assert browser.post("/petitions/library/unfollow", data=token).status_code == 303
    assert "Follow: a mail at each step" in browser.get("/petitions/library").text


def test_one_click_ends_the_mails_without_a_session(
    app: Flask, town: Town, people: People, client: FlaskClient
) -> None:
    people.create("ara")
    browser = people.sign_in("ara")
    browser.post("/petitions/library/follow", data={"csrf_token": csrf_token(browser)})
    with app.app_context():
        number = db.session.scalars(select(Follower.id)).one()
        link = f"/petitions/unsubscribe/{number}/{unsubscribe_token(number)}"
    assert client.get(link).status_code == 200
    with app.app_context():
        assert db.session.scalar(select(Follower.id)) == number, "looking changes nothing"
    assert client.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    with app.app_context():
        assert db.session.scalar(select(Follower.id)) is None
    assert client.post(link).status_code == 200
    assert client.get(f"/petitions/unsubscribe/{number}/{'0' * 32}").status_code == 404
    assert client.post(f"/petitions/unsubscribe/{number}/é").status_code == 404


def test_a_changed_text_is_shown_in_both_versions(app: Flask, town: Town, client: FlaskClient) -> None:
    with app.app_context():
        town.settle("mod")
        text = PetitionText("Open the library on Sundays", "Open it on **Sundays**.", "Work.")
        edit_text(town.account("mod"), "library", text, "An address was in it")
    page = client.get("/petitions/library").text
    assert "An address was in it" in page
    assert "Open the <strong>library</strong> on Sundays." in page


def test_a_petition_that_ends_later_says_so(app: Flask, town: Town, client: FlaskClient) -> None:
    with app.app_context():
        closes_on = (clock.now() + timedelta(days=100)).date()
        open_petition("long", closes_on=closes_on)
    assert "days on which signing was switched off" in client.get("/petitions/long").text
