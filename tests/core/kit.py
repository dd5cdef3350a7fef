"""Make an election, then alter its archive as an attacker could: edit, sign again, chain again."""

import copy
import json
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.core.archive import (
    Archive,
    EventType,
    next_entry,
    read_archive,
    write_archive,
    write_owned,
    write_setup,
)
from app.core.ballots import encrypt_ballot
from app.core.credentials import (
    derive_public,
    derive_secret,
    generate_credential,
    write_public_credentials,
)
from app.core.election import Election, parse_election, write_election
from app.core.encoding import BASE58_ALPHABET, to_compact_json
from app.core.groups import Group
from app.core.hashing import SIGNATURE_PREFIX, sha256_base64
from app.core.proofs import prove_knowledge
from app.core.questions.homomorphic import HomomorphicQuestion, parse_answer
from app.core.tally import (
    EncryptedTally,
    Result,
    add_answers,
    compute_result,
    decrypt_partially,
    empty_tally,
    last_ballots,
    parse_partial_decryption,
    write_result,
    write_sized_tally,
    write_tally,
)
from app.core.trustees import Trustee, combine_keys, generate_trustee, write_trustees

TIMESTAMP = 1_795_321_064
QUESTIONS = (
    HomomorphicQuestion("Where?", ("North", "South", "East"), 1, 1),
    HomomorphicQuestion("Open on Sundays?", ("Yes", "No"), 1, 2, blank=True),
)
# (voter, marks): the last voter stays at home, the first votes twice.
VOTES = (
    (0, ((1, 0, 0), (0, 1, 0))),
    (1, ((0, 1, 0), (1, 0, 0))),
    (2, ((0, 0, 1), (0, 1, 1))),
    (0, ((0, 1, 0), (0, 0, 1))),
)
WEIGHTS = (1, 2, 1, 1)

# An archive as a list of what its events hold; the chain is made again when it is written.
Document = tuple[EventType, tuple[bytes, ...]]


@dataclass(frozen=True)
class Voter:
    private: str
    public: str
    weight: int


@dataclass(frozen=True)
class Sample:
    """A finished election with everybody's secrets."""

    election: Election
    trustees: tuple[tuple[int, Trustee], ...]
    voters: tuple[Voter, ...]
    owners: tuple[int, ...]  # ballot -> voter
    documents: tuple[Document, ...]

    @property
    def group(self) -> Group:
        return self.election.group

    @property
    def raw(self) -> bytes:
        return chain(self.documents)

    @property
    def ballots(self) -> list[bytes]:
        return [data[0] for kind, data in self.documents if kind is EventType.BALLOT]

    def positions(self, kind: EventType) -> list[int]:
        return [at for at, (found, _) in enumerate(self.documents) if found is kind]

    def private_of(self, ballot: int) -> str:
        return self.voters[self.owners[ballot]].private


def fresh_uuid() -> str:
    return "".join(secrets.choice(BASE58_ALPHABET) for _ in range(14))


def make_voters(group: Group, uuid: str, weights: Iterable[int]) -> tuple[Voter, ...]:
    privates = [(generate_credential(), weight) for weight in weights]
    return tuple(Voter(c, derive_public(group, uuid, c), weight) for c, weight in privates)


def make_sample(
    group: Group,
    questions: tuple[HomomorphicQuestion, ...] = QUESTIONS,
    votes: Sequence[tuple[int, Sequence[Sequence[int]]]] = VOTES,
    weights: Sequence[int] = WEIGHTS,
    trustee_count: int = 2,
) -> Sample:
    uuid = fresh_uuid()
    trustees = tuple(generate_trustee(group, f"Trustee {n}") for n in range(1, trustee_count + 1))
    key = combine_keys(group, [trustee for _, trustee in trustees])
    raw = write_election(uuid=uuid, name="도서관", description="", key=key, questions=questions)
    voters = make_voters(group, uuid, weights)
    sample = Sample(parse_election(raw), trustees, voters, tuple(voter for voter, _ in votes), ())
    ballots = [encrypt_ballot(sample.election, voters[voter].private, marks) for voter, marks in votes]
    return finish(sample, ballots)


def finish(sample: Sample, ballots: Sequence[bytes]) -> Sample:
    """The sample with these ballots, honestly tallied, decrypted and opened."""
    election, group = sample.election, sample.group
    tally, counted, weight = count(sample, ballots)
    tally_raw = write_tally(group, tally)
    decryptions = [
        decrypt_partially(election, tally, secret, trustee.element) for secret, trustee in sample.trustees
    ]
    documents: list[Document] = [(EventType.SETUP, setup_data(sample))]
    documents += [(EventType.BALLOT, (ballot,)) for ballot in ballots]
    documents.append((EventType.END_BALLOTS, ()))
    sized = write_sized_tally(tally_raw, counted, weight)
    documents.append((EventType.ENCRYPTED_TALLY, (tally_raw, sized)))
    documents += [
        (EventType.PARTIAL_DECRYPTION, write_owned(owner, decryption.to_bytes(group)))
        for owner, decryption in enumerate(decryptions, 1)
    ]
    result = compute_result(election, tally, decryptions, weight)
    documents.append((EventType.RESULT, (write_result(result),)))
    return replace(sample, documents=tuple(documents))


