"""Readers of elections. What is public here, anybody can recompute from the archive."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import undefer

from app.accounts.models import Account, Agency, District
from app.core.archive import EventType, write_header, write_record
from app.core.election import Election as Parameters
from app.core.election import parse_election
from app.core.encoding import parse_json_number
from app.core.hashing import sha256_hex
from app.core.tally import EncryptedTally, parse_tally
from app.elections import policy
from app.elections.models import (
    Election,
    ElectionDatum,
    ElectionEvent,
    PublicCredentials,
    RollVoter,
    Trustee,
)
from app.elections.rules import (
    PUBLIC_STATES,
    AuthorityMode,
    ElectionNotFound,
    ElectionState,
    Milestone,
    list_milestones,
    missing_steps,
)
from app.extensions import db
from app.ledger import queries as ledger
from app.ledger.entry_types import EntryType

PAGE_SIZE = 50
ARCHIVE_CHUNK = 200

read_parameters = lru_cache(maxsize=32)(parse_election)


# Each step of an election and the act that the ledger has of it.
MILESTONE_ENTRIES = {
    "set-up": EntryType.ELECTION_SETUP,
    "open": EntryType.ELECTION_OPEN,
    "close": EntryType.ELECTION_CLOSE,
    "tally": EntryType.TALLY_COMPUTE,
    "result": EntryType.RESULT_PUBLISH,
    "cancel": EntryType.ELECTION_CANCEL,
}


@dataclass(frozen=True)
class ListedBallot:
    """A ballot as the public list shows it: whether a later one under the same credential replaced it."""

    number: int
    tracker: str
    is_replaced: bool
    # Of its entry in the ledger; ballots of before have none.
    leaf_hash: str | None = None


@dataclass(frozen=True)
class CountedAnswer:
    """One line of a result."""

    text: str
    count: int
    is_blank: bool


@dataclass(frozen=True)
class CountedQuestion:
    """A question with the counts of its answers."""

    text: str
    answers: tuple[CountedAnswer, ...]


@dataclass(frozen=True)
class ElectionFacts:
    """What an election's page says beside the election's own columns, for one reader."""

    parameters: Parameters | None
    agency: Agency | None
    district: District | None
    voter_count: int
    milestones: list[Milestone]
    is_manager: bool
    is_on_roll: bool
    trustee: Trustee | None


def find_election(uuid: str) -> Election | None:
    """The election of that uuid, whoever may see it."""
    return db.session.scalar(select(Election).where(Election.uuid == uuid))


def get_election(uuid: str) -> Election:
    """The election of that uuid, whoever may see it. Raises ElectionNotFound."""
    election = find_election(uuid)
    if election is None:
        raise ElectionNotFound
    return election


def get_visible_election(uuid: str, account: Account | None) -> Election:
    """The election, if `account` (None: a stranger) may see it. Raises ElectionNotFound."""
    election = get_election(uuid)
    is_manager = account is not None and policy.can_manage(account, election.agency_id)
    is_trustee = account is not None and _find_trustee_of(election, account) is not None
    if not is_public(election) and not policy.can_see(election.state, is_manager, is_trustee):
        raise ElectionNotFound
    return election


def is_public(election: Election) -> bool:
    """Whether everybody sees it: from set-up on, even if it is cancelled then, so that the reason is read."""
    was_set_up = election.fingerprint is not None
    return ElectionState(election.state) in PUBLIC_STATES or was_set_up


def _find_trustee_of(election: Election, account: Account) -> Trustee | None:
    return next((t for t in election.trustees if t.account_id == account.id), None)


def get_facts(election: Election, account: Account | None) -> ElectionFacts:
    """What the page of an election says to `account` (None: a stranger)."""
    return ElectionFacts(
        parameters=read_parameters(election.parameters) if election.parameters else None,
        agency=find_agency(election),
        district=find_district(election),
        voter_count=count_voters(election),
        milestones=_list_milestones(election),
        is_manager=account is not None and policy.can_manage(account, election.agency_id),
        is_on_roll=account is not None and find_roll_voter(election, account) is not None,
        trustee=None if account is None else _find_trustee_of(election, account),
    )


def _list_milestones(election: Election) -> list[Milestone]:
    """The steps of the election, each that has happened with the entry that records it."""
    set_up_at = election.archive_timestamp
    steps = list_milestones(election, None if set_up_at is None else datetime.fromtimestamp(set_up_at, UTC))
    hashes = ledger.list_leaf_hashes(MILESTONE_ENTRIES.values(), "election", election.uuid)
    return [replace(step, leaf_hash=hashes.get(MILESTONE_ENTRIES[step.step], "")) for step in steps]


def find_agency(election: Election) -> Agency | None:
    """The public body that holds the election."""
    return db.session.get(Agency, election.agency_id) if election.agency_id is not None else None


def find_district(election: Election) -> District | None:
    """The part of the town whose citizens may vote, None for the whole town."""
    return db.session.get(District, election.roll_district) if election.roll_district else None


def get_public_election(uuid: str) -> Election:
    """The election, once it is set up: what data files and programs see. Raises ElectionNotFound."""
    election = get_election(uuid)
    if not is_public(election):
        raise ElectionNotFound
    return election


def list_public_elections() -> list[Election]:
    """Every election that was set up: open ones first, then those to come, then the past, newest first."""
    order = [ElectionState.OPEN, ElectionState.READY, ElectionState.CLOSED, ElectionState.DECRYPTING]
    found = db.session.scalars(select(Election).where(Election.fingerprint.is_not(None))).all()
    ranks = {state: rank for rank, state in enumerate(order)}
    return sorted(found, key=lambda e: (ranks.get(ElectionState(e.state), len(order)), -e.id))


def list_open_elections() -> list[Election]:
    """The elections that take ballots now, the one that closes first on top."""
    wanted = select(Election).where(Election.state == ElectionState.OPEN)
    return list(db.session.scalars(wanted.order_by(Election.closes_at.is_(None), Election.closes_at)))


def list_managed_elections(account: Account) -> list[Election]:
    """The elections of the official's agency, newest first."""
    wanted = select(Election).where(Election.agency_id == account.agency_id).order_by(Election.id.desc())
    return [e for e in db.session.scalars(wanted) if policy.can_manage(account, e.agency_id)]


