"""Every text of the interface is in the Korean catalogue, translated, with the same placeholders."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po

APP = Path(__file__).resolve().parents[2] / "app"
KEYWORDS = {**DEFAULT_KEYWORDS, **parse_keywords(["_l", "lazy_gettext", "lazy_ngettext:1,2"])}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
# Names and file names that are the same in both languages.
UNTRANSLATED = {"Ed25519"}


@pytest.fixture(scope="module")
def extracted() -> dict[str | tuple[str, ...], str]:
    """Message -> the file it was found in."""
    with (APP / "translations" / "babel.cfg").open() as stream:
        methods, options = parse_mapping_cfg(stream)
    found = extract_from_dir(APP, methods, options, KEYWORDS)
    return {message: file for file, _line, message, _comments, _context in found}


@pytest.fixture(scope="module")
def korean() -> Catalog:
    with (APP / "translations" / "ko" / "LC_MESSAGES" / "messages.po").open("rb") as stream:
        return read_po(stream, locale="ko")


def messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def test_extraction_finds_nothing_new(extracted: dict[str | tuple[str, ...], str], korean: Catalog) -> None:
    known = {texts(message.id) for message in messages(korean)}
    missing = {text: file for text, file in extracted.items() if texts(text) not in known}
    assert missing == {}, "run `make translations`, then translate"


def test_the_catalogue_holds_nothing_that_is_gone(
    extracted: dict[str | tuple[str, ...], str], korean: Catalog
) -> None:
    wanted = {texts(text) for text in extracted}
    assert [message.id for message in messages(korean) if texts(message.id) not in wanted] == []


def test_nothing_is_empty_or_fuzzy(korean: Catalog) -> None:
    assert [m.id for m in messages(korean) if m.fuzzy or not all(texts(m.string))] == []


def test_placeholders_survive_translation(korean: Catalog) -> None:
    wrong = []
    for message in messages(korean):
        wanted = set(PLACEHOLDER.findall(texts(message.id)[-1]))
        wrong += [text for text in texts(message.string) if set(PLACEHOLDER.findall(text)) != wanted]
    assert wrong == []


def test_sentences_are_korean(korean: Catalog) -> None:
    """A translation without a single Hangul syllable was forgotten, unless it is a name or a pattern."""
    hangul = re.compile(r"[가-힣]")
    words = re.compile(r"[A-Za-z]{3,}")
    forgotten = [
        m.id
        for m in messages(korean)
        if words.search(PLACEHOLDER.sub("", texts(m.id)[0]))
        and not all(hangul.search(text) for text in texts(m.string))
        and m.id not in UNTRANSLATED
    ]
    assert forgotten == []


def test_a_percent_sign_is_always_part_of_a_placeholder(korean: Catalog) -> None:
    """Templates format every text, so that a lone percent sign would break the page."""
    every = [text for m in messages(korean) for text in (*texts(m.id), *texts(m.string))]
    assert [text for text in every if "%" in PLACEHOLDER.sub("", text).replace("%%", "")] == []
