"""The verifiable random function behind petitions' pseudonyms, against the RFC's examples."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.groups.ed25519 import Ed25519Group
from app.core.vrf import VrfKey, VrfProofRefused, encode_to_curve, proof_to_output, verify_proof
from tests.peers import NEEDS_SHARED, SHARED

# RFC 9381, appendix B.3, example 17.
EXAMPLE = {
    "SK": "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "PK": "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "alpha": "72",
    "pi": "f3141cd382dc42909d19ec5110469e4feae18300e94f304590abdced48aed5933bf0864a62558b3ed7f2fea45c92a465"
    "301b3bbf5e3e54ddf2d935be3b67926da3ef39226bbc355bdc9850112c8f4b02",
    "beta": "eb4440665d3891d668e7e0fcaf587f1b4bd7fbfe99d0eb2211ccec90496310eb"
    "5e33821bc613efb94db5e5b54c70a848a0bef4553a41befc57663b56373a5031",
}


def check(case: dict[str, str]) -> None:
    key, alpha = VrfKey(bytes.fromhex(case["SK"])), bytes.fromhex(case["alpha"])
    assert key.public_key.hex() == case["PK"]
    if "H" in case:
        assert encode_to_curve(key.public_key, alpha).hex() == case["H"]
    assert key.prove(alpha).hex() == case["pi"]
    assert verify_proof(key.public_key, alpha, bytes.fromhex(case["pi"])).hex() == case["beta"]


def test_an_example_of_the_rfc() -> None:
    check(EXAMPLE)


def test_all_examples_of_the_rfc() -> None:
    path = SHARED / "vectors" / "rfc9381.json"
    if not path.exists():
        pytest.skip(NEEDS_SHARED.format("vectors/rfc9381.json"))
    cases = json.loads(path.read_text())["cases"]
    assert len(cases) == 3
    for case in cases:
        check(case)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80))
def test_what_is_proved_is_accepted_and_has_one_output(seed: bytes, alpha: bytes) -> None:
    key = VrfKey(seed)
    proof = key.prove(alpha)
    assert verify_proof(key.public_key, alpha, proof) == proof_to_output(proof)


@given(st.integers(0, 80 * 8 - 1))
def test_no_bit_of_a_proof_can_be_changed(bit: int) -> None:
    key = VrfKey(bytes(range(32)))
    proof = bytearray(key.prove(b"petition"))
    proof[bit // 8] ^= 1 << bit % 8
    with pytest.raises(VrfProofRefused):
        verify_proof(key.public_key, b"petition", bytes(proof))


def test_another_input_and_another_key_are_refused() -> None:
    key = VrfKey(bytes(range(32)))
    proof = key.prove(b"petition")
    with pytest.raises(VrfProofRefused):
        verify_proof(key.public_key, b"another", proof)
    with pytest.raises(VrfProofRefused):
        verify_proof(VrfKey(bytes(32)).public_key, b"petition", proof)


# Points of order 1, 2, 4 and 8, a point with such a part, and bytes that are no point.
SMALL = ["01" + 31 * "00", "ec" + 30 * "ff" + "7f", 32 * "00"]
SMALL.append("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")


@pytest.mark.parametrize("point", [*SMALL, "02" + 31 * "00", "ff" * 32])
def test_a_point_of_small_order_is_neither_key_nor_gamma(point: str) -> None:
    raw, key = bytes.fromhex(point), VrfKey(bytes(range(32)))
    proof = key.prove(b"petition")
    with pytest.raises(VrfProofRefused):
        verify_proof(raw, b"petition", proof)
    with pytest.raises(VrfProofRefused):
        verify_proof(key.public_key, b"petition", raw + proof[32:])


def test_gamma_with_a_part_of_small_order_is_refused() -> None:
    key = VrfKey(bytes(range(32)))
    proof = key.prove(b"petition")
    mixed = Ed25519Group().multiply(proof[:32], bytes.fromhex(SMALL[3]))
    with pytest.raises(VrfProofRefused):
        verify_proof(key.public_key, b"petition", mixed + proof[32:])


@pytest.mark.parametrize("length", [0, 79, 81])
def test_a_proof_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(VrfProofRefused):
        proof_to_output(bytes(length))


def test_a_scalar_that_is_not_reduced_is_refused() -> None:
    key = VrfKey(bytes(range(32)))
    proof = key.prove(b"petition")
    larger = int.from_bytes(proof[48:], "little") + Ed25519Group.order
    with pytest.raises(VrfProofRefused):
        verify_proof(key.public_key, b"petition", proof[:48] + larger.to_bytes(32, "little"))
