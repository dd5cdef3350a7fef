"""Adding up under encryption, opening the sum, and finding the number (specification, "Tally").

Shapes: an encrypted tally has one tuple of ciphertexts for each question, one for each choice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.core.election import Election
from app.core.elgamal import (
    Ciphertext,
    ciphertext_to_json,
    identity_ciphertext,
    multiply,
    parse_ciphertext,
    weigh,
)
from app.core.encoding import (
    expect_list,
    expect_object,
    parse_canonical_json,
    parse_json_number,
    to_compact_json,
    to_json_number,
)
from app.core.errors import (
    DecryptionProofError,
    NotCanonicalError,
    ResultMismatchError,
    WrongKeyError,
)
from app.core.groups.base import Element, Group
from app.core.hashing import sha256_hex
from app.core.proofs import Proof, parse_proof, prove_decryption, verify_decryption
from app.core.questions.homomorphic import HomomorphicAnswer
from app.core.trustees import Trustee

EncryptedTally = tuple[tuple[Ciphertext, ...], ...]
Result = tuple[tuple[int, ...], ...]


def empty_tally(election: Election) -> EncryptedTally:
    """The tally of no ballots: the identity everywhere."""
    neutral = identity_ciphertext(election.group)
    return tuple((neutral,) * question.choice_count for question in election.questions)


def add_answers(
    group: Group, tally: EncryptedTally, answers: Sequence[HomomorphicAnswer], weight: int
) -> EncryptedTally:
    """The tally with one more ballot of that weight."""
    return tuple(
        tuple(
            multiply(group, total, weigh(group, choice, weight)) for total, choice in zip(*pair, strict=True)
        )
        for pair in zip(tally, (answer.choices for answer in answers), strict=True)
    )


def add_tallies(group: Group, left: EncryptedTally, right: EncryptedTally) -> EncryptedTally:
    """The tally of two disjoint sets of ballots."""
    return tuple(
        tuple(multiply(group, one, other) for one, other in zip(*pair, strict=True))
        for pair in zip(left, right, strict=True)
    )


def last_ballots(credentials: Iterable[str]) -> dict[str, int]:
    """Credential -> position of its last ballot: voting again replaces what went before."""
    return {credential: position for position, credential in enumerate(credentials)}


def write_tally(group: Group, tally: EncryptedTally) -> bytes:
    """The bytes of the encrypted tally."""
    return to_compact_json([[ciphertext_to_json(group, c) for c in row] for row in tally])


def parse_tally(group: Group, raw: bytes) -> EncryptedTally:
    """Read an encrypted tally. Raises NotCanonicalError."""
    rows = expect_list(parse_canonical_json(raw))
    return tuple(tuple(parse_ciphertext(group, value) for value in expect_list(row)) for row in rows)


def write_sized_tally(tally_bytes: bytes, num_tallied: int, total_weight: int) -> bytes:
    """The document that the EncryptedTally event names: the tally's hash with its size."""
    return to_compact_json(
        {
            "num_tallied": num_tallied,
            "total_weight": to_json_number(total_weight),
            "encrypted_tally": sha256_hex(tally_bytes),
        }
    )


@dataclass(frozen=True)
class PartialDecryption:
    """One trustee's factors alpha^x with a proof for each, shaped like the tally."""

    factors: tuple[tuple[Element, ...], ...]
    proofs: tuple[tuple[Proof, ...], ...]

    def to_bytes(self, group: Group) -> bytes:
        """The bytes that the archive holds."""
        return to_compact_json(
            {
                "decryption_factors": [[group.serialize(factor) for factor in row] for row in self.factors],
                "decryption_proofs": [[proof.to_json() for proof in row] for row in self.proofs],
            }
        )


def decrypt_partially(
    election: Election, tally: EncryptedTally, secret: int, public: Element
) -> PartialDecryption:
    """Make one trustee's partial decryption of a tally that the caller has recomputed.

    Raises WrongKeyError where the private key is not that of `public`.
    """
    group = election.group
    if group.power(group.generator, secret) != public:
        raise WrongKeyError("the private key does not belong to this trustee")
    rows = [
        [prove_decryption(group, election.fingerprint, secret, public, c.alpha) for c in row] for row in tally
    ]
    return PartialDecryption(
        tuple(tuple(factor for factor, _ in row) for row in rows),
        tuple(tuple(proof for _, proof in row) for row in rows),
    )


def parse_partial_decryption(group: Group, raw: bytes) -> PartialDecryption:
    """Read a partial decryption; nothing is verified.

    Raises DecryptionProofError, NotCanonicalError, ScalarRangeError.
    """
    value = parse_canonical_json(raw, DecryptionProofError)
    fields = expect_object(value, ("decryption_factors", "decryption_proofs"))
    factors, proofs = (expect_list(fields[name]) for name in fields)
    return PartialDecryption(
        tuple(tuple(group.parse(text) for text in expect_list(row)) for row in factors),
        tuple(tuple(parse_proof(group, proof) for proof in expect_list(row)) for row in proofs),
    )


