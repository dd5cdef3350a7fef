"""Alterations of the tally, the partial decryptions and the result."""

from typing import Any

from app.core.archive import EventType, write_owned
from app.core.errors import Check
from app.core.tally import write_sized_tally
from tests.core.alterations.table import alteration
from tests.core.kit import (
    Sample,
    chain,
    count,
    plus_one,
    with_decryption,
    with_document,
    with_result,
    with_tally,
    without,
    write_tally,
)


@alteration("c18 the encrypted tally altered", Check.TALLY_RECOMPUTED)
def _(sample: Sample) -> bytes:
    def swap(tally: Any) -> None:
        tally[0][0], tally[0][1] = tally[0][1], tally[0][0]

    return with_tally(sample, swap)


@alteration("c18b another document in the tally's place", Check.TALLY_RECOMPUTED)
def _(sample: Sample) -> bytes:
    return with_tally(sample, lambda tally: tally[:1])


@alteration("c19 num_tallied inflated", Check.TALLY_SIZE)
def _(sample: Sample) -> bytes:
    return with_tally(sample, lambda _: None, num_tallied=1)


@alteration("c19b total_weight inflated", Check.TALLY_SIZE)
def _(sample: Sample) -> bytes:
    return with_tally(sample, lambda _: None, weight=1)


@alteration("c19c a replaced ballot counted too", Check.TALLY_SIZE)
def _(sample: Sample) -> bytes:
    ballots = sample.ballots
    both, _, _ = count(sample, ballots[:3])
    raw = write_tally(sample.group, both)
    at = sample.positions(EventType.ENCRYPTED_TALLY)[0]
    return chain(with_document(sample, at, raw, write_sized_tally(raw, 4, 5)))


@alteration("c19d the first ballot of a voter counted instead of the last", Check.TALLY_RECOMPUTED)
def _(sample: Sample) -> bytes:
    first, counted, weight = count(sample, sample.ballots[:3])
    raw = write_tally(sample.group, first)
    at = sample.positions(EventType.ENCRYPTED_TALLY)[0]
    return chain(with_document(sample, at, raw, write_sized_tally(raw, counted, weight)))


@alteration("c23 a ballot dropped, the result kept", Check.TALLY_SIZE)
def _(sample: Sample) -> bytes:
    return without(sample, sample.positions(EventType.BALLOT)[2])


@alteration("c23b the same with the size corrected", Check.TALLY_RECOMPUTED)
def _(sample: Sample) -> bytes:
    at = sample.positions(EventType.ENCRYPTED_TALLY)[0]
    tally_raw, _ = sample.documents[at][1]
    documents = with_document(sample, at, tally_raw, write_sized_tally(tally_raw, 2, 3))
    del documents[sample.positions(EventType.BALLOT)[2]]
    return chain(documents)


@alteration("c15 a wrong result", Check.RESULT)
def _(sample: Sample) -> bytes:
    def move(result: Any) -> None:
        result["result"][0][0] += 1
        result["result"][0][1] -= 1

    return with_result(sample, move)


@alteration("c15b a result + q", Check.RESULT)
def _(sample: Sample) -> bytes:
    def add(result: Any) -> None:
        result["result"][0][0] = str(result["result"][0][0] + sample.group.order)

    return with_result(sample, add)


@alteration("c15c a result of another shape", Check.RESULT)
def _(sample: Sample) -> bytes:
    return with_result(sample, lambda result: result["result"][1].append(0))


@alteration("c16 decryption factors swapped", Check.DECRYPTION_PROOFS)
def _(sample: Sample) -> bytes:
    return with_decryption(sample, 1, lambda decryption: decryption["decryption_factors"][0].reverse())


@alteration("c16b factors and proofs swapped together", Check.DECRYPTION_PROOFS)
def _(sample: Sample) -> bytes:
    return with_decryption(sample, 1, lambda d: [d[name][0].reverse() for name in d] and None)


@alteration("c16c the trustees' decryptions swapped", Check.DECRYPTION_PROOFS)
def _(sample: Sample) -> bytes:
    first, second = sample.positions(EventType.PARTIAL_DECRYPTION)
    documents = list(sample.documents)
    bodies = [documents[at][1][0] for at in (first, second)]
    for owner, (at, body) in enumerate(zip((first, second), reversed(bodies), strict=True), 1):
        documents[at] = (EventType.PARTIAL_DECRYPTION, write_owned(owner, body))
    return chain(documents)


@alteration("c17 a bad decryption proof", Check.DECRYPTION_PROOFS)
def _(sample: Sample) -> bytes:
    order = sample.group.order
    return with_decryption(sample, 2, lambda d: plus_one(d["decryption_proofs"][1][0], "challenge", order))


@alteration("c17b a factor missing", Check.DECRYPTION_PROOFS)
def _(sample: Sample) -> bytes:
    return with_decryption(sample, 2, lambda d: d["decryption_factors"][1].pop())


@alteration("c20 a partial decryption missing", Check.DECRYPTION_COMPLETE)
def _(sample: Sample) -> bytes:
    return without(sample, sample.positions(EventType.PARTIAL_DECRYPTION)[1])


@alteration("c20b a partial decryption twice", Check.DECRYPTION_COMPLETE)
def _(sample: Sample) -> bytes:
    first, second = sample.positions(EventType.PARTIAL_DECRYPTION)
    return chain(with_document(sample, second, *sample.documents[first][1]))


@alteration("c20c a partial decryption of nobody", Check.DECRYPTION_COMPLETE)
def _(sample: Sample) -> bytes:
    second = sample.positions(EventType.PARTIAL_DECRYPTION)[1]
    return chain(with_document(sample, second, *write_owned(3, sample.documents[second][1][0])))


@alteration("c20d a partial decryption of trustee 0", Check.DECRYPTION_COMPLETE)
def _(sample: Sample) -> bytes:
    second = sample.positions(EventType.PARTIAL_DECRYPTION)[1]
    return chain(with_document(sample, second, *write_owned(0, sample.documents[second][1][0])))
