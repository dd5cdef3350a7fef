"""What a browser computes before a form is sent, so that a flood of forms costs its sender something: ALTCHA.

The number to find is known here, so that the work has an end, and a solution is verified by one HMAC. It is
PBKDF2, which browsers have: scrypt and Argon2 need WebAssembly there, and our policy refuses that.
"""

import secrets
from typing import Any

import altcha

from app.petitions.rules.email import PROOF_LIFETIME, PROOF_ROUNDS, PROOF_TRIES
from app.petitions.rules.refusals import ProofOfWorkExpired, ProofOfWorkRefused
from app.platform import clock, keys

ALGORITHM = "PBKDF2/SHA-256"
_CHALLENGE_KEY, _SOLUTION_KEY = "proof-of-work-challenge", "proof-of-work-solution"
# A payload has less than a thousand characters.
_LONGEST_PAYLOAD = 4_000


def create_challenge(reference: str) -> dict[str, Any]:
    """What a browser has to solve before it sends a form for a petition, as ALTCHA's solver takes it."""
    challenge = altcha.create_challenge(
        ALGORITHM,
        PROOF_ROUNDS,
        counter=secrets.randbelow(PROOF_TRIES),
        expires_at=clock.now() + PROOF_LIFETIME,
        # How long it is good stands there for clocks that are wrong.
        data={"petition": reference, "seconds": int(PROOF_LIFETIME.total_seconds())},
        hmac_secret=keys.get(_CHALLENGE_KEY),
        hmac_key_secret=keys.get(_SOLUTION_KEY),
    )
    return challenge.to_dict()


def verify_solution(reference: str, payload: str) -> bytes:
    """The challenge that a payload solves, by which it is accepted once.

    Raises ProofOfWorkExpired, ProofOfWorkRefused.
    """
    sent = _parse(payload)
    result = altcha.verify_solution(sent, keys.get(_CHALLENGE_KEY), hmac_key_secret=keys.get(_SOLUTION_KEY))
    parameters = sent.challenge.parameters
    if result.expired:
        raise ProofOfWorkExpired
    if not result.verified or (parameters.data or {}).get("petition") != reference:
        raise ProofOfWorkRefused
    # Ours, so it is there. The package asks the machine's clock, which ours may be ahead of.
    if (parameters.expires_at or 0) < clock.now().timestamp():
        raise ProofOfWorkExpired
    return bytes.fromhex(sent.challenge.signature or "")


def _parse(payload: str) -> altcha.Payload:
    if len(payload) > _LONGEST_PAYLOAD:
        raise ProofOfWorkRefused
    try:
        return altcha.Payload.from_base64(payload)
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise ProofOfWorkRefused from problem