def list_trusteeships(account_id: int) -> list[tuple[Trustee, Election]]:
    """Where the account is a trustee, newest election first."""
    wanted = (
        select(Trustee, Election)
        .join(Election, Election.id == Trustee.election_id)
        .where(Trustee.account_id == account_id)
        .order_by(Election.id.desc())
    )
    return [(trustee, election) for trustee, election in db.session.execute(wanted)]


def get_trustee(election: Election, number: int) -> Trustee:
    """The trustee with that number (from 1). Raises ElectionNotFound."""
    for trustee in election.trustees:
        if trustee.number == number:
            return trustee
    raise ElectionNotFound


def find_roll_voter(election: Election, account: Account) -> RollVoter | None:
    """The account's line on the voter roll, by account or by its confirmed address."""
    mine: ColumnElement[bool] = RollVoter.account_id == account.id
    if account.confirmed_at is not None:
        mine = mine | (RollVoter.account_id.is_(None) & (RollVoter.email == account.email))
    return db.session.scalar(select(RollVoter).where(RollVoter.election_id == election.id, mine))


def list_roll(election: Election) -> list[RollVoter]:
    """The voter roll, for the credential authority."""
    wanted = select(RollVoter).options(undefer(RollVoter.email), undefer(RollVoter.name))
    wanted = wanted.where(RollVoter.election_id == election.id).order_by(RollVoter.id)
    return list(db.session.scalars(wanted))


def count_roll_without_account(election: Election) -> int:
    """How many on the roll have no account yet: to those the server cannot mail a credential."""
    wanted = select(func.count()).select_from(RollVoter)
    mine = (RollVoter.election_id == election.id) & RollVoter.account_id.is_(None)
    return db.session.scalar(wanted.where(mine)) or 0


def get_public_credentials(election: Election) -> bytes | None:
    """The bytes of the credential authority's list, None before it is there."""
    wanted = select(PublicCredentials.body).where(PublicCredentials.election_id == election.id)
    return db.session.scalar(wanted)


@lru_cache(maxsize=16)
def _names_in_list(body: bytes) -> frozenset[str]:
    return frozenset(entry.partition(",")[0] for entry in json.loads(body))


def list_credential_names(election: Election) -> frozenset[str]:
    """Every public credential of the election, as written in its (validated) list."""
    return _names_in_list(get_public_credentials(election) or b"[]")


def get_document(election: Election, position: int) -> bytes:
    """A data record of the Setup event: 0 election.json, 1 trustees.json, 2 the credentials."""
    return _get_datum(election, 0, position)


def _get_datum(election: Election, height: int, position: int) -> bytes:
    body = db.session.get(ElectionDatum, (election.id, height, position))
    if body is None:
        raise ElectionNotFound
    return body.body