def verify_partial_decryption(
    election: Election, tally: EncryptedTally, trustee: Trustee, decryption: PartialDecryption
) -> None:
    """Verify a trustee's factors against a tally that the caller has recomputed.

    Raises DecryptionProofError naming question and choice, NotInGroupError.
    """
    shape = [len(row) for row in tally]
    if [len(row) for row in decryption.factors] != shape or [len(row) for row in decryption.proofs] != shape:
        raise DecryptionProofError("the factors are not shaped like the tally")
    for number, (row, factors, proofs) in enumerate(
        zip(tally, decryption.factors, decryption.proofs, strict=True), 1
    ):
        for choice, (ciphertext, factor, proof) in enumerate(zip(row, factors, proofs, strict=True), 1):
            if not verify_decryption(
                election.group, election.fingerprint, trustee.element, ciphertext.alpha, factor, proof
            ):
                raise DecryptionProofError(f"question {number}, choice {choice}: the proof does not verify")


def combine_decryptions(
    group: Group, tally: EncryptedTally, decryptions: Iterable[PartialDecryption]
) -> tuple[tuple[Element, ...], ...]:
    """g^count for each choice: beta divided by the product of all factors."""
    opened = [[ciphertext.beta for ciphertext in row] for row in tally]
    for decryption in decryptions:
        opened = [
            [group.divide(left, factor) for left, factor in zip(*pair, strict=True)]
            for pair in zip(opened, decryption.factors, strict=True)
        ]
    return tuple(tuple(row) for row in opened)


def find_logarithms(group: Group, elements: Iterable[Element], bound: int) -> Mapping[Element, int]:
    """N for each g^n with n in [0, bound], by baby steps and giant steps.

    Takes about sqrt(bound) multiplications a value. Raises ResultMismatchError where there is none.
    """
    step_count = int(bound**0.5) + 1
    steps, element = {}, group.identity
    for exponent in range(step_count):
        steps[element] = exponent
        element = group.multiply(element, group.generator)
    found: dict[Element, int] = {}
    for wanted in elements:
        remainder = wanted
        for giant in range(step_count + 1):
            if remainder in steps:
                found[wanted] = giant * step_count + steps[remainder]
                break
            remainder = group.divide(remainder, element)
        else:
            raise ResultMismatchError("a count is beyond the total weight")
    return found


def compute_result(
    election: Election, tally: EncryptedTally, decryptions: Iterable[PartialDecryption], total_weight: int
) -> Result:
    """The counts, shaped like the tally, once every trustee's verified factors are here.

    Raises ResultMismatchError where the opened tally holds no count in [0, total_weight].
    """
    opened = combine_decryptions(election.group, tally, decryptions)
    counts = find_logarithms(election.group, {element for row in opened for element in row}, total_weight)
    return tuple(tuple(counts[element] for element in row) for row in opened)


def verify_result(
    election: Election,
    tally: EncryptedTally,
    decryptions: Iterable[PartialDecryption],
    result: Result,
    total_weight: int,
) -> None:
    """Verify g^count = beta / factors for each choice. Raises ResultMismatchError naming it.

    No count may exceed total_weight: a decryption proof of version 1 lets a trustee shift a count, but only
    by an amount that its hash makes random, so what is shifted lands far outside.
    """
    group = election.group
    opened = combine_decryptions(group, tally, decryptions)
    if [len(row) for row in opened] != [len(row) for row in result]:
        raise ResultMismatchError("the result is not shaped like the tally")
    for number, (row, counts) in enumerate(zip(opened, result, strict=True), 1):
        for choice, (element, count) in enumerate(zip(row, counts, strict=True), 1):
            is_possible = count <= total_weight and count < group.order
            if not is_possible or group.power_public(group.generator, count) != element:
                raise ResultMismatchError(
                    f"question {number}, choice {choice}: {count} is not what was opened"
                )


def write_result(result: Result) -> bytes:
    """The bytes of the result."""
    return to_compact_json({"result": [[to_json_number(count) for count in row] for row in result]})


def parse_result(raw: bytes) -> Result:
    """Read a result. Raises ResultMismatchError."""
    fields = parse_canonical_json(raw, ResultMismatchError)
    try:
        rows = expect_list(expect_object(fields, ("result",))["result"])
        return tuple(tuple(parse_json_number(count) for count in expect_list(row)) for row in rows)
    except NotCanonicalError as problem:
        raise ResultMismatchError(str(problem)) from problem
