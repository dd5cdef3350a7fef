"""Alterations of ballots, signed again where their voter could."""

import json
from typing import Any

from app.core.archive import EventType
from app.core.ballots import encrypt_ballot
from app.core.errors import Check
from app.core.hashing import sha256_base64
from tests.core.alterations.table import alteration
from tests.core.kit import (
    Sample,
    edit,
    make_voters,
    plus_one,
    sign,
    with_ballot,
    with_decryption,
    with_inserted,
    with_signed_change,
)


@alteration("c04 an individual proof's response + 1", Check.BALLOT_PROOFS)
def _(sample: Sample) -> bytes:
    order = sample.group.order
    return with_signed_change(
        sample, 1, lambda b: plus_one(b["answers"][0]["individual_proofs"][2][1], "response", order)
    )


@alteration("c04b a blank proof's challenge + 1", Check.BALLOT_PROOFS)
def _(sample: Sample) -> bytes:
    order = sample.group.order
    return with_signed_change(
        sample, 1, lambda b: plus_one(b["answers"][1]["blank_proof"][0], "challenge", order)
    )


@alteration("c04c the blank proof left out", Check.BALLOT_PROOFS)
def _(sample: Sample) -> bytes:
    return with_signed_change(sample, 1, lambda b: b["answers"][1].pop("blank_proof"))


@alteration("c04d a blank proof where none belongs", Check.BALLOT_PROOFS)
def _(sample: Sample) -> bytes:
    def add(ballot: Any) -> None:
        ballot["answers"][0]["blank_proof"] = ballot["answers"][1]["blank_proof"]

    return with_signed_change(sample, 1, add)


@alteration("c04e one proof too few", Check.BALLOT_PROOFS)
def _(sample: Sample) -> bytes:
    return with_signed_change(sample, 1, lambda b: b["answers"][1]["overall_proof"].pop())


@alteration("c04f a choice more", Check.BALLOT_PROOFS)
def _(sample: Sample) -> bytes:
    extra = encrypt_ballot(sample.election, sample.voters[1].private, ((1, 0, 0), (1, 0, 0)))
    donor = json.loads(extra)["answers"][0]

    def add(ballot: Any) -> None:
        ballot["answers"][0]["choices"].append(donor["choices"][1])
        ballot["answers"][0]["individual_proofs"].append(donor["individual_proofs"][1])

    return with_signed_change(sample, 1, add)


@alteration("c04g an answer missing", Check.BALLOT_PROOFS)
def _(sample: Sample) -> bytes:
    return with_signed_change(sample, 1, lambda b: b["answers"].pop())


@alteration("c05 the signature's response + 1", Check.BALLOT_SIGNATURE)
def _(sample: Sample) -> bytes:
    order = sample.group.order
    changed = edit(sample.ballots[1], lambda b: plus_one(b["signature"]["proof"], "response", order))
    return with_ballot(sample, 1, changed)


@alteration("c05b another signed hash", Check.BALLOT_SIGNATURE)
def _(sample: Sample) -> bytes:
    return with_ballot(sample, 1, edit(sample.ballots[1], lambda b: b["signature"].update(hash="A" * 43)))


@alteration("c05c signed by another voter", Check.BALLOT_SIGNATURE)
def _(sample: Sample) -> bytes:
    return with_ballot(sample, 1, sign(sample, json.loads(sample.ballots[1]), sample.voters[3].private))


def _copied(sample: Sample) -> bytes:
    """The second ballot, under the credential of the voter who stayed at home."""
    fields = json.loads(sample.ballots[1])
    fields["credential"] = sample.voters[3].public
    return sign(sample, fields, sample.voters[3].private)


@alteration("c06 a ballot copied under another credential", Check.BALLOT_PROOFS)
def _(sample: Sample) -> bytes:
    end = sample.positions(EventType.END_BALLOTS)[0]
    return with_inserted(sample, end, (EventType.BALLOT, (_copied(sample),)))


@alteration("c06b the same, the original dropped", Check.BALLOT_PROOFS)
def _(sample: Sample) -> bytes:
    return with_ballot(sample, 1, _copied(sample))


@alteration("c07 an unknown credential", Check.BALLOT_CREDENTIAL)
def _(sample: Sample) -> bytes:
    (stranger,) = make_voters(sample.group, sample.election.uuid, [1])
    ballot = encrypt_ballot(sample.election, stranger.private, ((1, 0, 0), (1, 0, 0)))
    return with_ballot(sample, 1, ballot)


