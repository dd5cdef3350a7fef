"""Trustees who each hold one share of the election's key ("Trustees", kind Single).

All of them are needed to open the tally. Threshold trustees (Pedersen) are refused by name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.core.elgamal import PublicKey
from app.core.encoding import expect_list, expect_object, expect_text, parse_canonical_json, to_compact_json
from app.core.errors import NotInGroupError, PossessionProofError, UnsupportedError
from app.core.groups.base import Element, Group, random_scalar
from app.core.hashing import POSSESSION_PREFIX
from app.core.proofs import Proof, parse_proof, prove_knowledge, verify_knowledge

_SINGLE, _PEDERSEN = "Single", "Pedersen"


@dataclass(frozen=True)
class Trustee:
    """A trustee's public key with the proof that they hold its private half."""

    element: Element
    possession: Proof
    name: str | None = None

    def to_json(self, group: Group) -> dict[str, Any]:
        """The public key as trustees.json has it."""
        name = {} if self.name is None else {"name": self.name}
        return {"pok": self.possession.to_json(), "public_key": group.serialize(self.element), **name}


def _possession_prefix(group: Group, element: Element) -> str:
    return f"{POSSESSION_PREFIX}|{group.name}|{group.serialize(element)}|"


def generate_trustee(group: Group, name: str | None = None) -> tuple[int, Trustee]:
    """A fresh private key x, and the public key g^x with its proof of possession."""
    secret = random_scalar(group)
    element = group.power(group.generator, secret)
    return secret, Trustee(element, prove_knowledge(group, _possession_prefix(group, element), secret), name)


def verify_trustee(group: Group, trustee: Trustee) -> None:
    """Verify the proof of possession. Raises PossessionProofError, NotInGroupError."""
    if trustee.element == group.identity:
        raise NotInGroupError("a trustee's public key is the identity")
    group.ensure_member(trustee.element)
    prefix = _possession_prefix(group, trustee.element)
    verify_knowledge(group, prefix, trustee.element, trustee.possession, PossessionProofError)


def parse_trustee(group: Group, value: Any) -> Trustee:
    """Read one public key with its proof; nothing is verified. Raises NotCanonicalError, ScalarRangeError."""
    fields = expect_object(value, ("pok", "public_key"), ("name",))
    name = expect_text(fields["name"]) if "name" in fields else None
    return Trustee(group.parse(expect_text(fields["public_key"])), parse_proof(group, fields["pok"]), name)


def write_trustees(group: Group, trustees: Sequence[Trustee]) -> bytes:
    """The bytes of trustees.json."""
    return to_compact_json([[_SINGLE, trustee.to_json(group)] for trustee in trustees])


def parse_trustees(group: Group, raw: bytes) -> tuple[Trustee, ...]:
    """Read trustees.json; nothing is verified.

    Raises UnsupportedError for threshold trustees, PossessionProofError, ScalarRangeError.
    """
    trustees = []
    for entry in expect_list(parse_canonical_json(raw, PossessionProofError)):
        kind, value = expect_list(entry, 2)
        if kind == _PEDERSEN:
            raise UnsupportedError("threshold trustees (Pedersen) are not read; single ones are")
        if kind != _SINGLE:
            raise UnsupportedError(f"trustees of kind {str(kind)[:40]} are not read; single ones are")
        trustees.append(parse_trustee(group, value))
    if not trustees:
        raise PossessionProofError("an election has at least one trustee")
    if len({trustee.element for trustee in trustees}) != len(trustees):
        # The proof names no trustee, so a copied key would pass for a second holder.
        raise PossessionProofError("two trustees have the same public key")
    return tuple(trustees)


def combine_keys(group: Group, trustees: Sequence[Trustee]) -> PublicKey:
    """The election's key: the product of the trustees' keys."""
    element = group.identity
    for trustee in trustees:
        element = group.multiply(element, trustee.element)
    return PublicKey(group, element)
