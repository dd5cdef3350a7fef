"""Writing a petition, sending it in, taking it back."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from app.accounts.models import Account, Person
from app.extensions import db
from app.ledger.entry_types import EntryType
from app.ledger.services import Personal
from app.petitions.models import Petition, PetitionType
from app.petitions.queries.life import count_sponsors
from app.petitions.queries.switches import ensure_creating
from app.petitions.rules.admission import Applicant, ensure_admitted
from app.petitions.rules.life import Act, Actor, PetitionState, after_sponsors, next_state
from app.petitions.rules.refusals import PetitionNotFound, TypeNotOffered
from app.petitions.rules.signing import LOCAL
from app.petitions.rules.types import parse_rules
from app.petitions.services.followers import add_follower
from app.petitions.services.steps import lock_petition, take_step
from app.platform import clock
from app.platform.transaction import transaction

_REFERENCE_BYTES = 9


@dataclass(frozen=True)
class PetitionText:
    """What a petition says: a title of one line, the demand, the reasons (both Markdown)."""

    title: str
    demand: str
    reasons: str

    def digest(self) -> str:
        """SHA-256 of the text, parts separated by a zero byte: what the ledger's entries name it by."""
        parts = (self.title, self.demand, self.reasons)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def text_of(petition: Petition) -> PetitionText:
    """The text as it stands."""
    return PetitionText(petition.title, petition.demand, petition.reasons)


def start_petition(account: Account, type_code: str, text: PetitionText) -> str:
    """Begin a draft that its creator alone sees; its reference.

    Raises CreatingSwitchedOff, TypeNotOffered, LevelTooLow, BirthYearUnknown, TooYoung, OtherDistrict.
    """
    rules, account_id, now = ensure_may_start(account, type_code), account.id, clock.now()
    with transaction():
        petition = Petition(
            reference=secrets.token_urlsafe(_REFERENCE_BYTES),
            state=PetitionState.DRAFT,
            type_code=type_code,
            rules=rules,
            creator_id=account_id,
            created_at=now,
            **vars(text),
        )
        db.session.add(petition)
    return petition.reference


def ensure_may_start(account: Account, type_code: str) -> dict[str, Any]:
    """Demand that somebody may start a petition of this kind, and return the kind's rules.

    Raises CreatingSwitchedOff, TypeNotOffered, LevelTooLow, BirthYearUnknown, TooYoung, OtherDistrict.
    """
    ensure_creating()
    kind = db.session.get(PetitionType, type_code)
    if kind is None or not kind.active:
        raise TypeNotOffered
    today = clock.now().astimezone(LOCAL).date()
    ensure_admitted(parse_rules(kind.rules).start, describe(account), today)
    return kind.rules


def edit_draft(account: Account, reference: str, text: PetitionText) -> None:
    """Change a draft. Raises PetitionNotFound for anybody but its creator, ActNotAllowed."""
    with transaction():
        petition = lock_own(account, reference)
        petition.state = next_state(petition.state, Act.EDIT, Actor.CREATOR)
        _put(petition, text)


def submit_petition(account: Account, reference: str) -> None:
    """Send a draft in: to its sponsors, or to the moderators where none are needed.

    Raises CreatingSwitchedOff, PetitionNotFound, ActNotAllowed.
    """
    ensure_creating()
    with transaction():
        petition = lock_own(account, reference)
        rules = parse_rules(petition.rules)
        petition.submitted_at = clock.now()
        take_step(
            petition,
            Act.SUBMIT,
            Actor.CREATOR,
            EntryType.PETITION_SUBMIT,
            public={"type": petition.type_code, "text": text_of(petition).digest()},
            personal=[Personal({"creator": account.id}, account.id)],
        )
        # Those who stood by it before it was given back for changes still do.
        sponsors = count_sponsors(petition.id)
        petition.state = after_sponsors(PetitionState(petition.state), sponsors, rules.sponsors_needed)
        add_follower(petition, account)


def withdraw_petition(account: Account, reference: str) -> None:
    """Take a petition back before it is published. Raises PetitionNotFound, ActNotAllowed."""
    with transaction():
        petition = lock_own(account, reference)
        take_step(petition, Act.WITHDRAW, Actor.CREATOR, EntryType.PETITION_WITHDRAW)


def lock_own(account: Account, reference: str) -> Petition:
    """The creator's petition, locked; for others there is none. Raises PetitionNotFound."""
    petition = lock_petition(reference)
    if petition.creator_id != account.id:
        raise PetitionNotFound
    return petition


def describe(account: Account) -> Applicant:
    """What is known of an account's holder for the rules of admission."""
    person = db.session.get(Person, account.person_id) if account.person_id else None
    return Applicant(account.level, account.district, person.birth_year if person else None)


def _put(petition: Petition, text: PetitionText) -> None:
    petition.title, petition.demand, petition.reasons = text.title, text.demand, text.reasons