@alteration("c08 an identical ballot replayed", Check.BALLOT_UNIQUE)
def _(sample: Sample) -> bytes:
    end = sample.positions(EventType.END_BALLOTS)[0]
    return with_inserted(sample, end, (EventType.BALLOT, (sample.ballots[0],)))


@alteration("c09 two crosses where one is allowed", Check.BALLOT_PROOFS)
def _(sample: Sample) -> bytes:
    private = sample.private_of(1)
    two, one = (
        json.loads(encrypt_ballot(sample.election, private, (marks, (1, 0, 0))))
        for marks in ((0, 1, 0), (1, 0, 0))
    )
    for name in ("choices", "individual_proofs"):
        two["answers"][0][name][0] = one["answers"][0][name][0]
    return with_ballot(sample, 1, sign(sample, two, private))


@alteration("c11 a challenge + q", Check.SCALAR_RANGE)
def _(sample: Sample) -> bytes:
    def add(ballot: Any) -> None:
        proof = ballot["answers"][0]["individual_proofs"][0][0]
        proof["challenge"] = str(int(proof["challenge"]) + sample.group.order)

    return with_signed_change(sample, 1, add)


@alteration("c11b the signature's response + q", Check.SCALAR_RANGE)
def _(sample: Sample) -> bytes:
    def add(ballot: Any) -> None:
        proof = ballot["signature"]["proof"]
        proof["response"] = str(int(proof["response"]) + sample.group.order)

    return with_ballot(sample, 1, edit(sample.ballots[1], add))


@alteration("c11c a decryption proof's response + q", Check.SCALAR_RANGE)
def _(sample: Sample) -> bytes:
    def add(decryption: Any) -> None:
        proof = decryption["decryption_proofs"][0][0]
        proof["response"] = str(int(proof["response"]) + sample.group.order)

    return with_decryption(sample, 1, add)


@alteration("c12 spaces in a ballot", Check.BALLOT_CANONICAL)
def _(sample: Sample) -> bytes:
    return with_ballot(sample, 1, sample.ballots[1].replace(b",", b", ", 1))


@alteration("c12b a ballot's fields in another order", Check.BALLOT_CANONICAL)
def _(sample: Sample) -> bytes:
    return with_ballot(sample, 1, edit(sample.ballots[1], lambda b: dict(reversed(list(b.items())))))


@alteration("c12c a field twice", Check.BALLOT_CANONICAL)
def _(sample: Sample) -> bytes:
    ballot = sample.ballots[1]
    return with_ballot(sample, 1, b'{"election_uuid":"x",' + ballot[1:])


@alteration("c12d a field more", Check.BALLOT_CANONICAL)
def _(sample: Sample) -> bytes:
    return with_ballot(sample, 1, edit(sample.ballots[1], lambda b: {**b, "note": "hello"}))


@alteration("c12e an escaped letter", Check.BALLOT_CANONICAL)
def _(sample: Sample) -> bytes:
    return with_ballot(sample, 1, sample.ballots[1].replace(b'"alpha"', b'"\\u0061lpha"', 1))


@alteration("c13 a leading zero", Check.BALLOT_CANONICAL)
def _(sample: Sample) -> bytes:
    def pad(ballot: Any) -> None:
        proof = ballot["answers"][0]["overall_proof"][0]
        proof["response"] = "0" + proof["response"]

    return with_signed_change(sample, 1, pad)


@alteration("c13b a number instead of a string", Check.BALLOT_CANONICAL)
def _(sample: Sample) -> bytes:
    def unquote(ballot: Any) -> None:
        proof = ballot["answers"][0]["overall_proof"][0]
        proof["response"] = int(proof["response"])

    return with_signed_change(sample, 1, unquote)


@alteration("c14 a wrong election hash", Check.BALLOT_ELECTION)
def _(sample: Sample) -> bytes:
    return with_signed_change(sample, 1, lambda b: b.update(election_hash=sha256_base64(b"another")))


@alteration("c14b a wrong election uuid", Check.BALLOT_ELECTION)
def _(sample: Sample) -> bytes:
    return with_signed_change(sample, 1, lambda b: b.update(election_uuid="11111111111111"))
