"""The map of labels: what stands in it is proved, and so is what does not."""

import hashlib
import random

import pytest

from app.core.ledger_errors import MapProofError
from app.core.prefix_map import EMPTY, MapProof, PrefixMap, verify_lookup


def digest(text: str) -> bytes:
    """A label or a value."""
    return hashlib.sha256(text.encode()).digest()


VALUES = {digest(f"label {number}"): digest(f"value {number}") for number in range(300)}
MAP = PrefixMap(VALUES)


def test_every_label_is_proved_with_its_value_and_no_other() -> None:
    for label, value in VALUES.items():
        proof = MAP.prove(label)
        verify_lookup(MAP.root, label, value, proof)
        for wrong in (digest("wrong"), None):
            with pytest.raises(MapProofError):
                verify_lookup(MAP.root, label, wrong, proof)


def test_absence_is_proved() -> None:
    for number in range(300):
        label = digest(f"absent {number}")
        proof = MAP.prove(label)
        verify_lookup(MAP.root, label, None, proof)
        with pytest.raises(MapProofError):
            verify_lookup(MAP.root, label, digest("value 0"), proof)


def test_a_present_label_cannot_be_called_absent_by_another_proof() -> None:
    present, absent = next(iter(VALUES)), digest("absent 1")
    for proof in (MAP.prove(absent), MAP.prove(present), MapProof(()), MapProof((), (absent, digest("x")))):
        with pytest.raises(MapProofError):
            verify_lookup(MAP.root, present, None, proof)


def test_a_shortened_or_lengthened_path_is_refused() -> None:
    label, value = next(iter(VALUES.items()))
    siblings = MAP.prove(label).siblings
    for changed in (siblings[:-1], (*siblings, EMPTY), siblings[1:], tuple(reversed(siblings))):
        with pytest.raises(MapProofError):
            verify_lookup(MAP.root, label, value, MapProof(changed))


def test_the_root_depends_on_every_entry_and_on_no_order() -> None:
    items = list(VALUES.items())
    random.Random(1).shuffle(items)
    assert PrefixMap(dict(items)).root == MAP.root
    assert PrefixMap(dict(items[1:])).root != MAP.root
    assert PrefixMap({**VALUES, items[0][0]: digest("other")}).root != MAP.root
    assert PrefixMap({}).root == EMPTY
