"""Full text search finds Korean and English, on whichever database the suite runs."""

import pytest
from flask import Flask

from app.platform import search
from app.platform.transaction import transaction

TEXTS = {
    "library": ("Open the libraries on Sundays", "Many work all week and can only read on Sunday."),
    "lane": ("A bicycle lane on Mill Street", "Cyclists are in danger between the library and the school."),
    "night": ("밤에도 도서관을 열어 주세요", "퇴근하고 나면 도서관이 닫혀 있어요."),
    "park": ("공원에 나무를 더 심어 주세요", "여름에 그늘이 없어요."),
}


@pytest.fixture
def texts(app: Flask):
    with app.app_context():
        with transaction():
            for key, (title, body) in TEXTS.items():
                search.put("petition", key, body, title)
        yield


def test_every_word_must_be_there(texts: None) -> None:
    assert search.find("petition", "library") == ["library", "lane"]
    assert search.find("petition", "library sunday") == ["library"]
    assert search.find("petition", "library aeroplane") == []


def test_korean_is_found_whatever_particle_follows(texts: None) -> None:
    assert search.find("petition", "도서관") == ["night"]
    assert search.find("petition", "도서관에서") == []
    assert search.find_similar("petition", "도서관에서 공부하고 싶어요") == ["night"]
    assert search.find("petition", "나무") == ["park"]


def test_similar_ones_come_best_first(texts: None) -> None:
    found = search.find_similar("petition", "Libraries should open on Sundays, too")
    assert found[0] == "library"
    assert "park" not in found


@pytest.mark.parametrize("query", ["", "  ", "'\"", "the of", "!?&|", "*", "a AND OR NOT"])
def test_a_query_without_words_finds_nothing_and_breaks_nothing(texts: None, query: str) -> None:
    assert search.find("petition", query) == []


@pytest.mark.parametrize("query", ['lib" OR "a', "title_words:library", "library) OR (", "li'brary\\"])
def test_signs_mean_nothing(texts: None, query: str) -> None:
    assert set(search.find("petition", query)) <= {"library", "lane"}


def test_a_text_is_replaced_and_removed(texts: None) -> None:
    with transaction():
        search.put("petition", "park", "Benches too.", "Plant trees in the park")
        search.remove("petition", "lane")
        search.remove("petition", "never there")
    assert search.find("petition", "tree") == ["park"]
    assert search.find("petition", "나무") == []
    assert search.find("petition", "bicycle") == []


def test_kinds_are_apart(texts: None) -> None:
    with transaction():
        search.put("request", "library", "The library's door is broken")
    assert search.find("request", "library") == ["library"]
    assert search.find("request", "sunday") == []
