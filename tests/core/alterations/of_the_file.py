"""Alterations of the file and of the chain of events."""

import json

from app.core.archive import EventType, write_owned, write_record
from app.core.ballots import encrypt_ballot
from app.core.errors import Check
from app.core.hashing import sha256_hex
from tests.core.alterations.table import alteration
from tests.core.kit import (
    TIMESTAMP,
    Sample,
    chain,
    with_inserted,
    without,
)


@alteration("c01 a byte flipped in a ballot", Check.ARCHIVE_HASHES)
def _(sample: Sample) -> bytes:
    raw = bytearray(sample.raw)
    raw[sample.raw.index(sample.ballots[0]) + 100] ^= 1
    return bytes(raw)


@alteration("c02 truncated", Check.ARCHIVE_FORMAT)
def _(sample: Sample) -> bytes:
    return sample.raw[:-512]


@alteration("c02b truncated between a record and its event", Check.ARCHIVE_FORMAT)
def _(sample: Sample) -> bytes:
    whole, last = sample.raw, sample.documents[-1][1][0]
    return whole[: whole.index(last) + 512]


@alteration("c02c only the header", Check.ARCHIVE_FORMAT)
def _(sample: Sample) -> bytes:
    return sample.raw[:1024]


@alteration("c03 two zero blocks at the end", Check.ARCHIVE_FORMAT)
def _(sample: Sample) -> bytes:
    return sample.raw + bytes(1024)


@alteration("a record appended without an event", Check.ARCHIVE_FORMAT)
def _(sample: Sample) -> bytes:
    return sample.raw + write_record(f"{sha256_hex(b'{}')}.data.json", b"{}", TIMESTAMP)


@alteration("another time in one record's header", Check.ARCHIVE_FORMAT)
def _(sample: Sample) -> bytes:
    whole = sample.raw
    body = sample.documents[-1][1][0]
    at = whole.index(body) - 512
    record = write_record(f"{sha256_hex(body)}.data.json", body, TIMESTAMP + 1)
    return whole[:at] + record + whole[at + len(record) :]


@alteration("padding that is not zero", Check.ARCHIVE_FORMAT)
def _(sample: Sample) -> bytes:
    raw = bytearray(sample.raw)
    raw[-1] = 1
    return bytes(raw)


def _with_height(sample: Sample, *, renamed: bool) -> bytes:
    """The first ballot's event says height 7; its record keeps its old name, or is named for the change."""
    whole = sample.raw
    old = next(body for body in _event_bodies(whole) if b'"height":1,' in body)
    new = old.replace(b'"height":1,', b'"height":7,')
    changed = whole.replace(old, new)
    return changed.replace(*_record_names(old, new)) if renamed else changed


def _record_names(old: bytes, new: bytes) -> tuple[bytes, bytes]:
    before, after = (write_record(f"{sha256_hex(b)}.event.json", b, TIMESTAMP)[:512] for b in (old, new))
    return before, after


def _event_bodies(raw: bytes) -> list[bytes]:
    bodies, at = [], 0
    while at < len(raw):
        size = int(raw[at + 124 : at + 135], 8)
        if b".event.json" in raw[at : at + 100]:
            bodies.append(raw[at + 512 : at + 512 + size])
        at += 512 + size + -size % 512
    return bodies


@alteration("c35 an event's height changed, hashes left", Check.ARCHIVE_HASHES)
def _(sample: Sample) -> bytes:
    return _with_height(sample, renamed=False)


@alteration("c35b an event's height changed, its record renamed", Check.EVENT_CHAIN)
def _(sample: Sample) -> bytes:
    return _with_height(sample, renamed=True)


@alteration("an event's parent changed", Check.EVENT_CHAIN)
def _(sample: Sample) -> bytes:
    whole = sample.raw
    old = _event_bodies(whole)[2]
    new = old.replace(json.loads(old)["parent"].encode(), b"0" * 64)
    return whole.replace(old, new).replace(*_record_names(old, new))


@alteration("c22 a ballot after EndBallots", Check.EVENT_ORDER)
def _(sample: Sample) -> bytes:
    end = sample.positions(EventType.END_BALLOTS)[0]
    late = encrypt_ballot(sample.election, sample.voters[3].private, ((1, 0, 0), (1, 0, 0)))
    return with_inserted(sample, end + 1, (EventType.BALLOT, (late,)))


@alteration("c31 EncryptedTally missing", Check.EVENT_ORDER)
def _(sample: Sample) -> bytes:
    return without(sample, *sample.positions(EventType.ENCRYPTED_TALLY))


@alteration("c32 EndBallots missing", Check.EVENT_ORDER)
def _(sample: Sample) -> bytes:
    return without(sample, *sample.positions(EventType.END_BALLOTS))


@alteration("c33 a second Result", Check.EVENT_ORDER)
def _(sample: Sample) -> bytes:
    return chain([*sample.documents, sample.documents[-1]])


@alteration("c33b a second Setup", Check.EVENT_ORDER)
def _(sample: Sample) -> bytes:
    return with_inserted(sample, 1, sample.documents[0])


@alteration("a second EndBallots", Check.EVENT_ORDER)
def _(sample: Sample) -> bytes:
    return with_inserted(sample, sample.positions(EventType.END_BALLOTS)[0], (EventType.END_BALLOTS, ()))


@alteration("no Setup", Check.EVENT_ORDER)
def _(sample: Sample) -> bytes:
    return without(sample, 0)


@alteration("a shuffle, which these questions do not have", Check.EVENT_ORDER)
def _(sample: Sample) -> bytes:
    at = sample.positions(EventType.PARTIAL_DECRYPTION)[0]
    return with_inserted(sample, at, (EventType.SHUFFLE, write_owned(1, b'{"ciphertexts":[],"proofs":[]}')))


@alteration("EndBallots with a payload", Check.ARCHIVE_FORMAT)
def _(sample: Sample) -> bytes:
    end = sample.positions(EventType.END_BALLOTS)[0]
    return chain(
        [*sample.documents[:end], (EventType.END_BALLOTS, (b"{}", b"{}")), *sample.documents[end + 1 :]]
    )
