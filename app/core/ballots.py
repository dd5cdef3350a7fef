"""Ballots: encrypted answers signed under a voter's credential (specification, "Ballots", "Signatures")."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.credentials import derive_secret
from app.core.election import Election
from app.core.encoding import (
    expect_list,
    expect_object,
    expect_text,
    parse_canonical_json,
    parse_json,
    to_compact_json,
)
from app.core.errors import (
    BallotProofError,
    ChoiceError,
    NotCanonicalError,
    NotInGroupError,
    SignatureError,
    UnknownCredentialError,
    WrongElectionError,
)
from app.core.hashing import SIGNATURE_PREFIX, sha256_base64
from app.core.proofs import Proof, parse_proof, prove_knowledge, verify_knowledge
from app.core.questions.homomorphic import HomomorphicAnswer, encrypt_answer, parse_answer, verify_answer

_UNSIGNED = ("election_uuid", "election_hash", "credential", "answers")


@dataclass(frozen=True)
class Ballot:
    """A ballot as read, with the bytes it was read from."""

    raw: bytes
    credential: str
    answers: tuple[HomomorphicAnswer, ...]
    signed_hash: str
    signature: Proof
    election_uuid: str
    election_hash: str

    @property
    def tracker(self) -> str:
        """The code by which a voter finds the ballot: SHA-256 of its bytes in 43 base64 characters."""
        return ballot_tracker(self.raw)


def ballot_tracker(raw: bytes) -> str:
    """The tracker of a ballot's bytes."""
    return sha256_base64(raw)


def _context(election: Election, credential: str) -> str:
    """S0 = fingerprint|credential: every proof of a ballot is bound to both."""
    return f"{election.fingerprint}|{credential}"


def encrypt_ballot(election: Election, private_credential: str, choices: Sequence[Sequence[int]]) -> bytes:
    """Make a ballot.

    choices: for each question 0 or 1 for each answer, the blank mark first where there is one.
    Raises ChoiceError, InvalidCredentialError.
    """
    if len(choices) != len(election.questions):
        raise ChoiceError(f"answers to {len(election.questions)} questions are expected")
    group = election.group
    secret = derive_secret(group, election.uuid, private_credential)
    credential = group.serialize(group.power(group.generator, secret))
    context = _context(election, credential)
    answers = [
        encrypt_answer(election.key, context, question, marks).to_json(group)
        for question, marks in zip(election.questions, choices, strict=True)
    ]
    unsigned = dict(zip(_UNSIGNED, (election.uuid, election.fingerprint, credential, answers), strict=True))
    digest = sha256_base64(to_compact_json(unsigned))
    proof = prove_knowledge(group, f"{SIGNATURE_PREFIX}|{digest}|", secret)
    return to_compact_json({**unsigned, "signature": {"hash": digest, "proof": proof.to_json()}})


def parse_ballot(election: Election, raw: bytes) -> Ballot:
    """Read a ballot of this election strictly; proofs are not examined yet.

    Raises NotCanonicalError, ScalarRangeError, SignatureError where the signed hash is not the content's.
    """
    fields = expect_object(parse_canonical_json(raw), (*_UNSIGNED, "signature"))
    signature = expect_object(fields["signature"], ("hash", "proof"))
    unsigned = {name: fields[name] for name in _UNSIGNED}
    if signature["hash"] != sha256_base64(to_compact_json(unsigned)):
        raise SignatureError("the signed hash is not that of the ballot")
    return Ballot(
        raw,
        expect_text(fields["credential"]),
        tuple(parse_answer(election.group, value) for value in expect_list(fields["answers"])),
        signature["hash"],
        parse_proof(election.group, signature["proof"]),
        expect_text(fields["election_uuid"]),
        expect_text(fields["election_hash"]),
    )


def verify_ballot(election: Election, raw: bytes, credentials: Container[str]) -> Ballot:
    """Verify everything that one ballot alone can show, and return it.

    credentials: the public ones of this election, examined as `parse_public_credentials` does; the
    ballot's must be among them. Raises NotCanonicalError, WrongElectionError, UnknownCredentialError,
    SignatureError, BallotProofError, NotInGroupError, ScalarRangeError.
    """
    ballot = parse_ballot(election, raw)
    if ballot.election_uuid != election.uuid or ballot.election_hash != election.fingerprint:
        raise WrongElectionError("the ballot names another election or fingerprint")
    if ballot.credential not in credentials:
        raise UnknownCredentialError("the ballot's credential is not on the list")
    _verify_signature(election, ballot)
    if len(ballot.answers) != len(election.questions):
        raise BallotProofError(f"{len(election.questions)} answers are expected")
    context = _context(election, ballot.credential)
    for number, (question, answer) in enumerate(zip(election.questions, ballot.answers, strict=True), 1):
        verify_answer(election.key, context, question, answer, f"question {number}")
    return ballot


def _verify_signature(election: Election, ballot: Ballot) -> None:
    group = election.group
    element = group.parse(ballot.credential)
    if element == group.identity:
        raise NotInGroupError("the ballot's credential is the identity")
    prefix = f"{SIGNATURE_PREFIX}|{ballot.signed_hash}|"
    verify_knowledge(group, prefix, element, ballot.signature, SignatureError)


def list_alphas(ballot_fields: dict[str, Any]) -> list[str]:
    """Every alpha of a ballot's JSON, as written: none may ever come again. Raises NotCanonicalError."""
    try:
        answers = ballot_fields["answers"]
        return [expect_text(choice["alpha"]) for answer in answers for choice in answer["choices"]]
    except (LookupError, TypeError) as problem:
        raise NotCanonicalError("not the fields of a ballot") from problem


def skim_ballot(raw: bytes) -> tuple[str, list[str]]:
    """A ballot's credential and alphas; nothing else of it is examined. Raises NotCanonicalError."""
    fields = parse_json(raw)
    if not isinstance(fields, dict):
        raise NotCanonicalError("a ballot is an object")
    return expect_text(fields.get("credential")), list_alphas(fields)
