"""Questions answered by crosses that are added up under encryption (specification, "Encrypted answers").

An answer has one ciphertext of 0 or 1 for each choice; where blank is allowed, one more stands first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.core.elgamal import Ciphertext, PublicKey, ciphertext_to_json, encrypt, parse_ciphertext, product
from app.core.encoding import expect_list, expect_object
from app.core.errors import BallotProofError, ChoiceError, ElectionParametersError, NotInGroupError
from app.core.groups.base import Group, random_scalar
from app.core.proofs import (
    BlankStatement,
    Proof,
    parse_proof,
    prove_blank,
    prove_interval,
    verify_blank,
    verify_interval,
)

_BIT = range(2)


@dataclass(frozen=True)
class HomomorphicQuestion:
    """Choose at least `minimum` and at most `maximum` of `answers`; or nothing at all, where `blank`."""

    text: str
    answers: tuple[str, ...]
    minimum: int
    maximum: int
    blank: bool = False

    @property
    def choice_count(self) -> int:
        """How many ciphertexts an answer holds."""
        return len(self.answers) + self.blank

    @property
    def allowed_sums(self) -> range:
        """How many crosses an answer that is not blank may have."""
        return range(self.minimum, self.maximum + 1)

    def to_json(self) -> dict[str, Any]:
        """The question as election.json has it."""
        blank = {"blank": True} if self.blank else {}
        return {
            "answers": list(self.answers),
            **blank,
            "min": self.minimum,
            "max": self.maximum,
            "question": self.text,
        }


def parse_question(value: dict[str, Any]) -> HomomorphicQuestion:
    """Read a question of election.json. Raises ElectionParametersError."""
    texts = [value.get("question"), *(value["answers"] if isinstance(value.get("answers"), list) else [None])]
    bounds = [value.get("min"), value.get("max")]
    blank = value.get("blank", False)
    if not all(isinstance(text, str) for text in texts) or not isinstance(blank, bool):
        raise ElectionParametersError("a question lacks its text, its answers or its blank setting")
    if not all(isinstance(bound, int) and not isinstance(bound, bool) for bound in bounds):
        raise ElectionParametersError("a question's min and max must be integers")
    question = HomomorphicQuestion(
        value["question"], tuple(value["answers"]), value["min"], value["max"], blank
    )
    if not question.answers or not 0 <= question.minimum <= question.maximum <= len(question.answers):
        raise ElectionParametersError("a question's min and max do not fit its answers")
    return question


@dataclass(frozen=True)
class HomomorphicAnswer:
    """The encrypted choices of one question with their proofs."""

    choices: tuple[Ciphertext, ...]
    individual_proofs: tuple[tuple[Proof, ...], ...]
    overall_proof: tuple[Proof, ...]
    blank_proof: tuple[Proof, ...] | None

    def to_json(self, group: Group) -> dict[str, Any]:
        """The answer as a ballot has it."""
        blank = {} if self.blank_proof is None else {"blank_proof": [p.to_json() for p in self.blank_proof]}
        return {
            "choices": [ciphertext_to_json(group, choice) for choice in self.choices],
            "individual_proofs": [[p.to_json() for p in pair] for pair in self.individual_proofs],
            "overall_proof": [p.to_json() for p in self.overall_proof],
            **blank,
        }


def parse_answer(group: Group, value: Any) -> HomomorphicAnswer:
    """Read an answer of a ballot; its length is examined with its proofs.

    Raises NotCanonicalError, ScalarRangeError.
    """
    fields = expect_object(value, ("choices", "individual_proofs", "overall_proof"), ("blank_proof",))
    blank = fields.get("blank_proof")
    return HomomorphicAnswer(
        tuple(parse_ciphertext(group, choice) for choice in expect_list(fields["choices"])),
        tuple(
            tuple(parse_proof(group, proof) for proof in expect_list(pair))
            for pair in expect_list(fields["individual_proofs"])
        ),
        tuple(parse_proof(group, proof) for proof in expect_list(fields["overall_proof"])),
        None if "blank_proof" not in fields else tuple(parse_proof(group, p) for p in expect_list(blank)),
    )


def statement_context(group: Group, context: str, choices: Sequence[Ciphertext]) -> str:
    """S = S0 | alpha_1,beta_1,alpha_2,beta_2 ... : what the overall proofs are bound to."""
    parts = [group.serialize(part) for choice in choices for part in choice]
    return f"{context}|{','.join(parts)}"


def _check_choices(question: HomomorphicQuestion, choices: Sequence[int]) -> int | None:
    """The number of crosses, None for a blank answer. Raises ChoiceError."""
    if len(choices) != question.choice_count or any(choice not in (0, 1) for choice in choices):
        raise ChoiceError(f"{question.choice_count} marks of 0 or 1 are expected")
    crosses = sum(choices[1:] if question.blank else choices)
    if question.blank and choices[0]:
        if crosses:
            raise ChoiceError("a blank answer has no other cross")
        return None
    if crosses not in question.allowed_sums:
        raise ChoiceError(f"between {question.minimum} and {question.maximum} answers are to be chosen")
    return crosses


def encrypt_answer(
    key: PublicKey, context: str, question: HomomorphicQuestion, choices: Sequence[int]
) -> HomomorphicAnswer:
    """Encrypt one answer and prove that it is allowed.

    choices: 0 or 1 for each answer, the blank mark first where the question allows it. `context` is
    S0 = fingerprint|credential. Raises ChoiceError.
    """
    total = _check_choices(question, choices)
    group = key.group
    randomness = [random_scalar(group) for _ in choices]
    encrypted = tuple(encrypt(key, mark, r) for mark, r in zip(choices, randomness, strict=True))
    individual = tuple(
        tuple(prove_interval(key, context, ciphertext, r, mark, _BIT))
        for ciphertext, r, mark in zip(encrypted, randomness, choices, strict=True)
    )
    overall_context = statement_context(group, context, encrypted)
    if not question.blank:
        sum_randomness = sum(randomness) % group.order
        sum_proof = prove_interval(
            key,
            overall_context,
            product(group, encrypted),
            sum_randomness,
            sum(choices),
            question.allowed_sums,
        )
        return HomomorphicAnswer(encrypted, individual, tuple(sum_proof), None)
    statement = BlankStatement(encrypted[0], product(group, encrypted[1:]), question.allowed_sums)
    secrets = (randomness[0], sum(randomness[1:]) % group.order)
    blank_proof, overall_proof = prove_blank(key, overall_context, statement, secrets, total)
    return HomomorphicAnswer(encrypted, individual, tuple(overall_proof), tuple(blank_proof))


def _ensure_usable(group: Group, choice: Ciphertext) -> None:
    for element in choice:
        if element == group.identity:
            raise NotInGroupError("a ciphertext of a ballot holds the identity")
        group.ensure_operand(element)


def verify_answer(
    key: PublicKey, context: str, question: HomomorphicQuestion, answer: HomomorphicAnswer, what: str
) -> None:
    """Verify every proof of an answer; `what` names it in the error.

    Raises BallotProofError, NotInGroupError.
    """
    group, choices = key.group, answer.choices
    if len(choices) != question.choice_count or len(answer.individual_proofs) != len(choices):
        raise BallotProofError(f"{what}: {question.choice_count} choices with a proof each are expected")
    if question.blank != (answer.blank_proof is not None):
        raise BallotProofError(f"{what}: a blank proof is {'missing' if question.blank else 'not allowed'}")
    for number, (choice, proofs) in enumerate(zip(choices, answer.individual_proofs, strict=True), 1):
        _ensure_usable(group, choice)
        verify_interval(key, context, choice, _BIT, proofs, f"{what}, choice {number}")
    overall_context = statement_context(group, context, choices)
    if answer.blank_proof is None:
        total = product(group, choices)
        verify_interval(
            key, overall_context, total, question.allowed_sums, answer.overall_proof, f"{what}, overall"
        )
    else:
        statement = BlankStatement(choices[0], product(group, choices[1:]), question.allowed_sums)
        verify_blank(key, overall_context, statement, (answer.blank_proof, answer.overall_proof), what)
