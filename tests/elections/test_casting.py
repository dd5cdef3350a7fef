"""Which ballots are taken, which are refused and in which words, and that a refusal changes nothing."""

import itertools
import json
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Account
from app.accounts.policy import Role
from app.core.encoding import to_compact_json
from app.core.verify import verify_election
from app.elections import queries, rules
from app.elections.models import BallotAlpha, CredentialBinding, Election, ElectionDatum, ElectionEvent
from app.elections.services import tallies
from app.elections.services.ballots import cast_ballot
from app.extensions import db as database
from app.ledger.models import LedgerEntry
from app.notifications.models import OutboxMessage
from app.platform import clock
from tests.elections.town import Poll, make_account, make_draft, make_open_poll

BLANK, POST, PARK = [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]
VOTE = [POST, [1, 0]]
TABLES = (ElectionEvent, ElectionDatum, BallotAlpha, CredentialBinding, LedgerEntry, OutboxMessage)


def row_counts() -> list[int]:
    """How many rows each table that casting writes has."""
    return [database.session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


def refuse(act: Callable[[], object], refusal: type[rules.ElectionRefusal]) -> rules.ElectionRefusal:
    """Demand this refusal, and that nothing changed."""
    before = row_counts()
    with pytest.raises(refusal) as caught:
        act()
    database.session.rollback()
    assert row_counts() == before
    return caught.value


@pytest.fixture
def poll(db: object) -> Poll:
    """An open election of four voters."""
    return make_open_poll()


def changed(raw: bytes, **fields: object) -> bytes:
    """The ballot with other fields."""
    return to_compact_json({**json.loads(raw), **fields})


def test_voting_again_replaces_the_ballot(poll: Poll) -> None:
    ann = poll.voters[0]
    first = poll.cast(ann, [POST, [1, 1]])
    second = poll.cast(ann, [PARK, [0, 0]])

    listed, count = queries.list_ballots(queries.get_election(poll.uuid))

    assert count == 2
    assert [(b.tracker, b.is_replaced) for b in listed] == [(first.tracker, True), (second.tracker, False)]


@pytest.mark.parametrize(
    ("harm", "check"),
    [
        (lambda raw: raw.replace(b'":', b'": ', 1), "ballot:canonical-form"),
        (lambda raw: raw[:-1], "ballot:canonical-form"),
        (lambda raw: b"[]", "ballot:canonical-form"),
        (lambda raw: changed(raw, election_hash="A" * 43), "ballot:signature"),
        (lambda raw: changed(raw, answers=[]), "ballot:signature"),
        (lambda raw: b"[" * 5_000, "ballot:canonical-form"),
        (lambda raw: b"\xff\xfe", "ballot:canonical-form"),
    ],
)
def test_a_malformed_ballot_is_refused_by_the_name_of_its_check(
    poll: Poll, harm: Callable[[bytes], bytes], check: str
) -> None:
    raw = harm(poll.ballot(poll.voters[0], VOTE))
    refusal = refuse(lambda: cast_ballot(poll.voters[0], poll.uuid, raw), rules.BallotInvalid)
    assert refusal.extras["check"] == check


def test_the_same_ballot_again_is_refused_and_counts_once(poll: Poll) -> None:
    ann = poll.voters[0]
    raw = poll.ballot(ann, VOTE)
    cast_ballot(ann, poll.uuid, raw)
    refuse(lambda: cast_ballot(ann, poll.uuid, raw), rules.BallotAlreadyAccepted)
    poll.finish()
    assert queries.get_election(poll.uuid).result == [[0, 1, 0, 0], [1, 0]]


def test_a_credential_belongs_to_the_account_that_used_it_first(poll: Poll) -> None:
    ann, bob = poll.voters[:2]
    poll.cast(ann, VOTE)
    stolen = poll.ballot(ann, [PARK, [0, 0]])
    refuse(lambda: cast_ballot(bob, poll.uuid, stolen), rules.CredentialBoundElsewhere)


def test_an_account_uses_one_credential(poll: Poll) -> None:
    ann, bob = poll.voters[:2]
    poll.cast(ann, VOTE)
    second = poll.ballot(bob, VOTE)
    refuse(lambda: cast_ballot(ann, poll.uuid, second), rules.CredentialBoundElsewhere)


def test_an_unknown_credential_is_refused(poll: Poll) -> None:
    ann = poll.voters[0]
    poll.credentials[ann.id] = "aaaaa-bbbbbb-ccccc-dddddd"
    raw = poll.ballot(ann, VOTE)
    refuse(lambda: cast_ballot(ann, poll.uuid, raw), rules.CredentialUnknown)


def test_a_stranger_to_the_roll_is_refused(poll: Poll) -> None:
    stranger = make_account("stranger@hanbit.test", Role.CITIZEN)
    raw = poll.ballot(poll.voters[0], VOTE)
    refuse(lambda: cast_ballot(stranger, poll.uuid, raw), rules.NotOnRoll)


def test_a_ballot_after_closing_is_late(poll: Poll) -> None:
    raw = poll.ballot(poll.voters[0], VOTE)
    poll.close()
    refuse(lambda: cast_ballot(poll.voters[0], poll.uuid, raw), rules.BallotLate)


def test_a_ballot_after_the_closing_time_is_late_before_the_job_has_closed(poll: Poll) -> None:
    raw = poll.ballot(poll.voters[0], VOTE)
    with tallies.transaction():
        election = queries.get_election(poll.uuid)
        election.closes_at = clock.now() - timedelta(seconds=1)
    refuse(lambda: cast_ballot(poll.voters[0], poll.uuid, raw), rules.BallotLate)


def test_before_opening_there_is_no_voting(db: object) -> None:
    poll = make_draft()
    with pytest.raises(rules.ElectionNotFound):
        cast_ballot(poll.voters[0], poll.uuid, b"{}")


def test_repeated_randomness_is_refused(poll: Poll, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, bob = poll.voters[:2]
    for voter in (ann, bob):
        numbers = itertools.count(7)
        monkeypatch.setattr(
            "app.core.questions.homomorphic.random_scalar", lambda group, numbers=numbers: next(numbers)
        )
        raw = poll.ballot(voter, VOTE)
        if voter is ann:
            cast_ballot(ann, poll.uuid, raw)
    refuse(lambda: cast_ballot(bob, poll.uuid, raw), rules.CiphertextRepeated)


def test_bindings_are_gone_at_closing(poll: Poll) -> None:
    poll.cast(poll.voters[0], VOTE)
    assert row_counts()[TABLES.index(CredentialBinding)] == 1
    poll.close()
    assert row_counts()[TABLES.index(CredentialBinding)] == 0


def test_fifty_copies_at_once_count_once(app: Flask, poll: Poll) -> None:
    ann = poll.voters[0]
    raw, account_id = poll.ballot(ann, VOTE), ann.id
    database.session.rollback()
    outcomes: list[str] = []

    def post() -> None:
        with app.app_context():
            try:
                account = database.session.get(Account, account_id)
                assert account is not None
                cast_ballot(account, poll.uuid, raw)
                outcomes.append("accepted")
            except rules.BallotAlreadyAccepted:
                outcomes.append("refused")
            finally:
                database.session.remove()

    threads = [threading.Thread(target=post) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["accepted"] + ["refused"] * 49
    database.session.rollback()
    assert database.session.scalar(select(Election.ballot_count)) == 1
    assert verify_election(poll.archive()).valid


def test_many_voters_at_once_keep_the_chain(app: Flask, db: object) -> None:
    poll = make_open_poll(voters=12)
    ballots = [(voter.id, poll.ballot(voter, VOTE)) for voter in poll.voters]
    database.session.rollback()
    failures: list[Exception] = []

    def post(account_id: int, raw: bytes) -> None:
        with app.app_context():
            try:
                account = database.session.get(Account, account_id)
                assert account is not None
                cast_ballot(account, poll.uuid, raw)
            except Exception as problem:  # noqa: BLE001 - whatever it is, the test shows it
                failures.append(problem)
            finally:
                database.session.remove()

    threads = [threading.Thread(target=post, args=pair) for pair in ballots]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    database.session.rollback()
    report = verify_election(poll.archive())
    assert (report.valid, report.ballots) == (True, 12), report.failure


def test_the_archive_while_voting_is_the_beginning_of_the_final_one(poll: Poll) -> None:
    poll.cast(poll.voters[0], VOTE)
    early = poll.archive()
    poll.cast(poll.voters[1], VOTE)
    poll.finish()
    final = poll.archive()
    assert final.startswith(early)
    assert verify_election(early).valid
    assert verify_election(final, earlier=early).valid


def test_the_ledger_says_the_quarter_of_an_hour_of_a_ballot_and_no_more(poll: Poll) -> None:
    poll.cast(poll.voters[0], VOTE)
    entry = database.session.scalars(
        select(LedgerEntry).where(LedgerEntry.type == "elections:ballot:accept")
    ).one()
    assert clock.now() < entry.release_at <= clock.now() + timedelta(minutes=15)
    assert (entry.at.minute % 15, entry.at.second) == (0, 0)
