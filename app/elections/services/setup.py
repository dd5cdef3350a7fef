"""From a complete draft to an open election: credentials by the server, set-up, opening, cancelling."""

from app.accounts.models import Account
from app.core.archive import EventType, write_setup
from app.core.credentials import derive_public, generate_credential, write_public_credentials
from app.core.election import parse_election, write_election
from app.core.encoding import parse_json
from app.core.groups import Group, get_group
from app.core.questions.homomorphic import HomomorphicQuestion
from app.core.trustees import Trustee as TrusteeKey
from app.core.trustees import combine_keys, parse_trustee, write_trustees
from app.elections import policy, queries, rules
from app.elections.models import Election
from app.elections.rules import SERVER_AUTHORITY_LIMIT, Act, AuthorityMode
from app.elections.services.chain import append_event, lock_election
from app.elections.services.drafts import forget_roll, lock_draft, store_credentials
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry
from app.notifications import services as notifications
from app.platform import clock
from app.platform.errors import PermissionDenied
from app.platform.transaction import transaction


def issue_credentials(actor: Account, uuid: str) -> None:
    """Let this server be the credential authority of a small poll: make credentials and mail them.

    Private credentials exist only in the mail; the page says what this weakens. Raises AuthorityTooLarge,
    PermissionDenied, ActNotAllowed.
    """
    election = queries.get_election(uuid)
    roll = queries.list_roll(election)
    if not roll or len(roll) > SERVER_AUTHORITY_LIMIT or any(voter.account_id is None for voter in roll):
        raise rules.AuthorityTooLarge
    group = get_group(election.group_name)
    letters = [(voter.account_id or 0, voter.weight, generate_credential()) for voter in roll]
    public = [(derive_public(group, uuid, credential), weight) for _, weight, credential in letters]
    with transaction():
        election = lock_draft(actor, uuid, Act.PUBLISH_CREDENTIALS)
        if election.roll_size != len(letters):
            raise rules.DraftIncomplete
        store_credentials(election, write_public_credentials(group, public), AuthorityMode.SERVER)
        for account_id, _, credential in letters:
            context = {"election": election.name, "uuid": uuid, "credential": credential}
            notifications.queue(account_id, "elections/credential", context)


def set_up_election(actor: Account, uuid: str) -> None:
    """Freeze a complete draft into election.json and begin its archive.

    Raises DraftIncomplete naming the steps that are missing, PermissionDenied, ActNotAllowed.
    """
    with transaction():
        election = lock_draft(actor, uuid, Act.SET_UP)
        credentials = queries.get_public_credentials(election)
        missing = queries.list_missing_steps(election)
        if missing or credentials is None:
            raise rules.DraftIncomplete(missing=missing)
        group = get_group(election.group_name)
        trustees = [_read_key(group, trustee.public_key or "") for trustee in election.trustees]
        election.parameters = _write_parameters(election, group, trustees)
        election.fingerprint = parse_election(election.parameters).fingerprint
        election.archive_timestamp = int(clock.now().timestamp())
        election.state = rules.next_state(election.state, Act.SET_UP)
        data = write_setup(election.parameters, write_trustees(group, trustees), credentials)
        append_event(election, EventType.SETUP, data)
        public = {
            "election": uuid,
            "fingerprint": election.fingerprint,
            "credentials": election.credentials_fingerprint,
        }
        ledger.append(Entry(EntryType.ELECTION_SETUP, public=public))


def _read_key(group: Group, text: str) -> TrusteeKey:
    return parse_trustee(group, parse_json(text.encode()))


def _write_parameters(election: Election, group: Group, trustees: list[TrusteeKey]) -> bytes:
    questions = tuple(
        HomomorphicQuestion(q.text, tuple(q.answers), q.minimum, q.maximum, q.blank)
        for q in election.questions
    )
    return write_election(
        uuid=election.uuid,
        name=election.name,
        description=election.description,
        key=combine_keys(group, trustees),
        questions=questions,
    )


def open_election(actor: Account | None, uuid: str, reason: str) -> None:
    """Begin voting: by hand with a reason, or (actor None) by schedule.

    Raises PermissionDenied, ActNotAllowed.
    """
    with transaction():
        election = lock_election(uuid)
        if actor is not None and not policy.can_manage(actor, election.agency_id):
            raise PermissionDenied
        election.state = rules.next_state(election.state, Act.OPEN)
        election.opened_at = clock.now()
        election.opening_reason = reason
        public = {"election": uuid, "reason": reason or "schedule"}
        ledger.append(Entry(EntryType.ELECTION_OPEN, public=public))


def cancel_election(actor: Account, uuid: str, reason: str) -> None:
    """Give up an election before any ballot was cast. Raises PermissionDenied, ActNotAllowed."""
    with transaction():
        election = lock_draft(actor, uuid, Act.CANCEL)
        election.state = rules.next_state(election.state, Act.CANCEL)
        election.cancelling_reason = reason
        forget_roll(election)
        ledger.append(Entry(EntryType.ELECTION_CANCEL, public={"election": uuid, "reason": reason}))
