"""Public pages are remembered for strangers, and for nobody else."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.platform.access import public
from app.platform.page_cache import remembered
from tests.conftest import People


@pytest.fixture
def calls(app: Flask) -> list[int]:
    made: list[int] = []

    @app.get("/remembered")
    @public
    @remembered(60, 30)
    def page() -> str:
        made.append(1)
        return f"answer {len(made)}"

    return made


def test_strangers_share_one_rendering_and_caches_may_keep_it(client: FlaskClient, calls: list[int]) -> None:
    answers = [client.get("/remembered") for _ in range(3)]
    assert {answer.text for answer in answers} == {"answer 1"}
    for answer in answers:
        assert answer.headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=30"
        assert {"Cookie", "Accept-Language"} <= set(answer.vary)
        assert "Content-Security-Policy" in answer.headers


def test_languages_and_addresses_are_kept_apart(client: FlaskClient, calls: list[int]) -> None:
    texts = {
        client.get("/remembered", headers={"Accept-Language": "ko"}).text,
        client.get("/remembered", headers={"Accept-Language": "en"}).text,
        client.get("/remembered?page=2", headers={"Accept-Language": "en"}).text,
    }
    assert len(texts) == 3


def test_somebody_signed_in_gets_a_page_of_their_own(app: Flask, people: People, calls: list[int]) -> None:
    people.create("mina")
    mina = people.sign_in("mina")
    texts = [mina.get("/remembered").text for _ in range(2)]
    assert texts == ["answer 1", "answer 2"]
    assert mina.get("/remembered").headers["Cache-Control"] == "private, no-store"
    assert app.test_client().get("/remembered").text == "answer 4"
