"""The prime-order subgroup of edwards25519, by libsodium (specification, "Elliptic curves")."""

import re
from collections.abc import Callable

from nacl import bindings, exceptions

from app.core.errors import NotCanonicalError, NotInGroupError
from app.core.groups.base import Element

_FIELD_PRIME = 2**255 - 19
_HEX = re.compile(r"[0-9a-f]{64}")
_IDENTITY = b"\x01" + bytes(31)


class Ed25519Group:
    """Elements are RFC 8032 encodings (32 bytes); in JSON they are read as one big-endian number."""

    name = "Ed25519"
    order = 2**252 + 27742317777372353535851937790883648493
    identity: Element = _IDENTITY
    generator: Element = bindings.crypto_scalarmult_ed25519_base_noclamp((1).to_bytes(32, "little"))

    def parse(self, text: str) -> Element:
        """Read 64 lowercase digits with y below p and no negative zero. Raises NotCanonicalError."""
        if not isinstance(text, str) or not _HEX.fullmatch(text):
            raise NotCanonicalError("a point has 64 lowercase hexadecimal digits")
        raw = bytes.fromhex(text)[::-1]
        y = int.from_bytes(raw, "little") & (2**255 - 1)
        if y >= _FIELD_PRIME:
            raise NotCanonicalError("a point's coordinate is not reduced")
        # x is 0 only where y is 1 or -1; libsodium would take the sign bit there.
        if raw[31] >> 7 and y in (1, _FIELD_PRIME - 1):
            raise NotCanonicalError("a point with x = 0 carries a sign")
        return raw

    def serialize(self, element: Element) -> str:
        """64 hexadecimal digits, most significant first."""
        return str(element[::-1].hex())

    def ensure_member(self, element: Element) -> None:
        """Raises NotInGroupError unless the point is of prime order or the identity."""
        if element != _IDENTITY and not bindings.crypto_core_ed25519_is_valid_point(element):
            raise NotInGroupError("a point is not in the prime-order subgroup")

    def ensure_operand(self, element: Element) -> None:
        """Nothing to do: `power` refuses points with a small-order part."""

    def multiply(self, left: Element, right: Element) -> Element:
        """Point addition. Raises NotInGroupError for bytes that are no point."""
        try:
            return bindings.crypto_core_ed25519_add(left, right)
        except exceptions.RuntimeError as problem:
            raise NotInGroupError("not a point of the curve") from problem

    def divide(self, left: Element, right: Element) -> Element:
        """Point subtraction. Raises NotInGroupError for bytes that are no point."""
        try:
            return bindings.crypto_core_ed25519_sub(left, right)
        except exceptions.RuntimeError as problem:
            raise NotInGroupError("not a point of the curve") from problem

    def power(self, base: Element, exponent: int) -> Element:
        """Scalar multiplication. Raises NotInGroupError for a point outside the subgroup.

        libsodium refuses a result of identity, so the two inputs that give it are taken apart first.
        """
        if exponent == 0 or base == _IDENTITY:
            self.ensure_member(base)
            return _IDENTITY
        scalar = exponent.to_bytes(32, "little")
        if base == self.generator:
            return bindings.crypto_scalarmult_ed25519_base_noclamp(scalar)
        try:
            return bindings.crypto_scalarmult_ed25519_noclamp(scalar, base)
        except exceptions.RuntimeError as problem:
            raise NotInGroupError("a point is not in the prime-order subgroup") from problem

    power_public = power

    def fixed_base(self, base: Element) -> Callable[[int], Element]:
        """Libsodium has tables for the generator only; other bases go the ordinary way."""
        return lambda exponent: self.power(base, exponent)

    def sort_key(self, element: Element) -> bytes:
        """The 32 bytes as they are, as belenios-tool sorts (tried)."""
        return bytes(element)
