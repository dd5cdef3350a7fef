"""Exponential ElGamal: a small number m is hidden as (g^r, y^r g^m) (specification, "Encrypted answers")."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial, reduce
from typing import Any, NamedTuple

from app.core.encoding import expect_object
from app.core.groups.base import Element, Group


class Ciphertext(NamedTuple):
    """(alpha, beta) = (g^r, y^r g^m)."""

    alpha: Element
    beta: Element


@dataclass(frozen=True)
class PublicKey:
    """An election's key y, with the fast powers that verifiers take of it."""

    group: Group
    element: Element

    @cached_property
    def power_public(self) -> Any:
        """Exponent -> y ** exponent, for public exponents."""
        return self.group.fixed_base(self.element)

    @cached_property
    def generator_power_public(self) -> Any:
        """Exponent -> g ** exponent, for public exponents."""
        return self.group.fixed_base(self.group.generator)

    @cached_property
    def small_power(self) -> Any:
        """Number -> g ** number, kept for the few numbers that intervals hold."""
        return lru_cache(maxsize=1024)(self.generator_power_public)


def encrypt(key: PublicKey, number: int, randomness: int) -> Ciphertext:
    """Hide a number >= 0 under `key` with secret `randomness` in [0, q)."""
    group = key.group
    alpha = group.power(group.generator, randomness)
    mask = group.power(key.element, randomness)
    return Ciphertext(alpha, group.multiply(mask, group.power(group.generator, number)))


def identity_ciphertext(group: Group) -> Ciphertext:
    """The neutral element of `multiply`: an encryption of 0 that hides nothing."""
    return Ciphertext(group.identity, group.identity)


def multiply(group: Group, left: Ciphertext, right: Ciphertext) -> Ciphertext:
    """An encryption of the sum of two hidden numbers."""
    return Ciphertext(group.multiply(left.alpha, right.alpha), group.multiply(left.beta, right.beta))


def product(group: Group, ciphertexts: Iterable[Ciphertext]) -> Ciphertext:
    """An encryption of the sum of all hidden numbers; the identity for none."""
    parts = list(ciphertexts)
    return reduce(partial(multiply, group), parts) if parts else identity_ciphertext(group)


def weigh(group: Group, ciphertext: Ciphertext, weight: int) -> Ciphertext:
    """An encryption of the hidden number times a public weight."""
    if weight == 1:
        return ciphertext
    return Ciphertext(*(group.power_public(part, weight % group.order) for part in ciphertext))


def parse_ciphertext(group: Group, value: Any) -> Ciphertext:
    """Read {"alpha","beta"}; membership is not examined. Raises NotCanonicalError."""
    fields = expect_object(value, ("alpha", "beta"))
    return Ciphertext(group.parse(fields["alpha"]), group.parse(fields["beta"]))


def ciphertext_to_json(group: Group, ciphertext: Ciphertext) -> dict[str, str]:
    """Write {"alpha","beta"}."""
    return {"alpha": group.serialize(ciphertext.alpha), "beta": group.serialize(ciphertext.beta)}
