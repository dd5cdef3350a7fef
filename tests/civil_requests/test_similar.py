"""Before somebody asks: who writes a petition sees published answers, who writes a request open petitions."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.civil_requests.services import filing, handling, publishing
from app.civil_requests.services.filing import RequestText
from app.petitions.rules.life import PetitionState
from app.petitions.services.drafts import PetitionText, start_petition
from app.petitions.services.finding import index_petition
from app.petitions.services.types import load_shipped_types
from app.platform.similar import list_elsewhere
from app.platform.transaction import transaction
from tests.civil_requests.conftest import Town
from tests.conftest import People, csrf_token
from tests.petitions.kit import open_petition

SENTENCE = "Mend the deep holes in our road"
ANSWER = "A deep hole in a road"
ANSWERED, UNDER_WAY = "Agencies have answered something like this", "Petitions under way that ask for"


@pytest.fixture
def answer(town: Town) -> str:
    """The reference of a published answer about holes; one petition about them is open, one closed."""
    reference = town.ask(publishable=True)
    handling.answer_request(town.account("roadman"), reference, "We filled it.")
    publishing.publish_answer(
        town.account("roadman"), reference, ANSWER, "There is a deep hole.", "We fill them in May."
    )
    load_shipped_types()
    for key, state in (("open", PetitionState.OPEN), ("over", PetitionState.CLOSED)):
        petition = open_petition(key, state=state, title=f"Mend every hole in the road: {key}")
        with transaction():
            index_petition(petition)
    return reference


@pytest.fixture
def mina(people: People, answer: str) -> FlaskClient:
    """Her browser."""
    return people.sign_in("mina")


def test_who_writes_a_petition_is_shown_answers(town: Town, mina: FlaskClient, answer: str, db: Any) -> None:
    page = mina.get(f"/petitions/new/local-council?title={SENTENCE}").text
    assert ANSWERED in page
    assert f'href="/civil-requests/answers/{answer}"' in page
    assert UNDER_WAY not in page
    text = PetitionText(SENTENCE, "Fill them.", "")
    draft = start_petition(town.account("mina"), "local-council", text)
    assert ANSWER in mina.get(f"/petitions/{draft}/draft").text
    one_window = {"title": SENTENCE, "text": "Fill them.", "shared": "yes", "csrf_token": csrf_token(mina)}
    assert ANSWER in mina.post("/ask", data=one_window).text


def test_who_writes_a_request_is_shown_petitions_that_are_open(town: Town, mina: FlaskClient) -> None:
    draft = filing.draft_request(town.account("mina"), RequestText(SENTENCE, "Please fill them."))
    page = mina.get(f"/civil-requests/{draft}/send").text
    assert UNDER_WAY in page
    assert 'href="/petitions/open"' in page
    assert "/petitions/over" not in page
    # The room's own finds stand where they stood.
    assert page.count(ANSWER) == 1
    assert ANSWERED not in page


def test_nothing_is_offered_for_another_matter_or_after_it_was_taken_out(
    town: Town, mina: FlaskClient, answer: str
) -> None:
    assert ANSWERED not in mina.get("/petitions/new/local-council?title=More+trees").text
    assert ANSWERED not in mina.get("/petitions/new/local-council").text
    publishing.unpublish_answer(town.account("roadman"), answer)
    assert ANSWER not in mina.get(f"/petitions/new/local-council?title={SENTENCE}").text


def test_a_request_that_is_not_published_is_offered_to_nobody(town: Town, people: People) -> None:
    reference = town.ask(publishable=True)
    handling.answer_request(town.account("roadman"), reference, "We filled it.")
    with people.app.test_request_context():
        assert list_elsewhere("petitions", SENTENCE) == []
