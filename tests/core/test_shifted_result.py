"""A trustee who shifts a count by a number that fits their proof is refused, whatever result goes with it."""

import json
from typing import Any

from app.core.archive import EventType
from app.core.encoding import to_compact_json
from app.core.errors import Check
from app.core.groups.base import random_scalar
from app.core.hashing import DECRYPTION_PREFIX, hash_to_scalar
from app.core.proofs import Proof, verify_decryption
from app.core.tally import parse_tally
from app.core.verify import verify_election
from tests.core.kit import Sample, chain, unchain, with_decryption


def test_a_count_beyond_the_total_weight_is_refused(sample: Sample) -> None:
    group, (secret, trustee) = sample.group, sample.trustees[0]
    (at,) = sample.positions(EventType.ENCRYPTED_TALLY)
    alpha = parse_tally(group, sample.documents[at][1][0])[0][0].alpha
    nonce, offset = random_scalar(group), random_scalar(group)
    first = group.power(group.generator, nonce)
    second = group.multiply(group.power(alpha, nonce), group.power(group.generator, offset))
    prefix = f"{DECRYPTION_PREFIX}|{sample.election.fingerprint}|{group.serialize(trustee.element)}|"
    challenge = hash_to_scalar(group, prefix, [first, second])
    shift = offset * pow(challenge, -1, group.order) % group.order
    proof = Proof(challenge, (nonce - secret * challenge) % group.order)
    factor = group.multiply(group.power(alpha, secret), group.power(group.generator, shift))
    assert verify_decryption(group, sample.election.fingerprint, trustee.element, alpha, factor, proof)

    def forge(decryption: Any) -> None:
        decryption["decryption_factors"][0][0] = group.serialize(factor)
        decryption["decryption_proofs"][0][0] = proof.to_json()

    documents = unchain(with_decryption(sample, 1, forge))
    kind, (raw,) = documents[-1]
    result = json.loads(raw)
    result["result"][0][0] = str((result["result"][0][0] - shift) % group.order)
    documents[-1] = (kind, (to_compact_json(result),))
    failure = verify_election(chain(documents)).failure
    assert failure is not None
    assert failure.check is Check.RESULT
