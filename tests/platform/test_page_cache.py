"""Public pages are remembered for strangers, and for nobody else."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.platform import page_cache
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


def eventually(client: FlaskClient, path: str, text: str) -> bool:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if client.get(path).text == text:
            return True
        time.sleep(0.02)
    return False


def test_nobody_waits_while_a_page_that_is_asked_for_is_rendered_anew(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    monkeypatch.setattr(page_cache, "RENEWAL", 60.0)

    @app.get("/brief")
    @public
    @remembered(0, 30)
    def page() -> str:
        made.append(1)
        time.sleep(0.3 if len(made) == 2 else 0)
        return f"answer {min(len(made), 2)}"

    assert client.get("/brief").text == "answer 1"
    begun = time.monotonic()
    assert client.get("/brief").text == "answer 1"
    assert time.monotonic() - begun < 0.3
    assert eventually(client, "/brief", "answer 2")


def test_a_page_that_fails_while_it_is_rendered_anew_is_not_shown_for_ever(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    monkeypatch.setattr(page_cache, "RENEWAL", 0.5)

    @app.get("/failing")
    @public
    @remembered(0, 30)
    def page() -> str:
        made.append(1)
        if len(made) > 1:
            raise LookupError
        return "answer"

    assert client.get("/failing").text == "answer"
    assert client.get("/failing").text == "answer"
    time.sleep(0.6)
    assert client.get("/failing").status_code == 500


@pytest.fixture
def crowd(app: Flask) -> Callable[[str], list[str]]:
    """Eight strangers who ask for a page at the same moment; what they were shown."""

    def ask(path: str) -> list[str]:
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(lambda _: app.test_client().get(path).text, range(8)))

    return ask


def test_a_crowd_that_comes_at_once_waits_for_one_rendering(
    app: Flask, crowd: Callable[[str], list[str]]
) -> None:
    made: list[int] = []

    @app.get("/slow")
    @public
    @remembered(60, 30)
    def page() -> str:
        made.append(1)
        time.sleep(0.3)
        return "answer"

    assert crowd("/slow") == ["answer"] * 8
    assert len(made) == 1


def test_a_crowd_does_not_wait_in_line_for_a_page_that_cannot_be_kept(
    app: Flask, crowd: Callable[[str], list[str]]
) -> None:
    inside: list[int] = []
    most: list[int] = []

    @app.get("/refused")
    @public
    @remembered(60, 30)
    def page() -> tuple[str, int]:
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.3)
        inside.pop()
        return "refused", 404

    assert crowd("/refused") == ["refused"] * 8
    # After the first, the others are refused beside each other.
    assert max(most) > 1