def iterate_archive(election: Election) -> Iterator[bytes]:
    """The archive as it stands, in pieces: its header, then event after event."""
    timestamp = election.archive_timestamp or 0
    yield write_header(timestamp)
    height = 0
    while True:
        window = (height <= ElectionEvent.height) & (ElectionEvent.height < height + ARCHIVE_CHUNK)
        events = db.session.execute(
            select(ElectionEvent.height, ElectionEvent.event)
            .where(ElectionEvent.election_id == election.id, window)
            .order_by(ElectionEvent.height)
        ).all()
        data = _data_by_height(election, height)
        for at, event in events:
            yield b"".join(write_record(f"{sha256_hex(d)}.data.json", d, timestamp) for d in data.get(at, []))
            yield write_record(f"{sha256_hex(event)}.event.json", event, timestamp)
        if len(events) < ARCHIVE_CHUNK:
            return
        height += ARCHIVE_CHUNK


def _data_by_height(election: Election, first: int) -> dict[int, list[bytes]]:
    window = (first <= ElectionDatum.height) & (ElectionDatum.height < first + ARCHIVE_CHUNK)
    rows = db.session.execute(
        select(ElectionDatum.height, ElectionDatum.body)
        .where(ElectionDatum.election_id == election.id, window)
        .order_by(ElectionDatum.height, ElectionDatum.position)
    )
    result: dict[int, list[bytes]] = {}
    for height, body in rows:
        result.setdefault(height, []).append(body)
    return result


def list_ballots(election: Election, search: str = "", page: int = 1) -> tuple[list[ListedBallot], int]:
    """A page of the ballots whose tracker contains `search`, newest last, and how many there are."""
    mine = (ElectionEvent.election_id == election.id) & (ElectionEvent.type == EventType.BALLOT)
    if search:
        mine = mine & ElectionEvent.tracker.contains(search, autoescape=True)
    count = db.session.scalar(select(func.count()).select_from(ElectionEvent).where(mine)) or 0
    wanted = select(ElectionEvent).where(mine).order_by(ElectionEvent.height)
    rows = db.session.scalars(wanted.offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE)).all()
    return [_as_listed(row) for row in rows], count


def find_ballot(election: Election, tracker: str) -> ListedBallot | None:
    """The ballot with that tracker, if it is in the ballot box."""
    wanted = select(ElectionEvent).where(
        ElectionEvent.election_id == election.id, ElectionEvent.tracker == tracker
    )
    row = db.session.scalar(wanted)
    return None if row is None else _as_listed(row)


def _as_listed(row: ElectionEvent) -> ListedBallot:
    later = select(ElectionEvent.height).where(
        ElectionEvent.election_id == row.election_id,
        ElectionEvent.credential == row.credential,
        ElectionEvent.height > row.height,
    )
    is_replaced = db.session.scalar(later.limit(1)) is not None
    return ListedBallot(row.height, row.tracker or "", is_replaced, row.leaf_hash)


def count_voters(election: Election) -> int:
    """How many credentials have a ballot: the turnout."""
    wanted = select(func.count(func.distinct(ElectionEvent.credential))).where(
        ElectionEvent.election_id == election.id, ElectionEvent.type == EventType.BALLOT
    )
    return db.session.scalar(wanted) or 0


def get_encrypted_tally(election: Election) -> EncryptedTally:
    """The archived encrypted tally. Raises ElectionNotFound before there is one."""
    group = read_parameters(election.parameters or b"").group
    return parse_tally(group, _get_datum(election, _tally_height(election), 0))


def get_total_weight(election: Election) -> int:
    """The summed weight of the tallied ballots. Raises ElectionNotFound before there is a tally."""
    fields = json.loads(_get_datum(election, _tally_height(election), 1))
    return parse_json_number(fields["total_weight"])


def _tally_height(election: Election) -> int:
    wanted = select(ElectionEvent.height).where(
        ElectionEvent.election_id == election.id, ElectionEvent.type == EventType.ENCRYPTED_TALLY
    )
    height = db.session.scalar(wanted)
    if height is None:
        raise ElectionNotFound
    return height


def list_results(election: Election) -> list[CountedQuestion]:
    """The result, question by question; empty before it is published."""
    if election.result is None or election.parameters is None:
        return []
    questions = read_parameters(election.parameters).questions
    return [
        CountedQuestion(
            question.text,
            tuple(
                CountedAnswer(text, count, question.blank and position == 0)
                for position, (text, count) in enumerate(
                    zip(("",) * question.blank + question.answers, counts, strict=True)
                )
            ),
        )
        for question, counts in zip(questions, election.result, strict=True)
    ]


def list_missing_steps(election: Election) -> list[str]:
    """The steps that a draft still lacks."""
    return missing_steps(
        question_count=len(election.questions),
        roll_size=election.roll_size,
        trustee_count=len(election.trustees),
        registered_count=sum(trustee.public_key is not None for trustee in election.trustees),
        has_credentials=election.credentials_fingerprint is not None,
    )


def is_server_authority(election: Election) -> bool:
    """Whether this server made the credentials, which the page must say."""
    return election.authority_mode == AuthorityMode.SERVER
