"""Closing, adding up under encryption, opening, publishing."""

from collections.abc import Iterable

from sqlalchemy import select

from app.accounts.models import Account
from app.core import tally as core
from app.core.archive import EventType, write_owned
from app.core.ballots import parse_ballot
from app.core.credentials import parse_public_credentials
from app.core.election import Election as Parameters
from app.core.encoding import parse_json
from app.core.errors import InvalidError
from app.core.trustees import parse_trustee
from app.elections import policy, queries, rules
from app.elections.models import Election, ElectionDatum, ElectionEvent, Trustee
from app.elections.rules import Act, ElectionState
from app.elections.services.ballots import forget_bindings
from app.elections.services.chain import append_event, lock_election
from app.elections.services.drafts import forget_roll
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry
from app.notifications import services as notifications
from app.platform import clock
from app.platform.errors import PermissionDenied
from app.platform.transaction import transaction


def close_election(actor: Account | None, uuid: str, reason: str) -> None:
    """End voting: by hand with a reason, or (actor None) by schedule.

    Raises PermissionDenied, ActNotAllowed. Everything that joins accounts to credentials is deleted.
    """
    with transaction():
        election = lock_election(uuid)
        if actor is not None and not policy.can_manage(actor, election.agency_id):
            raise PermissionDenied
        election.state = rules.next_state(election.state, Act.CLOSE)
        election.closed_at = clock.now()
        election.closing_reason = reason
        append_event(election, EventType.END_BALLOTS, [])
        forget_bindings(election)
        public = {"election": uuid, "ballots": election.ballot_count, "reason": reason or "schedule"}
        ledger.append(Entry(EntryType.ELECTION_CLOSE, public=public))


def compute_tally(uuid: str) -> None:
    """Add up the last ballots of a closed election and ask the trustees to decrypt; harmless twice."""
    election = queries.get_election(uuid)
    if ElectionState(election.state) is not ElectionState.CLOSED:
        return
    # A closed election takes no ballots any more, so the sum needs no lock.
    parameters = queries.read_parameters(election.parameters or b"")
    tally, count, weight = _add_up(election, parameters)
    body = core.write_tally(parameters.group, tally)
    with transaction():
        election = lock_election(uuid)
        if ElectionState(election.state) is not ElectionState.CLOSED:
            return
        election.state = rules.next_state(election.state, Act.COMPUTE_TALLY)
        append_event(election, EventType.ENCRYPTED_TALLY, [body, core.write_sized_tally(body, count, weight)])
        ledger.append(Entry(EntryType.TALLY_COMPUTE, public={"election": uuid, "tallied": count}))
        for trustee in election.trustees:
            context = {"election": election.name, "uuid": uuid, "number": trustee.number}
            notifications.queue(trustee.account_id, "elections/decryption_wanted", context)


def _add_up(election: Election, parameters: Parameters) -> tuple[core.EncryptedTally, int, int]:
    weights = parse_public_credentials(parameters.group, queries.get_public_credentials(election) or b"[]")
    tally, count, total = core.empty_tally(parameters), 0, 0
    for credential, raw in _last_ballots(election):
        weight = weights[credential].weight
        tally = core.add_answers(parameters.group, tally, parse_ballot(parameters, raw).answers, weight)
        count, total = count + 1, total + weight
    return tally, count, total


def _last_ballots(election: Election) -> Iterable[tuple[str, bytes]]:
    mine = (ElectionEvent.election_id == election.id) & (ElectionEvent.type == EventType.BALLOT)
    wanted = select(ElectionEvent.height, ElectionEvent.credential).where(mine).order_by(ElectionEvent.height)
    last = {credential: height for height, credential in db.session.execute(wanted)}
    for credential, height in last.items():
        datum = select(ElectionDatum.body).where(
            ElectionDatum.election_id == election.id, ElectionDatum.height == height
        )
        yield credential or "", db.session.scalars(datum).one()


def accept_partial_decryption(account: Account, uuid: str, number: int, raw: bytes) -> None:
    """Verify and record a trustee's partial decryption; the last one brings out the result.

    raw: the JSON with factors and proofs. Raises NotThisTrustee, ActNotAllowed, DecryptionAlreadyMade,
    DecryptionInvalid.
    """
    election = queries.get_election(uuid)
    trustee = queries.get_trustee(election, number)
    if trustee.account_id != account.id:
        raise rules.NotThisTrustee
    rules.next_state(election.state, Act.DECRYPT)
    parameters = queries.read_parameters(election.parameters or b"")
    decryption = _verify_decryption(election, parameters, trustee, raw)
    with transaction():
        election = lock_election(uuid)
        election.state = rules.next_state(election.state, Act.DECRYPT)
        trustee = queries.get_trustee(election, number)
        if trustee.decrypted_at is not None:
            raise rules.DecryptionAlreadyMade
        trustee.decrypted_at = clock.now()
        data = write_owned(number, decryption.to_bytes(parameters.group))
        append_event(election, EventType.PARTIAL_DECRYPTION, data)
        ledger.append(Entry(EntryType.DECRYPTION_ACCEPT, public={"election": uuid, "trustee": number}))


def _verify_decryption(
    election: Election, parameters: Parameters, trustee: Trustee, raw: bytes
) -> core.PartialDecryption:
    tally = queries.get_encrypted_tally(election)
    try:
        decryption = core.parse_partial_decryption(parameters.group, raw)
        public = parse_trustee(parameters.group, parse_json((trustee.public_key or "").encode()))
        core.verify_partial_decryption(parameters, tally, public, decryption)
    except InvalidError as problem:
        raise rules.DecryptionInvalid(reason=str(problem)) from problem
    return decryption


def publish_result(uuid: str) -> None:
    """Combine the partial decryptions once all are there, and publish; harmless at any other time.

    The roll's rows go: who could vote is not needed any more.
    """
    election = queries.get_election(uuid)
    if not _is_decrypted(election):
        return
    parameters = queries.read_parameters(election.parameters or b"")
    result = _open_tally(election, parameters)
    with transaction():
        election = lock_election(uuid)
        if not _is_decrypted(election):
            return
        election.state = rules.next_state(election.state, Act.PUBLISH_RESULT)
        election.result = [list(counts) for counts in result]
        append_event(election, EventType.RESULT, [core.write_result(result)])
        forget_roll(election)
        ledger.append(Entry(EntryType.RESULT_PUBLISH, public={"election": uuid, "result": election.result}))


def _is_decrypted(election: Election) -> bool:
    is_waiting = ElectionState(election.state) is ElectionState.DECRYPTING
    return is_waiting and all(trustee.decrypted_at is not None for trustee in election.trustees)


def _open_tally(election: Election, parameters: Parameters) -> core.Result:
    wanted = (
        select(ElectionDatum.body)
        .join(
            ElectionEvent,
            (ElectionEvent.election_id == ElectionDatum.election_id)
            & (ElectionEvent.height == ElectionDatum.height),
        )
        .where(
            ElectionEvent.election_id == election.id,
            ElectionEvent.type == EventType.PARTIAL_DECRYPTION,
            ElectionDatum.position == 0,
        )
    )
    decryptions = [core.parse_partial_decryption(parameters.group, raw) for raw in db.session.scalars(wanted)]
    tally, weight = queries.get_encrypted_tally(election), queries.get_total_weight(election)
    return core.compute_result(parameters, tally, decryptions, weight)
