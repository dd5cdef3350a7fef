"""Writing a draft: its text, questions, roll, trustees and credentials."""

import csv
import io
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert

from app.accounts import queries as accounts
from app.accounts.models import Account
from app.accounts.policy import Role
from app.core.credentials import credentials_fingerprint, parse_public_credentials
from app.core.encoding import BASE58_ALPHABET, parse_json
from app.core.errors import CoreError
from app.core.groups import get_group
from app.core.trustees import parse_trustee, verify_trustee
from app.elections import policy, queries, rules
from app.elections.models import Election, PublicCredentials, Question, RollVoter, Trustee
from app.elections.rules import Act, AuthorityMode, RollRule
from app.elections.services.chain import lock_election
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry
from app.platform import clock
from app.platform.errors import PermissionDenied
from app.platform.transaction import transaction

_UUID_LENGTH = 14
_EMAIL_LIMIT = 254
# As many digits as a weight may have: more fits no column.
_LONGEST_WEIGHT = 9


@dataclass(frozen=True)
class DraftText:
    """What an official writes about an election before it is set up."""

    name: str
    description: str
    group_name: str
    opens_at: datetime | None
    closes_at: datetime | None


@dataclass(frozen=True)
class QuestionText:
    """A question as an official writes it."""

    text: str
    answers: list[str]
    minimum: int
    maximum: int
    blank: bool


@dataclass(frozen=True)
class RollLine:
    """A voter as the uploaded list names them."""

    email: str
    name: str
    weight: int


def create_election(actor: Account, draft: DraftText) -> Election:
    """Begin a draft for the official's agency. Raises UnsupportedError for an unknown group."""
    get_group(draft.group_name)
    with transaction():
        election = Election(
            uuid="".join(secrets.choice(BASE58_ALPHABET) for _ in range(_UUID_LENGTH)),
            agency_id=actor.agency_id,
            created_at=clock.now(),
            **vars(draft),
        )
        db.session.add(election)
        db.session.flush()
        public = {"election": election.uuid, "group": election.group_name}
        ledger.append(Entry(EntryType.ELECTION_CREATE, public=public))
    return election


def edit_election(actor: Account, uuid: str, draft: DraftText) -> None:
    """Rewrite a draft's text. Raises PermissionDenied, ActNotAllowed.

    Another group makes registered keys and credentials useless, so they are dropped.
    """
    with transaction():
        election = lock_draft(actor, uuid, Act.EDIT)
        if draft.group_name != election.group_name:
            for trustee in election.trustees:
                trustee.public_key = trustee.registered_at = None
            _drop_credentials(election)
        for name, value in vars(draft).items():
            setattr(election, name, value)


def lock_draft(actor: Account, uuid: str, act: Act) -> Election:
    """The locked election, if the official may do this act to it now.

    Raises PermissionDenied, ActNotAllowed.
    """
    election = lock_election(uuid)
    if not policy.can_manage(actor, election.agency_id):
        raise PermissionDenied
    rules.next_state(election.state, act)
    return election


def add_question(actor: Account, uuid: str, question: QuestionText) -> None:
    """Add a question to a draft. Raises QuestionInvalid, PermissionDenied, ActNotAllowed."""
    rules.ensure_question(question.answers, question.minimum, question.maximum)
    with transaction():
        election = lock_draft(actor, uuid, Act.EDIT)
        position = max((q.position for q in election.questions), default=0) + 1
        election.questions.append(Question(position=position, **vars(question)))


def remove_question(actor: Account, uuid: str, position: int) -> None:
    """Take a question out of a draft. Raises PermissionDenied, ActNotAllowed."""
    with transaction():
        election = lock_draft(actor, uuid, Act.EDIT)
        election.questions = [q for q in election.questions if q.position != position]


def add_trustee(actor: Account, uuid: str, email: str) -> None:
    """Name a trustee: an account with that role. Raises TrusteeUnknown, PermissionDenied, ActNotAllowed."""
    account = accounts.find_account(email)
    if account is None or not account.has_role(Role.TRUSTEE):
        raise rules.TrusteeUnknown
    account_id, name = account.id, account.display_name
    with transaction():
        election = lock_draft(actor, uuid, Act.EDIT)
        if any(trustee.account_id == account_id for trustee in election.trustees):
            raise rules.TrusteeUnknown(_l("This person is a trustee of this election already."))
        number = len(election.trustees) + 1
        election.trustees.append(Trustee(number=number, account_id=account_id, name=name))


def register_trustee_key(account: Account, uuid: str, number: int, raw: bytes) -> None:
    """Record a trustee's public key after verifying its proof of possession.

    raw: the JSON {"pok","public_key"[,"name"]}. Raises NotThisTrustee, TrusteeKeyInvalid, ActNotAllowed.
    """
    election = queries.get_election(uuid)
    trustee = queries.get_trustee(election, number)
    if trustee.account_id != account.id:
        raise rules.NotThisTrustee
    group = get_group(election.group_name)
    try:
        key = parse_trustee(group, parse_json(raw))
        verify_trustee(group, key)
    except CoreError as problem:
        raise rules.TrusteeKeyInvalid(reason=str(problem)) from problem
    with transaction():
        election = lock_election(uuid)
        rules.next_state(election.state, Act.REGISTER_TRUSTEE)
        trustee = queries.get_trustee(election, number)
        if _is_taken(election, number, group.serialize(key.element)):
            raise rules.TrusteeKeyInvalid(_l("Another trustee of this election has this key."))
        trustee.public_key = raw.decode()
        trustee.registered_at = clock.now()
        public = {"election": uuid, "trustee": number, "public_key": group.serialize(key.element)}
        ledger.append(Entry(EntryType.TRUSTEE_REGISTER, public=public))


