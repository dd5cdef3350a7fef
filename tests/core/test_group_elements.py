"""No element outside the prime-order group, and none in a second form, is taken in any position."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from app.core.errors import Check, NotCanonicalError, NotInGroupError
from app.core.groups import BELENIOS_2048, ED25519, Group
from app.core.verify import verify_election
from tests.core.hostile_elements import other_forms, other_forms_of_identity, shifted, small_order_parts
from tests.core.kit import (
    QUESTIONS,
    Sample,
    make_sample,
    with_decryption,
    with_setup,
    with_signed_change,
    with_tally,
)

Change = Callable[[str], str]


def _alpha(sample: Sample, change: Change) -> bytes:
    choice = lambda b: b["answers"][0]["choices"][1]  # noqa: E731
    return with_signed_change(sample, 1, lambda b: _set(choice(b), "alpha", change))


def _beta(sample: Sample, change: Change) -> bytes:
    choice = lambda b: b["answers"][1]["choices"][0]  # noqa: E731
    return with_signed_change(sample, 1, lambda b: _set(choice(b), "beta", change))


def _credential(sample: Sample, change: Change) -> bytes:
    old = sample.voters[1].public
    new = change(old)
    return with_setup(sample, 2, lambda listed: [text.replace(old, new) for text in listed])


def _trustee_key(sample: Sample, change: Change) -> bytes:
    return with_setup(sample, 1, lambda trustees: _set(trustees[0][1], "public_key", change))


def _election_key(sample: Sample, change: Change) -> bytes:
    return with_setup(sample, 0, lambda election: _set(election, "public_key", change))


def _tally(sample: Sample, change: Change) -> bytes:
    return with_tally(sample, lambda tally: _set(tally[0][1], "beta", change))


def _factor(sample: Sample, change: Change) -> bytes:
    return with_decryption(sample, 1, lambda d: _set(d["decryption_factors"][0], 1, change))


def _set(holder: Any, name: Any, change: Change) -> None:
    holder[name] = change(holder[name])


POSITIONS: dict[str, tuple[Callable[[Sample, Change], bytes], Check, Check]] = {
    # position: where, the check when outside the group, the check when in a second form
    "alpha (c10)": (_alpha, Check.GROUP_MEMBERSHIP, Check.BALLOT_CANONICAL),
    "beta": (_beta, Check.GROUP_MEMBERSHIP, Check.BALLOT_CANONICAL),
    "credential": (_credential, Check.GROUP_MEMBERSHIP, Check.CREDENTIAL_LIST),
    "trustee's key": (_trustee_key, Check.GROUP_MEMBERSHIP, Check.TRUSTEE_POSSESSION),
    "election's key": (_election_key, Check.GROUP_MEMBERSHIP, Check.ELECTION_PARAMETERS),
    "tally": (_tally, Check.TALLY_RECOMPUTED, Check.TALLY_RECOMPUTED),
    "decryption factor": (_factor, Check.GROUP_MEMBERSHIP, Check.DECRYPTION_PROOFS),
}
# Where an honest document can hold the identity (no votes), it is allowed; elsewhere it is refused.
NOT_IDENTITY = [name for name in POSITIONS if name not in ("tally", "decryption factor")]


def _failed_check(raw: bytes) -> Check | None:
    failure = verify_election(raw).failure
    return failure and failure.check


@pytest.mark.parametrize("position", POSITIONS)
def test_a_part_of_another_order_is_refused(sample: Sample, position: str) -> None:
    make, expected, _ = POSITIONS[position]
    for part in small_order_parts(sample.group):
        altered = make(sample, lambda text, part=part: shifted(sample.group, text, part))
        assert _failed_check(altered) is expected


@pytest.mark.parametrize("position", POSITIONS)
def test_an_element_of_small_order_alone_is_refused(sample: Sample, position: str) -> None:
    make, expected, _ = POSITIONS[position]
    group = sample.group
    for part in small_order_parts(group):
        assert _failed_check(make(sample, lambda _, part=part: group.serialize(part))) is expected


@pytest.mark.parametrize("position", POSITIONS)
def test_a_second_form_is_refused(sample: Sample, position: str) -> None:
    make, _, expected = POSITIONS[position]
    assert [
        _failed_check(make(sample, lambda _, form=form: form))
        for form in other_forms_of_identity(sample.group)
    ] == [expected] * len(other_forms_of_identity(sample.group))
    seen: list[str] = []
    make(sample, lambda text: seen.append(text) or text)
    for form in other_forms(sample.group, seen[0]):
        assert _failed_check(make(sample, lambda _, form=form: form)) is expected, form


@pytest.mark.parametrize("position", NOT_IDENTITY)
def test_the_identity_is_refused_in_keys_credentials_and_ballots(sample: Sample, position: str) -> None:
    make, expected, _ = POSITIONS[position]
    group = sample.group
    assert _failed_check(make(sample, lambda _: group.serialize(group.identity))) is expected


def test_the_identity_is_accepted_where_nobody_voted(group: Group) -> None:
    empty = make_sample(group, QUESTIONS, votes=())
    neutral = group.serialize(group.identity)
    tally = json.loads(empty.documents[-4][1][0])
    assert tally[0][0] == {"alpha": neutral, "beta": neutral}
    assert verify_election(empty.raw).valid
    for form in other_forms_of_identity(group):
        assert _failed_check(with_tally(empty, lambda t, form=form: t[0][0].update(alpha=form)))
        refused = with_decryption(
            empty, 1, lambda d, form=form: _set(d["decryption_factors"][0], 0, lambda _: form)
        )
        assert _failed_check(refused) is Check.DECRYPTION_PROOFS


def test_no_point_with_a_part_of_small_order_can_be_multiplied() -> None:
    """ensure_operand of Ed25519 relies on this: libsodium itself refuses, whatever the scalar."""
    honest = ED25519.power(ED25519.generator, 12345)
    for part in small_order_parts(ED25519):
        for point in (part, ED25519.multiply(honest, part)):
            for exponent in (0, 1, 2, 8, ED25519.order - 1):
                with pytest.raises(NotInGroupError):
                    ED25519.power(point, exponent)
                with pytest.raises(NotInGroupError):
                    ED25519.power_public(point, exponent)


def test_bytes_that_are_no_point_are_refused() -> None:
    no_point = (2).to_bytes(32, "little")
    with pytest.raises(NotInGroupError):
        ED25519.ensure_member(no_point)
    with pytest.raises(NotInGroupError):
        ED25519.power(no_point, 3)
    with pytest.raises(NotInGroupError):
        ED25519.multiply(ED25519.generator, no_point)


@pytest.mark.parametrize("value", [None, 1, [], {}, True, "", "zz", "１"])
@pytest.mark.parametrize("group", [ED25519, BELENIOS_2048], ids=lambda group: group.name)
def test_what_is_no_element_is_refused(group: Group, value: Any) -> None:
    with pytest.raises(NotCanonicalError):
        group.parse(value)
