"""Every transition that the tables list is made, and no other."""

import itertools

import pytest

from app.civil_requests.rules.life import (
    PART_TRANSITIONS,
    TRANSITIONS,
    Act,
    Actor,
    PartState,
    RequestState,
    after_answers,
    next_part_state,
    next_state,
)
from app.civil_requests.rules.names import ensure_nameless
from app.civil_requests.rules.refusals import ActNotAllowed, NamesLeft
from app.civil_requests.rules.routing import suggest_agency


@pytest.mark.parametrize(("state", "act", "actor"), list(itertools.product(RequestState, Act, Actor)))
def test_only_what_the_table_lists_is_allowed(state: RequestState, act: Act, actor: Actor) -> None:
    listed = TRANSITIONS.get((state, act))
    if listed is not None and listed.actor is actor:
        assert next_state(state, act, actor) is listed.to
    else:
        with pytest.raises(ActNotAllowed):
            next_state(state, act, actor)


@pytest.mark.parametrize(("state", "act"), list(itertools.product(PartState, Act)))
def test_parts_move_along_their_table_only(state: PartState, act: Act) -> None:
    if (state, act) in PART_TRANSITIONS:
        assert next_part_state(state, act) is PART_TRANSITIONS[state, act]
    else:
        with pytest.raises(ActNotAllowed):
            next_part_state(state, act)


def test_nothing_leads_out_of_an_end() -> None:
    ends = {RequestState.MERGED, RequestState.UPHELD, RequestState.WITHDRAWN}
    assert not [state for state, _ in TRANSITIONS if state in ends]


def test_the_last_answer_answers_the_request() -> None:
    assert after_answers(RequestState.OPEN, 1) is RequestState.OPEN
    assert after_answers(RequestState.OPEN, 0) is RequestState.ANSWERED
    assert after_answers(RequestState.CLOSED, 0) is RequestState.CLOSED


def test_keywords_are_found_inside_korean_words() -> None:
    keywords = {1: ["도로", "pothole"], 2: ["공원"]}
    assert suggest_agency("도로에 구멍이 있어요", keywords).agency_id == 1
    assert suggest_agency("Potholes everywhere", keywords).words == ("pothole",)
    assert suggest_agency("Nothing of the sort", keywords) is None


def test_what_similar_requests_went_to_outweighs_one_keyword() -> None:
    assert suggest_agency("the park", {1: ["park"], 2: ["road"]}, [2]).agency_id == 2


@pytest.mark.parametrize(
    "text",
    [
        "Mina Kim asked for it",
        "민아김님이 물었어요",
        "Write to mina@example.org",
        "Call 010-1234-5678",
        "Call 01012345678",
        "Number 901314-1000001",
    ],
)
def test_a_text_that_says_who_asked_is_refused(text: str) -> None:
    with pytest.raises(NamesLeft):
        ensure_nameless(text, ["민아김 Mina Kim"])


def test_a_text_that_names_nobody_passes() -> None:
    ensure_nameless("The hole of 12 m² in Riverside Street was filled on 3 May 2026.", ["민아김 Mina Kim"])