def count(sample: Sample, ballots: Sequence[bytes]) -> tuple[EncryptedTally, int, int]:
    """(encrypted tally, ballots counted, their weight), without verifying anything."""
    weights = {voter.public: voter.weight for voter in sample.voters}
    fields = [json.loads(ballot) for ballot in ballots]
    last = last_ballots(ballot["credential"] for ballot in fields)
    tally = empty_tally(sample.election)
    for credential, position in last.items():
        answers = [parse_answer(sample.group, value) for value in fields[position]["answers"]]
        tally = add_answers(sample.group, tally, answers, weights[credential])
    return tally, len(last), sum(weights[credential] for credential in last)


def setup_data(sample: Sample) -> tuple[bytes, ...]:
    public = write_public_credentials(sample.group, [(voter.public, voter.weight) for voter in sample.voters])
    trustees = write_trustees(sample.group, [trustee for _, trustee in sample.trustees])
    return write_setup(sample.election.raw, trustees, public)


def chain(documents: Iterable[Document], *, timestamp_is_text: bool = True) -> bytes:
    """The archive whose events hold these documents, hashes and links made anew."""
    entries: list[Any] = []
    for kind, data in documents:
        entries.append(next_entry(entries[-1].event if entries else None, kind, data))
    return write_archive(Archive(TIMESTAMP, tuple(entries), timestamp_is_text))


def unchain(raw: bytes) -> list[Document]:
    return [(entry.event.type, entry.data) for entry in read_archive(raw).entries]


def edit(raw: bytes, change: Callable[[Any], Any]) -> bytes:
    """JSON after a change in place; what the change returns replaces the whole, unless it is None."""
    value = copy.deepcopy(json.loads(raw))
    changed = change(value)
    return to_compact_json(value if changed is None else changed)


def plus_one(holder: Any, name: Any, order: int) -> None:
    """Add 1 to a scalar of a JSON document."""
    holder[name] = str((int(holder[name]) + 1) % order)


def sign(sample: Sample, fields: dict[str, Any], private: str) -> bytes:
    """The ballot signed afresh by whoever has the private credential."""
    secret = derive_secret(sample.group, sample.election.uuid, private)
    return sign_with(sample.group, fields, secret)


def sign_with(group: Group, fields: dict[str, Any], secret: int) -> bytes:
    unsigned = {name: value for name, value in fields.items() if name != "signature"}
    digest = sha256_base64(to_compact_json(unsigned))
    proof = prove_knowledge(group, f"{SIGNATURE_PREFIX}|{digest}|", secret)
    return to_compact_json({**unsigned, "signature": {"hash": digest, "proof": proof.to_json()}})


def with_document(sample: Sample, at: int, *data: bytes) -> list[Document]:
    """The documents with those of one event replaced."""
    documents = list(sample.documents)
    documents[at] = (documents[at][0], data)
    return documents


def with_ballot(sample: Sample, number: int, ballot: bytes) -> bytes:
    return chain(with_document(sample, sample.positions(EventType.BALLOT)[number], ballot))


def with_signed_change(sample: Sample, number: int, change: Callable[[Any], Any]) -> bytes:
    """A ballot that its own voter altered and signed."""
    fields = json.loads(sample.ballots[number])
    change(fields)
    return with_ballot(sample, number, sign(sample, fields, sample.private_of(number)))


def with_setup(sample: Sample, part: int, change: Callable[[Any], Any]) -> bytes:
    """Part 0 is the election, 1 the trustees, 2 the credentials."""
    parts = list(sample.documents[0][1][:3])
    parts[part] = edit(parts[part], change)
    return chain(with_document(sample, 0, *write_setup(*parts)))


def with_tally(sample: Sample, change: Callable[[Any], Any], num_tallied: int = 0, weight: int = 0) -> bytes:
    """The encrypted tally altered, its size as it was plus the given numbers."""
    (at,) = sample.positions(EventType.ENCRYPTED_TALLY)
    tally_raw, sized = sample.documents[at][1]
    altered, fields = edit(tally_raw, change), json.loads(sized)
    size = fields["num_tallied"] + num_tallied, fields["total_weight"] + weight
    return chain(with_document(sample, at, altered, write_sized_tally(altered, *size)))


def with_decryption(sample: Sample, owner: int, change: Callable[[Any], Any]) -> bytes:
    at = sample.positions(EventType.PARTIAL_DECRYPTION)[owner - 1]
    altered = edit(sample.documents[at][1][0], change)
    return chain(with_document(sample, at, *write_owned(owner, altered)))


def with_result(sample: Sample, change: Callable[[Any], Any]) -> bytes:
    at = sample.positions(EventType.RESULT)[0]
    return chain(with_document(sample, at, edit(sample.documents[at][1][0], change)))


def without(sample: Sample, *places: int) -> bytes:
    return chain(document for at, document in enumerate(sample.documents) if at not in places)


def with_inserted(sample: Sample, at: int, document: Document) -> bytes:
    documents = list(sample.documents)
    documents.insert(at, document)
    return chain(documents)


def plain_count(sample: Sample, votes: Sequence[tuple[int, Sequence[Sequence[int]]]]) -> Result:
    """The result that counting crosses by hand gives."""
    last = {voter: marks for voter, marks in votes}  # noqa: C416
    totals = [[0] * question.choice_count for question in sample.election.questions]
    for voter, marks in last.items():
        for question, row in enumerate(marks):
            for choice, mark in enumerate(row):
                totals[question][choice] += mark * sample.voters[voter].weight
    return tuple(tuple(row) for row in totals)


def decryption_of(sample: Sample, owner: int) -> Any:
    at = sample.positions(EventType.PARTIAL_DECRYPTION)[owner - 1]
    return parse_partial_decryption(sample.group, sample.documents[at][1][0])