def _is_taken(election: Election, number: int, public_key: str) -> bool:
    others = (t.public_key for t in election.trustees if t.number != number and t.public_key)
    return any(parse_json(other.encode())["public_key"] == public_key for other in others)


def parse_roll(text: str) -> list[RollLine]:
    """Read an uploaded list: a header line email,name[,weight], then one voter a line.

    Raises RollInvalid naming the line.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if not {"email", "name"} <= set(reader.fieldnames or ()):
        raise rules.RollInvalid(_l("The first line must name the columns email and name."))
    lines = [_parse_roll_line(reader.line_num, row) for row in reader]
    addresses = [line.email for line in lines]
    if len(set(addresses)) != len(addresses):
        raise rules.RollInvalid(_l("An e-mail address stands twice on the list."))
    return lines


def _parse_roll_line(number: int, row: dict[str, str | None]) -> RollLine:
    email = (row.get("email") or "").strip().lower()
    weight = (row.get("weight") or "1").strip()
    if "@" not in email or len(email) > _EMAIL_LIMIT or not _is_weight(weight):
        raise rules.RollInvalid(_l("Line %(number)s has no e-mail address or a wrong weight.", number=number))
    return RollLine(email, (row.get("name") or "").strip()[:100], int(weight))


def _is_weight(text: str) -> bool:
    return text.isdecimal() and len(text) <= _LONGEST_WEIGHT


def fix_roll_by_district(actor: Account, uuid: str, district: str) -> int:
    """Make the roll of all verified citizens of a district (empty: of the town); how many they are."""
    with transaction():
        election = lock_draft(actor, uuid, Act.FIX_ROLL)
        citizens = accounts.list_verified_citizens(district)
        rows = [{"account_id": c.id, "email": c.email, "name": c.display_name} for c in citizens]
        _replace_roll(election, RollRule.DISTRICT, district, rows)
        return election.roll_size


def fix_roll_by_list(actor: Account, uuid: str, lines: Sequence[RollLine]) -> int:
    """Make the roll from an uploaded list; how many voters it has."""
    with transaction():
        election = lock_draft(actor, uuid, Act.FIX_ROLL)
        known = accounts.list_account_ids([line.email for line in lines])
        rows = [{**vars(line), "account_id": known.get(line.email)} for line in lines]
        _replace_roll(election, RollRule.LIST, "", rows)
        return election.roll_size


def _replace_roll(election: Election, rule: RollRule, district: str, rows: list[dict[str, object]]) -> None:
    forget_roll(election)
    if rows:
        db.session.execute(insert(RollVoter), [{**row, "election_id": election.id} for row in rows])
    election.roll_rule, election.roll_district, election.roll_size = rule, district, len(rows)
    _drop_credentials(election)


def forget_roll(election: Election) -> None:
    """Delete the roll's rows of a locked election, in the caller's transaction; its size stays."""
    db.session.execute(delete(RollVoter).where(RollVoter.election_id == election.id))


def _drop_credentials(election: Election) -> None:
    db.session.execute(delete(PublicCredentials).where(PublicCredentials.election_id == election.id))
    election.credentials_fingerprint = None


def publish_credentials(
    actor: Account, uuid: str, raw: bytes, mode: AuthorityMode = AuthorityMode.OFFLINE
) -> str:
    """Record the credential authority's public list and return its fingerprint.

    Raises CredentialsInvalid, PermissionDenied, ActNotAllowed.
    """
    election = queries.get_election(uuid)
    try:
        count = len(parse_public_credentials(get_group(election.group_name), raw))
    except CoreError as problem:
        raise rules.CredentialsInvalid(str(problem)) from problem
    with transaction():
        election = lock_draft(actor, uuid, Act.PUBLISH_CREDENTIALS)
        if count != election.roll_size:
            raise rules.CredentialsInvalid(
                _l(
                    "The file has %(count)s credentials, the roll has %(size)s voters.",
                    count=count,
                    size=election.roll_size,
                )
            )
        store_credentials(election, raw, mode)
        return election.credentials_fingerprint or ""


def store_credentials(election: Election, raw: bytes, mode: AuthorityMode) -> None:
    """Keep the public list of a locked draft, in the caller's transaction."""
    _drop_credentials(election)
    db.session.add(PublicCredentials(election_id=election.id, body=raw))
    election.authority_mode = mode
    election.credentials_fingerprint = credentials_fingerprint(raw)
    public = {
        "election": election.uuid,
        "fingerprint": election.credentials_fingerprint,
        "authority": str(mode),
        "count": election.roll_size,
    }
    ledger.append(Entry(EntryType.CREDENTIALS_PUBLISH, public=public))
