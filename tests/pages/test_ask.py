"""One window: a request for oneself, a petition with others; the text is kept either way."""

from app.civil_requests.forms.filing import LONGEST_TITLE
from app.civil_requests.models import CivilRequest
from app.extensions import db as database
from app.petitions.models import Petition
from app.platform.transaction import transaction
from tests.civil_requests.conftest import POTHOLE
from tests.conftest import csrf_token
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
    data |= {"type": "local-council", "csrf_token": csrf_token(client)}
    answer = client.post("/ask/petition", data=data)
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
