"""Makes the elections of Hanbit by the services that officials, trustees and voters use."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from app.accounts.models import Account
from app.auditor.credential_authority import IssuedCredentials, Voter, issue_credentials
from app.auditor.key_file import KeyFile
from app.core.encoding import to_compact_json
from app.core.groups import ED25519
from app.core.tally import decrypt_partially
from app.core.trustees import generate_trustee
from app.demo.ballots import encrypt_all
from app.demo.texts import ElectionText
from app.demo.town import Town
from app.elections import queries
from app.elections.services import drafts, setup, tallies
from app.elections.services.ballots import cast_ballot
from app.platform import clock

Advance = Callable[[], None]
# Nine in the morning in Seoul, where voting opens and closes.
MORNING = time(0, 0, tzinfo=UTC)


@dataclass(frozen=True)
class PreparedElection:
    """An election with what its credential authority and its trustees keep to themselves."""

    uuid: str
    text: ElectionText
    issued: IssuedCredentials
    keys: tuple[KeyFile, ...]

    def credential_of(self, citizen: Account) -> str:
        """The private credential in the citizen's letter."""
        return next(credential for voter, credential in self.issued.private if voter.email == citizen.email)


@contextmanager
def days_from_now(days: float) -> Iterator[None]:
    """Let the clock of this process say another day, so that the town has a past."""
    clock.set_offset(timedelta(days=days))
    try:
        yield
    finally:
        clock.set_offset(timedelta())


def morning(days: int) -> datetime:
    """Nine o'clock in the morning, so many days from now."""
    return datetime.combine(datetime.now(UTC) + timedelta(days=days), MORNING)


def make_draft(
    town: Town, text: ElectionText, opens_at: datetime | None = None, closes_at: datetime | None = None
) -> str:
    """A draft with questions, voter roll and named trustees, but neither keys nor credentials."""
    draft = drafts.DraftText(text.name, text.description, ED25519.name, opens_at, closes_at)
    uuid = drafts.create_election(town.official, draft).uuid
    for question in text.questions:
        asked = drafts.QuestionText(
            question.text, list(question.answers), question.minimum, question.maximum, question.blank
        )
        drafts.add_question(town.official, uuid, asked)
    drafts.fix_roll_by_district(town.official, uuid, text.district)
    for trustee in town.trustees:
        drafts.add_trustee(town.official, uuid, trustee.email)
    return uuid


def prepare_election(
    town: Town, text: ElectionText, opens_at: datetime | None = None, closes_at: datetime | None = None
) -> PreparedElection:
    """An election that is set up: trustees' keys registered, credentials made by the offline authority."""
    uuid = make_draft(town, text, opens_at, closes_at)
    keys = tuple(_register_key(trustee, uuid, number) for number, trustee in enumerate(town.trustees, 1))
    issued = issue_credentials(ED25519, uuid, _list_voters(town, uuid))
    drafts.publish_credentials(town.official, uuid, issued.public)
    setup.set_up_election(town.official, uuid)
    return PreparedElection(uuid, text, issued, keys)


def _register_key(trustee: Account, uuid: str, number: int) -> KeyFile:
    secret, key = generate_trustee(ED25519, trustee.display_name)
    drafts.register_trustee_key(trustee, uuid, number, to_compact_json(key.to_json(ED25519)))
    return KeyFile(uuid, number, ED25519.name, ED25519.serialize(key.element), secret)


def _list_voters(town: Town, uuid: str) -> list[Voter]:
    languages = {citizen.email: citizen.language for citizen in town.citizens}
    roll = queries.list_roll(queries.get_election(uuid))
    return [Voter(str(v.id), v.email, v.name, v.weight, languages[v.email]) for v in roll]


def cast_ballots(
    election: PreparedElection, voters: Sequence[Account], span: tuple[float, float], advance: Advance
) -> None:
    """Let one citizen after the other vote, evenly over the span (days from now).

    Who comes twice votes again. The choices of the n-th ballot are those of the text's voter number n.
    """
    parameters = queries.get_election(election.uuid).parameters or b""
    credentials = {voter.email: credential for voter, credential in election.issued.private}
    tasks = [
        (parameters, credentials[voter.email], election.text.choices(n)) for n, voter in enumerate(voters)
    ]
    begin, end = span
    for number, (voter, ballot) in enumerate(zip(voters, encrypt_all(tasks), strict=True)):
        with days_from_now(begin + (end - begin) * number / len(voters)):
            cast_ballot(voter, election.uuid, ballot)
        advance()


def decrypt(town: Town, election: PreparedElection) -> None:
    """Both trustees decrypt, and the result comes out."""
    row = queries.get_election(election.uuid)
    parameters = queries.read_parameters(row.parameters or b"")
    tally = queries.get_encrypted_tally(row)
    for trustee, key in zip(town.trustees, election.keys, strict=True):
        public = ED25519.parse(key.public_key)
        document = decrypt_partially(parameters, tally, key.private_key, public).to_bytes(ED25519)
        tallies.accept_partial_decryption(trustee, election.uuid, key.trustee_number, document)
    tallies.publish_result(election.uuid)
