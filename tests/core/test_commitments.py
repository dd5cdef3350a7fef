"""Contents have one byte string: that of RFC 8785, as an independent library writes it."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from app.core.commitments import (
    LARGEST_INTEGER,
    NONCE_BYTES,
    ContentNotCommittable,
    canonical_json,
    commit_to,
)

# What has a spelling of its own, and names that sort differently by code point and by UTF-16.
AWKWARD = '"\\/\b\f\n\r\t\x00\x1f\x7f\u0080\u2028\ufeff\uffff\U00010000é한'
TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(AWKWARD), max_size=20)
VALUES = TEXTS | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER)


@given(st.dictionaries(TEXTS | st.text("abc_-\n\x7f", max_size=5), VALUES | st.booleans(), max_size=8))
def test_every_flat_content_is_written_as_rfc_8785_writes_it(content: dict[str, object]) -> None:
    assert canonical_json(content) == rfc8785.dumps(content)


@given(st.dictionaries(TEXTS, st.lists(VALUES) | st.dictionaries(TEXTS, VALUES) | VALUES, max_size=5))
def test_every_nested_content_too(content: dict[str, object]) -> None:
    assert canonical_json(content) == rfc8785.dumps(content)


@pytest.mark.parametrize("value", [1.5, True, None, 2**53, [1], b"x"])
def test_what_languages_spell_differently_is_not_committed_to(value: object) -> None:
    with pytest.raises(ContentNotCommittable):
        commit_to({"value": value}, bytes(NONCE_BYTES))  # type: ignore[dict-item]


def test_half_a_character_is_refused_in_the_library_s_own_words() -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical_json({"half": "\ud800"})
