"""The one window says what is answered already, and what others ask for, before the whole is written."""

from app.accounts.rules import FORM_KEY_MAXIMUM
from app.civil_requests.services import handling
from app.civil_requests.services.publishing import publish_answer
from app.petitions.services.finding import index_petition
from app.platform.transaction import transaction
from tests.civil_requests.conftest import Town
from tests.conftest import People
from tests.petitions.kit import found_town, open_petition


def test_answers_are_offered_after_one_line_and_before_the_whole_is_written(
    town: Town, people: People
) -> None:
    reference = town.ask("joon", publishable=True)
    handling.answer_request(town.account("roadman"), reference, "We filled it.")
    publish_answer(town.account("roadman"), reference, "A hole in a road", "A deep hole.", "We fill them.")
    client = people.sign_in("mina")
    first = client.get("/ask").text
    assert 'name="title"' in first
    assert 'name="text"' not in first
    second = client.get("/ask?title=Holes+in+my+road").text
    assert f'href="/civil-requests/answers/{reference}"' in second
    assert second.index("A hole in a road") < second.index('name="text"')
    assert 'value="Holes in my road"' in second
    assert "Has it been answered before?" not in client.get("/ask?title=Swimming+lessons").text
    assert "Has it been answered before?" not in client.get("/ask?title=+").text


def test_a_long_korean_line_has_a_place_where_the_text_is_kept(town: Town, people: People) -> None:
    line = "가로등" * 40
    page = people.sign_in("mina").get("/ask", query_string={"title": line}).text
    assert f'name="autosave" value="/ask?{line}"' in page
    assert len(f"/ask?{line}") <= FORM_KEY_MAXIMUM


def test_petitions_about_the_same_are_offered_too(people: People, db: object) -> None:
    found_town()
    petition = open_petition(title="Mend every hole in the road")
    with transaction():
        index_petition(petition)
    people.create("mina")
    page = people.sign_in("mina").get("/ask?title=Holes+in+my+road").text
    assert 'href="/petitions/library"' in page
    assert page.index("Mend every hole") < page.index('name="text"')
