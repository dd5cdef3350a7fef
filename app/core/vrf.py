"""ECVRF-EDWARDS25519-SHA512-TAI: a pseudorandom output that its public key lets anybody check (RFC 9381).

The group operations are libsodium's, the scalars are computed by it in constant time; here stand the
steps of the RFC, whose names and section numbers the functions carry. Checked with the RFC's examples 16
to 18. Stricter than the RFC in one point: a proof whose point Gamma has a part of small order is refused,
which no honest prover makes.
"""

import hashlib
from dataclasses import dataclass

from nacl import bindings

from app.core.errors import NotCanonicalError, NotInGroupError
from app.core.groups.ed25519 import Ed25519Group

SEED_BYTES = 32
PUBLIC_KEY_BYTES = 32
PROOF_BYTES = 80
OUTPUT_BYTES = 64

_SUITE = b"\x03"
_GROUP = Ed25519Group()
_CHALLENGE_BYTES = 16
_ATTEMPTS = 256


class VrfProofRefused(Exception):
    """A proof or public key is malformed, or does not belong to this input."""


@dataclass(frozen=True)
class VrfKey:
    """A secret key, from 32 random bytes (RFC 8032, 5.1.5)."""

    seed: bytes

    def __post_init__(self) -> None:
        if len(self.seed) != SEED_BYTES:
            raise ValueError(f"a seed has {SEED_BYTES} bytes")

    @property
    def public_key(self) -> bytes:
        """The 32 bytes that are published."""
        return bytes(bindings.crypto_scalarmult_ed25519_base(self._hashed()[:32]))

    def prove(self, alpha: bytes) -> bytes:
        """The proof for input `alpha`, 80 bytes: Gamma || c || s (5.1)."""
        hashed, public_key = self._hashed(), self.public_key
        x = _clamp(hashed[:32])
        h = encode_to_curve(public_key, alpha)
        gamma = bindings.crypto_scalarmult_ed25519_noclamp(x, h)
        # 5.4.2.2: the nonce of RFC 8032, over H instead of the message.
        k = bindings.crypto_core_ed25519_scalar_reduce(hashlib.sha512(hashed[32:] + h).digest())
        u = bindings.crypto_scalarmult_ed25519_base_noclamp(k)
        v = bindings.crypto_scalarmult_ed25519_noclamp(k, h)
        c = _challenge(public_key, h, gamma, u, v)
        product = bindings.crypto_core_ed25519_scalar_mul(c + bytes(16), x)
        return bytes(gamma + c + bindings.crypto_core_ed25519_scalar_add(product, k))

    def _hashed(self) -> bytes:
        return hashlib.sha512(self.seed).digest()


def verify_proof(public_key: bytes, alpha: bytes, proof: bytes) -> bytes:
    """Check the proof for `alpha` under `public_key` and return the output, 64 bytes (5.3).

    Raises VrfProofRefused.
    """
    gamma, c, s = _decode_proof(proof)
    try:
        _ensure_point(public_key)
        _ensure_point(gamma)
        h = encode_to_curve(public_key, alpha)
        u = _GROUP.divide(_GROUP.power(_GROUP.generator, s), _GROUP.power(public_key, c))
        v = _GROUP.divide(_GROUP.power(h, s), _GROUP.power(gamma, c))
    except (NotInGroupError, NotCanonicalError) as problem:
        raise VrfProofRefused("a point is not of prime order") from problem
    if _challenge(public_key, h, gamma, u, v) != proof[32:48]:
        raise VrfProofRefused("the proof does not belong to this key and input")
    return proof_to_output(proof)


def proof_to_output(proof: bytes) -> bytes:
    """The 64-byte output that a proof carries, unchecked (5.2). Raises VrfProofRefused if malformed."""
    gamma, _, _ = _decode_proof(proof)
    try:
        cleared = _clear_cofactor(gamma)
    except NotInGroupError as problem:
        raise VrfProofRefused("Gamma is not a point of the curve") from problem
    return hashlib.sha512(_SUITE + b"\x03" + cleared + b"\x00").digest()


def encode_to_curve(public_key: bytes, alpha: bytes) -> bytes:
    """The point that stands for `alpha`, by trying and incrementing, salted with the public key (5.4.1.1)."""
    for attempt in range(_ATTEMPTS):
        text = _SUITE + b"\x01" + public_key + alpha + bytes([attempt]) + b"\x00"
        candidate = hashlib.sha512(text).digest()[:32]
        try:
            point = _clear_cofactor(_parse(candidate))
        except (NotCanonicalError, NotInGroupError):
            continue
        if point != _GROUP.identity:
            return point
    raise VrfProofRefused("no attempt gave a point")


def _challenge(*points: bytes) -> bytes:
    """16 bytes, little-endian (5.4.3)."""
    return hashlib.sha512(_SUITE + b"\x02" + b"".join(points) + b"\x00").digest()[:_CHALLENGE_BYTES]


def _decode_proof(proof: bytes) -> tuple[bytes, int, int]:
    """Gamma, c and s of a proof (5.4.4)."""
    if len(proof) != PROOF_BYTES:
        raise VrfProofRefused(f"a proof has {PROOF_BYTES} bytes")
    s = int.from_bytes(proof[48:], "little")
    if s >= _GROUP.order:
        raise VrfProofRefused("s is not reduced")
    return proof[:32], int.from_bytes(proof[32:48], "little"), s


def _parse(raw: bytes) -> bytes:
    return bytes(_GROUP.parse(raw[::-1].hex()))


def _ensure_point(raw: bytes) -> None:
    if _parse(raw) == _GROUP.identity:
        raise NotInGroupError("the identity is no key")
    _GROUP.ensure_member(raw)


def _clear_cofactor(point: bytes) -> bytes:
    """8 times the point, by doublings: multiplication by a scalar would refuse a part of small order."""
    for _ in range(3):
        point = _GROUP.multiply(point, point)
    return point


def _clamp(raw: bytes) -> bytes:
    """RFC 8032, 5.1.5."""
    return bytes([raw[0] & 248]) + raw[1:31] + bytes([(raw[31] & 127) | 64])
