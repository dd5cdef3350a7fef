"""Zero-knowledge proofs of crypto version 1, made non-interactive by hashing.

A proof is (challenge, response) and verifies by recomputing its commitments: A = g^response X^challenge.
Letters are the specification's: w the nonce, A and B commitments, M the values of an interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.core.elgamal import Ciphertext, PublicKey
from app.core.encoding import expect_object, parse_decimal
from app.core.errors import BallotProofError, InvalidError, ScalarRangeError
from app.core.groups.base import Element, Group, random_scalar
from app.core.hashing import BLANK_PREFIX, DECRYPTION_PREFIX, INTERVAL_PREFIX, NONBLANK_PREFIX, hash_to_scalar


@dataclass(frozen=True, slots=True)
class Proof:
    """A challenge and a response, both in [0, q)."""

    challenge: int
    response: int

    def to_json(self) -> dict[str, str]:
        """Write {"challenge","response"}."""
        return {"challenge": str(self.challenge), "response": str(self.response)}


def parse_proof(group: Group, value: Any) -> Proof:
    """Read a proof. Raises NotCanonicalError, or ScalarRangeError outside [0, q)."""
    fields = expect_object(value, ("challenge", "response"))
    proof = Proof(parse_decimal(fields["challenge"]), parse_decimal(fields["response"]))
    if proof.challenge >= group.order or proof.response >= group.order:
        raise ScalarRangeError("a challenge or response is not below the order of the group")
    return proof


# Knowledge of a discrete logarithm ("Proofs of knowledge"): trustees' keys and signatures.


def prove_knowledge(group: Group, prefix: str, secret: int) -> Proof:
    """Prove knowledge of x with X = g^x; `prefix` carries what the proof is bound to."""
    nonce = random_scalar(group)
    commitment = group.power(group.generator, nonce)
    challenge = hash_to_scalar(group, prefix, [commitment])
    return Proof(challenge, (nonce - secret * challenge) % group.order)


def verify_knowledge(
    group: Group, prefix: str, public: Element, proof: Proof, refusal: type[InvalidError]
) -> None:
    """Verify that the prover knew the logarithm of `public`, a member of the group. Raises `refusal`."""
    commitment = group.multiply(
        group.power_public(group.generator, proof.response), group.power_public(public, proof.challenge)
    )
    if hash_to_scalar(group, prefix, [commitment]) != proof.challenge:
        raise refusal("the proof of knowledge does not verify")


# Intervals and blanks ("Proofs of interval membership", "Proofs of possibly-blank votes").

CommitmentPair = tuple[Element, Element]


@dataclass(frozen=True)
class Branch:
    """One alternative of a disjunction: `ciphertext` hides `value`."""

    ciphertext: Ciphertext
    value: int


def _interval_prefix(group: Group, context: str, ciphertext: Ciphertext) -> str:
    statement = f"{group.serialize(ciphertext.alpha)},{group.serialize(ciphertext.beta)}"
    return f"{INTERVAL_PREFIX}|{context}|{statement}|"


def _commitments(key: PublicKey, branch: Branch, proof: Proof) -> CommitmentPair:
    """A = g^r alpha^c, B = y^r (beta / g^M)^c."""
    group, (alpha, beta) = key.group, branch.ciphertext
    if branch.value:
        beta = group.divide(beta, key.small_power(branch.value))
    first = group.multiply(
        key.generator_power_public(proof.response), group.power_public(alpha, proof.challenge)
    )
    second = group.multiply(key.power_public(proof.response), group.power_public(beta, proof.challenge))
    return first, second


def _prove_one_of(
    key: PublicKey, prefix: str, branches: Sequence[Branch], true_index: int, randomness: int
) -> list[Proof]:
    """Prove that one branch holds: the others are simulated, the true one closes the sum of challenges."""
    group = key.group
    proofs = [Proof(random_scalar(group), random_scalar(group)) for _ in branches]
    pairs = [_commitments(key, branch, proof) for branch, proof in zip(branches, proofs, strict=True)]
    nonce = random_scalar(group)
    pairs[true_index] = (group.power(group.generator, nonce), group.power(key.element, nonce))
    total = hash_to_scalar(group, prefix, [part for pair in pairs for part in pair])
    others = sum(proof.challenge for index, proof in enumerate(proofs) if index != true_index)
    challenge = (total - others) % group.order
    proofs[true_index] = Proof(challenge, (nonce - randomness * challenge) % group.order)
    return proofs


def _verify_one_of(
    key: PublicKey, prefix: str, branches: Sequence[Branch], proofs: Sequence[Proof], what: str
) -> None:
    if len(proofs) != len(branches):
        raise BallotProofError(f"{what}: {len(proofs)} proofs where {len(branches)} belong")
    group = key.group
    parts: list[Element] = []
    for branch, proof in zip(branches, proofs, strict=True):
        parts.extend(_commitments(key, branch, proof))
    if hash_to_scalar(group, prefix, parts) != sum(proof.challenge for proof in proofs) % group.order:
        raise BallotProofError(f"{what}: the proof does not verify")


def prove_interval(
    key: PublicKey, context: str, ciphertext: Ciphertext, randomness: int, value: int, values: range
) -> list[Proof]:
    """Prove that a ciphertext hides a value of the interval, without saying which."""
    branches = [Branch(ciphertext, candidate) for candidate in values]
    prefix = _interval_prefix(key.group, context, ciphertext)
    return _prove_one_of(key, prefix, branches, values.index(value), randomness)


def verify_interval(
    key: PublicKey, context: str, ciphertext: Ciphertext, values: range, proofs: Sequence[Proof], what: str
) -> None:
    """Verify `prove_interval`. Raises BallotProofError naming `what`, NotInGroupError."""
    branches = [Branch(ciphertext, candidate) for candidate in values]
    _verify_one_of(key, _interval_prefix(key.group, context, ciphertext), branches, proofs, what)


@dataclass(frozen=True)
class BlankStatement:
    """The ciphertext of the blank bit m0, and the product of the others, whose sum is in [min, max]."""

    blank: Ciphertext
    total: Ciphertext
    values: range

    def blank_branches(self) -> list[Branch]:
        """Either m0 = 0, or the sum is 0."""
        return [Branch(self.blank, 0), Branch(self.total, 0)]

    def overall_branches(self) -> list[Branch]:
        """Either m0 = 1, or the sum is one of the allowed values."""
        return [Branch(self.blank, 1)] + [Branch(self.total, value) for value in self.values]


def prove_blank(
    key: PublicKey, context: str, statement: BlankStatement, randomness: tuple[int, int], total: int | None
) -> tuple[list[Proof], list[Proof]]:
    """Prove that an answer is blank (total None) or holds an allowed sum; (blank proof, overall proof).

    randomness: that of the blank bit, and the sum of the others'.
    """
    blank_randomness, total_randomness = randomness
    blank_index, blank_secret = (1, total_randomness) if total is None else (0, blank_randomness)
    overall_index = 0 if total is None else statement.values.index(total) + 1
    overall_secret = blank_randomness if total is None else total_randomness
    first = _prove_one_of(
        key, f"{BLANK_PREFIX}|{context}|", statement.blank_branches(), blank_index, blank_secret
    )
    second = _prove_one_of(
        key, f"{NONBLANK_PREFIX}|{context}|", statement.overall_branches(), overall_index, overall_secret
    )
    return first, second


def verify_blank(
    key: PublicKey,
    context: str,
    statement: BlankStatement,
    proofs: tuple[Sequence[Proof], Sequence[Proof]],
    what: str,
) -> None:
    """Verify `prove_blank`. Raises BallotProofError naming `what`, NotInGroupError."""
    blank_proof, overall_proof = proofs
    _verify_one_of(
        key, f"{BLANK_PREFIX}|{context}|", statement.blank_branches(), blank_proof, f"{what}, blank proof"
    )
    _verify_one_of(
        key,
        f"{NONBLANK_PREFIX}|{context}|",
        statement.overall_branches(),
        overall_proof,
        f"{what}, overall proof",
    )


# Equality of discrete logarithms ("Partial decryptions").


def _decryption_prefix(group: Group, fingerprint: str, public: Element) -> str:
    return f"{DECRYPTION_PREFIX}|{fingerprint}|{group.serialize(public)}|"


def prove_decryption(
    group: Group, fingerprint: str, secret: int, public: Element, alpha: Element
) -> tuple[Element, Proof]:
    """Compute the factor f = alpha^x and prove that x is the logarithm of `public`."""
    nonce = random_scalar(group)
    commitments = [group.power(group.generator, nonce), group.power(alpha, nonce)]
    challenge = hash_to_scalar(group, _decryption_prefix(group, fingerprint, public), commitments)
    return group.power(alpha, secret), Proof(challenge, (nonce - secret * challenge) % group.order)


def verify_decryption(
    group: Group, fingerprint: str, public: Element, alpha: Element, factor: Element, proof: Proof
) -> bool:
    """Whether the factor's proof holds. The hash names neither alpha nor the factor (version 1), so the.

    caller must have recomputed alpha itself and must check the result. Raises NotInGroupError.
    """
    for element in (public, alpha, factor):
        group.ensure_operand(element)
    first = group.multiply(
        group.power_public(group.generator, proof.response), group.power_public(public, proof.challenge)
    )
    second = group.multiply(
        group.power_public(alpha, proof.response), group.power_public(factor, proof.challenge)
    )
    prefix = _decryption_prefix(group, fingerprint, public)
    return hash_to_scalar(group, prefix, [first, second]) == proof.challenge
