"""A small town for the tests of this room: people with roles, and elections in any state."""

from dataclasses import dataclass, field

from app.accounts.models import Account, AccountRole, Agency
from app.accounts.policy import Role
from app.core.ballots import encrypt_ballot
from app.core.credentials import derive_public, generate_credential, write_public_credentials
from app.core.encoding import parse_json, to_compact_json
from app.core.groups import get_group
from app.core.tally import decrypt_partially
from app.core.trustees import generate_trustee, parse_trustee
from app.elections import queries
from app.elections.services import drafts, setup, tallies
from app.elections.services.ballots import AcceptedBallot, cast_ballot
from app.extensions import db
from app.platform import clock
from app.platform.transaction import transaction

PASSWORD_HASH = "!"


def make_account(email: str, *roles: Role, agency: Agency | None = None) -> Account:
    """A confirmed, verified account with these roles."""
    now = clock.now()
    with transaction():
        account = Account(
            email=email,
            display_name=email.partition("@")[0].title(),
            password_hash=PASSWORD_HASH,
            created_at=now,
            confirmed_at=now,
            verified_at=now,
            agency=agency,
        )
        account.role_rows = [AccountRole(role=role, granted_at=now) for role in roles]
        db.session.add(account)
    return account


@dataclass
class Poll:
    """An election with everything that its people keep to themselves."""

    uuid: str
    official: Account
    voters: list[Account]
    trustees: list[Account]
    secrets: list[int]
    credentials: dict[int, str] = field(default_factory=dict)

    def ballot(self, voter: Account, choices: list[list[int]]) -> bytes:
        """What the voter's device would send."""
        election = queries.get_election(self.uuid)
        parameters = queries.read_parameters(election.parameters or b"")
        return encrypt_ballot(parameters, self.credentials[voter.id], choices)

    def cast(self, voter: Account, choices: list[list[int]]) -> AcceptedBallot:
        """Encrypt and cast."""
        return cast_ballot(voter, self.uuid, self.ballot(voter, choices))

    def close(self) -> None:
        """Close by hand and add up."""
        tallies.close_election(self.official, self.uuid, "the test is over")
        tallies.compute_tally(self.uuid)

    def decrypt(self, number: int) -> None:
        """Trustee `number` decrypts."""
        election = queries.get_election(self.uuid)
        parameters = queries.read_parameters(election.parameters or b"")
        trustee = queries.get_trustee(election, number)
        public = parse_trustee(parameters.group, parse_json((trustee.public_key or "").encode()))
        tally = queries.get_encrypted_tally(election)
        decryption = decrypt_partially(parameters, tally, self.secrets[number - 1], public.element)
        document = decryption.to_bytes(parameters.group)
        tallies.accept_partial_decryption(self.trustees[number - 1], self.uuid, number, document)

    def finish(self) -> None:
        """Close, decrypt by all, publish."""
        self.close()
        for number in range(1, len(self.trustees) + 1):
            self.decrypt(number)
        tallies.publish_result(self.uuid)

    def archive(self) -> bytes:
        """The public archive as it stands."""
        return b"".join(queries.iterate_archive(queries.get_election(self.uuid)))


LIBRARY = drafts.QuestionText("Where?", ["Old post office", "Riverside park", "School"], 1, 1, True)
TASKS = drafts.QuestionText("What first?", ["Roof", "Heating"], 0, 2, False)


def make_draft(voters: int = 4, trustees: int = 2, group: str = "Ed25519") -> Poll:
    """A complete draft with registered keys and published credentials."""
    with transaction():
        agency = Agency(name="Election office", name_ko="선거관리과")
        db.session.add(agency)
    official = make_account("official@hanbit.test", Role.ELECTION_OFFICIAL, agency=agency)
    people = [make_account(f"voter{n}@hanbit.test", Role.CITIZEN) for n in range(1, voters + 1)]
    holders = [make_account(f"trustee{n}@hanbit.test", Role.TRUSTEE) for n in range(1, trustees + 1)]
    return make_draft_of(official, people, holders, group)


def make_draft_of(official: Account, people: list[Account], holders: list[Account], group: str) -> Poll:
    """The same with people who are there already; the roll has every verified citizen."""
    draft = drafts.DraftText("Where should the new library go?", "A test.", group, None, None)
    uuid = drafts.create_election(official, draft).uuid
    for question in (LIBRARY, TASKS):
        drafts.add_question(official, uuid, question)
    poll = Poll(uuid, official, people, holders, [])
    drafts.fix_roll_by_district(official, uuid, "")
    for number, holder in enumerate(holders, 1):
        drafts.add_trustee(official, uuid, holder.email)
        secret, key = generate_trustee(get_group(group), holder.display_name)
        poll.secrets.append(secret)
        drafts.register_trustee_key(holder, uuid, number, to_compact_json(key.to_json(get_group(group))))
    poll.credentials = {voter.id: generate_credential() for voter in people}
    public = [(derive_public(get_group(group), uuid, c), 1) for c in poll.credentials.values()]
    drafts.publish_credentials(official, uuid, write_public_credentials(get_group(group), public))
    return poll


def make_open_poll(voters: int = 4, trustees: int = 2, group: str = "Ed25519") -> Poll:
    """An election that takes ballots."""
    poll = make_draft(voters, trustees, group)
    setup.set_up_election(poll.official, poll.uuid)
    setup.open_election(poll.official, poll.uuid, "the test begins")
    return poll


def make_ready_beside(poll: Poll) -> Poll:
    """Another election of the same people, set up and not open yet."""
    other = make_draft_of(poll.official, poll.voters, poll.trustees, "Ed25519")
    setup.set_up_election(other.official, other.uuid)
    return other
