"""What the protocol needs of a group of prime order, written multiplicatively as in the specification."""

import secrets
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

# An element is whatever the group's library computes with: 32 bytes, or an mpz.
Element: TypeAlias = Any


class Group(Protocol):
    """A named group of prime order q with generator g. Parameters are never read from a file."""

    name: str
    order: int
    generator: Element
    identity: Element

    def parse(self, text: str) -> Element:
        """Read the one canonical form. Membership is not examined. Raises NotCanonicalError."""

    def serialize(self, element: Element) -> str:
        """Write the canonical form."""

    def ensure_member(self, element: Element) -> None:
        """Demand an element of the prime-order group; the identity is one. Raises NotInGroupError."""

    def ensure_operand(self, element: Element) -> None:
        """The same, for an element that a `power` of the same check will be taken of.

        Does nothing where the library's own multiplication refuses other elements.
        """

    def multiply(self, left: Element, right: Element) -> Element:
        """Left * right."""

    def divide(self, left: Element, right: Element) -> Element:
        """Left / right."""

    def power(self, base: Element, exponent: int) -> Element:
        """Base ** exponent, exponent in [0, q), in time that does not depend on the exponent."""

    def power_public(self, base: Element, exponent: int) -> Element:
        """Base ** exponent for exponents that everybody knows."""

    def fixed_base(self, base: Element) -> Callable[[int], Element]:
        """A faster `power_public` for a base that is used very often."""

    def sort_key(self, element: Element) -> Any:
        """The order in which the tools list elements."""


def random_scalar(group: Group) -> int:
    """A uniform number in [0, q), by rejection, from the operating system's generator."""
    return secrets.randbelow(group.order)
