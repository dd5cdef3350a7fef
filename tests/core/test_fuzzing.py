"""Whatever bytes come: a report or a named refusal, never another exception and never a wrong yes."""

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from app.core.archive import EventType, write_setup
from app.core.errors import UnsupportedError
from app.core.groups import BELENIOS_2048, ED25519, Group
from app.core.questions.homomorphic import HomomorphicQuestion
from app.core.verify import verify_election
from tests.core.kit import Document, Sample, chain, make_sample, sign

SMALL = (HomomorphicQuestion("?", ("yes", "no"), 0, 1),)
ODDITIES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1,
    2**70,
    "",
    "0",
    "1",
    "-1",
    "\ud800",
    "9" * 5000,
    [],
    [[]],
    {},
    {"alpha": []},
    "x" * 64,
)


def _small_sample(group: Group) -> Sample:
    return make_sample(group, SMALL, votes=((0, ((1, 0),)), (1, ((0, 0),))), weights=(1, 1, 1))


def _is_accepted(raw: bytes) -> bool:
    try:
        return verify_election(raw).valid
    except UnsupportedError:
        return False


@pytest.mark.parametrize(("group", "times"), [(ED25519, 1000), (BELENIOS_2048, 300)], ids=["Ed25519", "2048"])
def test_no_change_of_one_byte_is_accepted(group: Group, times: int) -> None:
    whole = _small_sample(group).raw
    assert _is_accepted(whole)
    dice = random.Random(20260721)
    for _ in range(times):
        raw = bytearray(whole)
        at = dice.randrange(len(raw))
        raw[at] ^= dice.randrange(1, 256)
        assert not _is_accepted(bytes(raw)), f"byte {at} became {raw[at]}"


@pytest.mark.parametrize("seed", range(8))
def test_random_bytes_after_an_honest_beginning_are_refused(seed: int, ed25519_sample: Sample) -> None:
    dice = random.Random(seed)
    whole = ed25519_sample.raw
    cut = dice.randrange(1, len(whole))
    assert not _is_accepted(whole[:cut] + dice.randbytes(2000))


def _nodes(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, child in items:
            yield from _nodes(child, (*path, key))


def _replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[path[0]] = _replaced(value[path[0]], path[1:], new)
    return copied


def _lenient_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()


def _mutations(documents: tuple[Document, ...], dice: random.Random) -> Iterator[tuple[str, list[Document]]]:
    """Each place of each document with an oddity there, but in trustees' names, which nothing binds."""
    for at, (kind, data) in enumerate(documents):
        for part, raw in enumerate(data):
            if kind is EventType.SETUP and part == 3:
                continue  # made again below
            value = json.loads(raw)
            for path in _nodes(value):
                if path[-1:] == ("name",) and kind is EventType.SETUP and part == 1:
                    continue
                changed = list(data)
                changed[part] = _lenient_json(_replaced(value, path, dice.choice(ODDITIES)))
                if changed[part] == raw:
                    continue
                if kind is EventType.SETUP:
                    changed = list(write_setup(*changed[:3]))
                yield f"{kind} {part} {path}", [*documents[:at], (kind, tuple(changed)), *documents[at + 1 :]]


def test_oddities_anywhere_in_the_documents_are_refused_by_name() -> None:
    dice = random.Random(7)
    sample = _small_sample(ED25519)
    for _ in range(3):
        for where, documents in _mutations(sample.documents, dice):
            assert not _is_accepted(chain(documents)), where


def test_oddities_that_a_voter_signs_are_refused_by_name() -> None:
    dice = random.Random(8)
    sample = _small_sample(ED25519)
    fields = json.loads(sample.ballots[0])
    fields.pop("signature")
    at = sample.positions(EventType.BALLOT)[0]
    for path in list(_nodes(fields))[1:]:
        oddity = dice.choice([odd for odd in ODDITIES if odd != "\ud800"])
        ballot = sign(sample, _replaced(fields, path, oddity), sample.private_of(0))
        documents = list(sample.documents)
        documents[at] = (EventType.BALLOT, (ballot,))
        assert not _is_accepted(chain(documents)), path


@pytest.mark.parametrize("depth", [100, 900, 990, 1100, 100_000])
@pytest.mark.parametrize("part", range(3))
def test_deep_nesting_is_refused_by_name(depth: int, part: int, ed25519_sample: Sample) -> None:
    parts = list(ed25519_sample.documents[0][1][:3])
    parts[part] = b"[" * depth + b"]" * depth
    documents = [(EventType.SETUP, write_setup(*parts)), *ed25519_sample.documents[1:]]
    assert not _is_accepted(chain(documents))
    ballot = [*ed25519_sample.documents]
    ballot[1] = (EventType.BALLOT, (b'{"credential":"x","answers":' + b"[" * depth + b"]" * depth + b"}",))
    assert not _is_accepted(chain(ballot))


@pytest.mark.parametrize(
    "raw", [b"", b"\0", b"BELENIOS", b"BELENIOS\0" + bytes(600), bytes(512), bytes(1024)]
)
def test_what_is_no_archive_is_refused(raw: bytes) -> None:
    assert not _is_accepted(raw)
