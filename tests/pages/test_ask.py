"""One window: a request for oneself, a petition with others; the text is kept either way."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.civil_requests.forms.filing import LONGEST_TITLE
from app.civil_requests.models import CivilRequest
from app.extensions import db as database
from app.petitions.models import Petition
from app.platform.transaction import transaction
from tests.civil_requests.conftest import POTHOLE
from tests.conftest import People, csrf_token
from tests.petitions.kit import found_town

ASKED = {"title": POTHOLE.title, "text": POTHOLE.text}


def test_what_one_asks_alone_becomes_a_request(people, db) -> None:
    people.create("mina")
    client = people.sign_in("mina")
    answer = client.post("/ask", data={**ASKED, "shared": "no", "csrf_token": csrf_token(client)})
    request = database.session.scalars(database.select(CivilRequest)).one()
    assert (request.title, request.text, request.state) == (POTHOLE.title, POTHOLE.text, "draft")
    assert answer.location == f"/civil-requests/{request.reference}/send"
    assert POTHOLE.text in client.get(answer.location).text
    # Whoever comes back to the form of what is sent sees what became of it.
    with transaction():
        database.session.execute(database.update(CivilRequest).values(state="open"))
    assert client.get(answer.location).location == answer.location.removesuffix("/send")


def test_what_others_shall_sign_becomes_a_petition_of_the_chosen_kind(people, db) -> None:
    found_town()
    people.create("mina", district="hill", identity="901314-1000001")
    client = people.sign_in("mina")
    data = {**ASKED, "shared": "yes", "csrf_token": csrf_token(client)}
    page = client.post("/ask", data=data).text
    assert POTHOLE.text in page
    fields = dict(re.findall(r'<input type="hidden" name="(title|demand|type)" value="([^"]*)"', page))
    fields |= {"type": "local-council", "csrf_token": csrf_token(client)}
    answer = client.post("/ask/petition", data=fields)
    petition = database.session.scalars(database.select(Petition)).one()
    assert (petition.title, petition.demand, petition.type_code) == (
        POTHOLE.title,
        POTHOLE.text,
        "local-council",
    )
    assert answer.location == f"/petitions/{petition.reference}/draft"
    assert client.get(answer.location).status_code == 200


def test_without_an_answer_to_the_question_nothing_is_lost(people, db) -> None:
    people.create("mina")
    client = people.sign_in("mina")
    answer = client.post("/ask", data={**ASKED, "csrf_token": csrf_token(client)})
    assert answer.status_code == 422
    assert POTHOLE.text in answer.text


def test_a_text_that_is_too_long_is_given_back_with_its_length(people, db) -> None:
    people.create("mina")
    client = people.sign_in("mina")
    data = {"title": "x" * (LONGEST_TITLE + 1), "text": POTHOLE.text, "shared": "no"}
    answer = client.post("/ask", data={**data, "csrf_token": csrf_token(client)})
    assert answer.status_code == 422
    assert f"Shorten this to {LONGEST_TITLE} characters; it has {LONGEST_TITLE + 1} now" in answer.text


@pytest.fixture
def go_on(people: People, db: object) -> Callable[..., TestResponse]:
    """Sends a text as a petition of a kind, as Mina: level 1, of no district."""
    found_town()
    people.create("mina")
    client: FlaskClient = people.sign_in("mina")

    def post(**fields: str) -> TestResponse:
        usual = {"title": "Trees", "demand": "Plant them.", "reasons": "", "type": "local-council"}
        return client.post("/ask/petition", data=usual | fields | {"csrf_token": csrf_token(client)})

    return post


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "   "},
        {"demand": ""},
        {"title": "T" * 121},
        {"demand": "D" * 10_001},
        {"demand": "D" * 200_000},
        {"reasons": "R" * 10_001},
    ],
)
def test_a_text_that_a_petition_may_not_have_is_given_back_whole(
    go_on: Callable[..., TestResponse], wrong: dict[str, str]
) -> None:
    answer = go_on(**wrong)
    assert answer.status_code == 422
    for typed in ({"title": "Trees", "demand": "Plant them.", "type": "local-council"} | wrong).values():
        assert typed.strip() in answer.text
    assert database.session.scalars(database.select(Petition)).all() == []
    assert go_on(title="T" * 120, demand="D" * 10_000).status_code == 303


def test_a_kind_that_is_not_for_everybody_is_refused_and_the_text_is_kept(
    go_on: Callable[..., TestResponse],
) -> None:
    for code, status in (("national-assembly", 403), ("nonsense", 404), ("", 404)):
        answer = go_on(type=code, reasons="They give shade.")
        assert answer.status_code == status, code
        for typed in ("Trees", "Plant them.", "They give shade."):
            assert typed in answer.text
        assert 'name="reasons" value="They give shade."' in answer.text
    assert database.session.scalars(database.select(Petition)).all() == []
