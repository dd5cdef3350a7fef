"""The public pages, the language switch, the answers for pages that are not there."""

import pytest
from flask.testing import FlaskClient

PAGES = ["/", "/how-it-works", "/accessibility", "/privacy"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("language", "menu"), [("en", "Main menu"), ("ko", "주 메뉴")])
def test_each_page_answers_in_both_languages(
    client: FlaskClient, path: str, language: str, menu: str
) -> None:
    answer = client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    assert menu in answer.text


def test_the_front_page_says_that_nothing_is_open(client: FlaskClient) -> None:
    assert "No vote is open at the moment" in client.get("/").text


def test_choosing_a_language_lasts_and_leads_back(client: FlaskClient) -> None:
    answer = client.get("/language/ko?next=/privacy")
    assert (answer.status_code, answer.location) == (302, "/privacy")
    assert '<html lang="ko"' in client.get("/", headers={"Accept-Language": "en"}).text
    client.get("/language/en")
    assert '<html lang="en"' in client.get("/", headers={"Accept-Language": "ko"}).text


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
     "javascript:alert(1)", "evil.example", "", "///evil.example", "/\r\nX: y"],
)  # fmt: skip
def test_the_switch_leads_to_no_other_site(client: FlaskClient, elsewhere: str) -> None:
    answer = client.get("/language/ko", query_string={"next": elsewhere})
    assert answer.status_code == 302
    assert answer.location == "/" or (answer.location.startswith("/") and "evil" not in answer.location)
    assert "X" not in answer.headers


def test_an_unknown_language_is_not_found(client: FlaskClient) -> None:
    assert client.get("/language/xx").status_code == 404


def test_the_switch_keeps_the_question_of_a_search(client: FlaskClient) -> None:
    html = client.get("/privacy?q=a%26b&page=2", headers={"Accept-Language": "en"}).text
    assert "/language/ko?next=/privacy?q%3Da%2526b%26page%3D2" in html


def test_what_is_not_there_is_said_in_words(client: FlaskClient) -> None:
    answer = client.get("/nothing-here")
    assert answer.status_code == 404
    assert "Page not found" in answer.text
    assert 'href="/"' in answer.text


def test_only_rooms_that_exist_are_linked(client: FlaskClient) -> None:
    html = client.get("/").text
    assert ">Votes</a>" in html
    assert ">Discussions</a>" not in html
