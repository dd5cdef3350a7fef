"""Forgeries against proofs whose hash forgets the statement do not work against these."""

import json

import pytest

from app.core import proofs
from app.core.archive import EventType
from app.core.ballots import encrypt_ballot
from app.core.elgamal import Ciphertext
from app.core.errors import BallotProofError, Check
from app.core.groups import Element, Group, random_scalar
from app.core.hashing import DECRYPTION_PREFIX, hash_to_scalar
from app.core.proofs import Proof, verify_decryption, verify_interval
from app.core.questions import homomorphic
from app.core.verify import verify_election
from tests.core.kit import Sample, chain, decryption_of, with_decryption, with_inserted


def _root(group: Group, element: Element, exponent: int) -> Element:
    """The element whose power with that exponent is the given one."""
    return group.power_public(element, pow(exponent, -1, group.order))


def _forged_ciphertext(sample: Sample, prefix: str) -> tuple[Ciphertext, Proof]:
    """A "proof" that a ciphertext hides 1: commitments first, then the challenge, then the ciphertext."""
    group, key = sample.group, sample.election.key
    first, second = (group.power(group.generator, random_scalar(group)) for _ in range(2))
    challenge = hash_to_scalar(group, prefix, [first, second])
    response = random_scalar(group)
    alpha = _root(group, group.divide(first, group.power_public(group.generator, response)), challenge)
    hidden = _root(group, group.divide(second, group.power_public(key.element, response)), challenge)
    return Ciphertext(alpha, group.multiply(hidden, group.generator)), Proof(challenge, response)


def test_a_ciphertext_chosen_after_its_challenge_is_refused(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, context = sample.election.key, "context"
    forged, proof = _forged_ciphertext(sample, f"prove|{context}|")
    with pytest.raises(BallotProofError):
        verify_interval(key, context, forged, range(1, 2), [proof], "forged")
    # The forgery is sound against a hash without the statement, so the refusal is for the right reason.
    monkeypatch.setattr(proofs, "_interval_prefix", lambda _group, context, _c: f"prove|{context}|")
    verify_interval(key, context, forged, range(1, 2), [proof], "forged")


def test_a_factor_that_fits_its_proof_but_not_the_key_is_refused(sample: Sample) -> None:
    """The hash of version 1 forgets alpha and the factor: the proof passes, the result does not open."""
    group, election = sample.group, sample.election
    secret, trustee = sample.trustees[0]
    honest = decryption_of(sample, 1)
    alpha = group.parse(_tally_alpha(sample))
    nonce, second = random_scalar(group), group.power(group.generator, random_scalar(group))
    first = group.power(group.generator, nonce)
    prefix = f"{DECRYPTION_PREFIX}|{election.fingerprint}|{group.serialize(trustee.element)}|"
    challenge = hash_to_scalar(group, prefix, [first, second])
    response = (nonce - secret * challenge) % group.order
    factor = _root(group, group.divide(second, group.power_public(alpha, response)), challenge)
    proof = Proof(challenge, response)
    assert factor != honest.factors[0][0]
    assert verify_decryption(group, election.fingerprint, trustee.element, alpha, factor, proof)

    def forge(decryption: dict) -> None:
        decryption["decryption_factors"][0][0] = group.serialize(factor)
        decryption["decryption_proofs"][0][0] = proof.to_json()

    failure = verify_election(with_decryption(sample, 1, forge)).failure
    assert failure is not None
    assert failure.check is Check.RESULT


def _tally_alpha(sample: Sample) -> str:
    (at,) = sample.positions(EventType.ENCRYPTED_TALLY)
    return json.loads(sample.documents[at][1][0])[0][0]["alpha"]


def test_the_same_randomness_twice_in_a_ballot_is_refused(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two answers with one alpha: their quotient would show whether they are equal."""
    fixed = iter([11, 12, 13, 11, 15, 16])
    monkeypatch.setattr(homomorphic, "random_scalar", lambda _group: next(fixed))
    ballot = encrypt_ballot(sample.election, sample.voters[3].private, ((1, 0, 0), (1, 0, 0)))
    end = sample.positions(EventType.END_BALLOTS)[0]
    failure = verify_election(with_inserted(sample, end, (EventType.BALLOT, (ballot,)))).failure
    assert failure is not None
    assert failure.check is Check.CIPHERTEXT_UNIQUE


def test_the_same_randomness_in_two_ballots_is_refused(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents_end = sample.positions(EventType.END_BALLOTS)[0]
    made = []
    for voter, first in ((3, 21), (1, 31)):
        fixed = iter([first, 22, first + 2, first + 3, first + 4, first + 5])
        monkeypatch.setattr(homomorphic, "random_scalar", lambda _group, fixed=fixed: next(fixed))
        made.append(encrypt_ballot(sample.election, sample.voters[voter].private, ((0, 1, 0), (1, 0, 0))))
    documents = list(sample.documents)
    documents[documents_end:documents_end] = [(EventType.BALLOT, (ballot,)) for ballot in made]
    failure = verify_election(chain(documents)).failure
    assert failure is not None
    assert failure.check is Check.CIPHERTEXT_UNIQUE
    assert failure.event == f"event {documents_end + 1} (Ballot)"
