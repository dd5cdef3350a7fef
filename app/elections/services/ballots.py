"""Taking ballots."""

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from app.accounts.models import Account
from app.core.archive import EventType
from app.core.ballots import Ballot, verify_ballot
from app.core.errors import InvalidError, UnknownCredentialError
from app.elections import queries, rules
from app.elections.models import BallotAlpha, CredentialBinding, Election, ElectionEvent
from app.elections.services.chain import append_event, lock_election
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry
from app.notifications import services as notifications
from app.platform import clock, keys
from app.platform.transaction import transaction

_KEY_NAME = "credential-binding"


@dataclass(frozen=True)
class AcceptedBallot:
    """What a voter is told: the tracker, and the ballot's number in the archive."""

    tracker: str
    number: int


def cast_ballot(account: Account, uuid: str, raw: bytes) -> AcceptedBallot:
    """Verify a ballot in full and put it into the ballot box, durably, exactly once.

    raw: the ballot's bytes as the voter's device made them. Raises the refusals of rules.py; nothing is
    changed then.
    """
    election = queries.get_public_election(uuid)
    rules.ensure_takes_ballots(election.state, clock.now(), election.closes_at)
    if queries.find_roll_voter(election, account) is None:
        raise rules.NotOnRoll
    # Proofs are verified before the lock is taken: they bind to parameters that no longer change.
    ballot = _verify(election, raw)
    account_id = account.id
    with transaction():
        election = lock_election(uuid)
        rules.ensure_takes_ballots(election.state, clock.now(), election.closes_at)
        rules.next_state(election.state, rules.Act.CAST)
        _refuse_repeated(election, ballot)
        _bind_credential(election, ballot.credential, account_id)
        number = _store(election, ballot)
        notifications.queue(account_id, "elections/ballot_accepted", {"election": election.name})
    return AcceptedBallot(ballot.tracker, number)


def forget_bindings(election: Election) -> None:
    """Delete everything that joins accounts to credentials, in the caller's transaction."""
    db.session.execute(delete(CredentialBinding).where(CredentialBinding.election_id == election.id))


def _verify(election: Election, raw: bytes) -> Ballot:
    parameters = queries.read_parameters(election.parameters or b"")
    try:
        return verify_ballot(parameters, raw, queries.list_credential_names(election))
    except UnknownCredentialError as problem:
        raise rules.CredentialUnknown from problem
    except InvalidError as problem:
        raise rules.BallotInvalid(check=str(problem.check), reason=str(problem)) from problem


def _hash_alphas(election: Election, ballot: Ballot) -> list[bytes]:
    group = queries.read_parameters(election.parameters or b"").group
    alphas = [group.serialize(choice.alpha) for answer in ballot.answers for choice in answer.choices]
    return [hashlib.sha256(alpha.encode()).digest() for alpha in alphas]


def _refuse_repeated(election: Election, ballot: Ballot) -> None:
    same = select(ElectionEvent.height).where(
        ElectionEvent.election_id == election.id, ElectionEvent.tracker == ballot.tracker
    )
    if db.session.scalar(same) is not None:
        raise rules.BallotAlreadyAccepted(tracker=ballot.tracker)
    hashes = _hash_alphas(election, ballot)
    used = select(BallotAlpha.alpha_hash).where(
        BallotAlpha.election_id == election.id, BallotAlpha.alpha_hash.in_(hashes)
    )
    if len(set(hashes)) != len(hashes) or db.session.scalar(used.limit(1)) is not None:
        raise rules.CiphertextRepeated
    db.session.execute(
        insert(BallotAlpha), [{"election_id": election.id, "alpha_hash": digest} for digest in hashes]
    )


def _tag(election: Election, kind: str, value: str) -> bytes:
    text = f"{election.uuid}|{kind}|{value}"
    return hmac.new(keys.get(_KEY_NAME), text.encode(), hashlib.sha256).digest()


def _bind_credential(election: Election, credential: str, account_id: int) -> None:
    """Bind a credential to the account that uses it first, and the account to that credential."""
    mine = _tag(election, "account", str(account_id))
    wanted = _tag(election, "credential", credential)
    rows = db.session.execute(
        select(CredentialBinding.credential_tag, CredentialBinding.account_tag).where(
            CredentialBinding.election_id == election.id,
            (CredentialBinding.credential_tag == wanted) | (CredentialBinding.account_tag == mine),
        )
    ).all()
    if not rows:
        values = {"election_id": election.id, "credential_tag": wanted, "account_tag": mine}
        db.session.execute(insert(CredentialBinding).values(values))
    elif rows != [(wanted, mine)]:
        raise rules.CredentialBoundElsewhere


def _store(election: Election, ballot: Ballot) -> int:
    entry = append_event(
        election, EventType.BALLOT, [ballot.raw], tracker=ballot.tracker, credential=ballot.credential
    )
    election.ballot_count += 1
    public = {"election": election.uuid, "tracker": ballot.tracker, "height": entry.event.height}
    # Released together with others and sorted by tracker: the second of a ballot would join it to its mail.
    order_key = hashlib.sha256(ballot.tracker.encode()).digest()
    act = Entry(EntryType.BALLOT_ACCEPT, public=public)
    appended = ledger.append(act, rules.release_slot(clock.now()), order_key)
    own = (ElectionEvent.election_id == election.id, ElectionEvent.height == entry.event.height)
    db.session.execute(update(ElectionEvent).where(*own).values(leaf_hash=appended.leaf_hash))
    return entry.event.height
