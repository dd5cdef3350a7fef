"""Every act of the ledger has a name that people read, in both languages."""

from collections import Counter

import pytest
from flask import Flask
from flask_babel import force_locale

from app.ledger.entry_types import EntryType
from app.ledger.queries.words import name_act
from app.platform.language import LANGUAGES


@pytest.fixture(params=LANGUAGES)
def names(app: Flask, request: pytest.FixtureRequest) -> dict[EntryType, str]:
    with app.test_request_context(), force_locale(request.param):
        return {type_: name_act(type_.value) for type_ in EntryType}


def test_every_act_has_a_name(names: dict[EntryType, str]) -> None:
    assert [type_ for type_, name in names.items() if not name or name == type_] == []


def test_no_two_acts_have_the_same_name(names: dict[EntryType, str]) -> None:
    counts = Counter(names.values())
    assert {type_: name for type_, name in names.items() if counts[name] > 1} == {}


def test_every_name_is_translated(app: Flask) -> None:
    with app.test_request_context():
        with force_locale("en"):
            english = [name_act(type_) for type_ in EntryType]
        with force_locale("ko"):
            korean = [name_act(type_) for type_ in EntryType]
    assert set(english).isdisjoint(korean)


def test_an_act_of_another_version_is_shown_by_its_type(app: Flask) -> None:
    with app.test_request_context():
        assert name_act("suggestions:suggestion:publish") == "suggestions:suggestion:publish"
