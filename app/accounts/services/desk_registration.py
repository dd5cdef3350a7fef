"""From a person at a desk to a registered resident, and home to an account.

The mailed link works only together with the code on the paper receipt: a mistyped address gives nobody
somebody else's account.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.accounts import queries, rules
from app.accounts.models import Account, AccountRole, AccountSession, DeskActRecord, Person, Resident
from app.accounts.policy import Role
from app.accounts.queries import Served
from app.accounts.rules import (
    DESK_CODE_DIGITS,
    AccountNotFound,
    AddressTaken,
    AlreadyRegistered,
    LinkExpired,
    NotUndoable,
    TokenPurpose,
)
from app.accounts.services import passwords, persons, tokens
from app.accounts.services.birth_years import note_birth_year, take_birth_year_back
from app.accounts.services.desk import (
    ATTEST,
    REGISTER,
    Outcome,
    begin_desk_session,
    ensure_clerk,
    record_act,
)
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.notifications import services as notifications
from app.platform import clock
from app.platform.rate_limit import Limit, client_network, count_attempt
from app.platform.transaction import transaction

# The code has eight digits; whoever has the link may try it ten times an hour for a week.
CODE_BY_LINK = Limit("desk code by link", 10, 3600)
CODE_BY_NETWORK = Limit("desk code by network", 30, 3600)
NO_PASSWORD = "!"  # noqa: S105 - the hash that no password has


@dataclass(frozen=True)
class Newcomer:
    """What a clerk takes down from a person who is not registered; without `email` they get no account."""

    claim: str
    name: str
    district: str
    language: str
    email: str = ""
    birth_year: int | None = None


def register_newcomer(session: AccountSession, wanted: Newcomer) -> tuple[DeskActRecord, str]:
    """Register the person at the desk, begin to serve them, and mail the link to their own account.

    Returns the record, and the code for the paper receipt (empty without an address). Raises
    PermissionDenied, ClaimNotUsable, AlreadyRegistered, AddressTaken, OwnDeskSession, BirthYearImpossible.
    """
    clerk = session.account
    ensure_clerk(clerk)
    with transaction():
        person = persons.enrol_person(wanted.claim)
        if queries.know_person(person).is_registered:
            raise AlreadyRegistered
        db.session.add(
            Resident(
                person_id=person.id,
                name=wanted.name,
                district=wanted.district or None,
                language=wanted.language,
            )
        )
        db.session.flush()
        account = _begin_account(wanted) if wanted.email else None
        begin_desk_session(session, person)
        outcome = Outcome(
            {"district": wanted.district, "language": wanted.language},
            {"account": account.id if account else None},
        )
        outcome = note_birth_year(person, wanted.birth_year, outcome)
        record = record_act(queries.know_person(person, clerk), REGISTER, outcome)
        code = _mail_link(account, person) if account else ""
    return record, code


def complete_account(token: str, code: str, password: str) -> None:
    """Make the account of a person who was registered at a desk, by mailed link and code on paper.

    Raises LinkExpired (a wrong code, too), WeakPasswordError, TooManyRequests.
    """
    with transaction():
        count_attempt(CODE_BY_LINK, token)
        count_attempt(CODE_BY_NETWORK, client_network())
    both = token + code
    passwords.check_strength(password, queries.get_token(both, TokenPurpose.DESK).account.email)
    password_hash = passwords.hash_password(password)
    with transaction():
        row = tokens.use_token(both, TokenPurpose.DESK)
        account, resident = row.account, db.session.get(Resident, row.content["person"])
        if resident is None or account.confirmed_at is not None:
            raise LinkExpired
        account.display_name, account.language = resident.name, resident.language
        account.password_hash, account.confirmed_at = password_hash, clock.now()
        account.role_rows.append(AccountRole(role=Role.CITIZEN.value, granted_at=clock.now()))
        persons.link_person(account, db.session.get_one(Person, resident.person_id))
        ledger.append(
            Entry(
                EntryType.ACCOUNT_CONFIRM,
                public={"role": Role.CITIZEN.value, "by": "desk"},
                personal=[Personal({"account": account.id}, account.id)],
            )
        )


def attest_at_desk(
    clerk: Account, email: str, claim: str, district: str | None, birth_year: int | None = None
) -> DeskActRecord:
    """Attest that the person at the desk holds the account of `email`, and put it on record.

    Raises what `attest_person` raises, BirthYearImpossible.
    """
    with transaction():
        person = persons.find_person(claim)
        restore = None if person is None else _before(queries.know_person(person), email)
        account = persons.attest_person(clerk, email, claim, district)
        if person is None:
            person = db.session.get_one(Person, account.person_id)
            restore = {"account": account.id, "resident": None}
        details = {"district": account.district or ""}
        outcome = note_birth_year(person, birth_year, Outcome(details, restore))
        return record_act(queries.know_person(person, clerk), ATTEST, outcome)


def link_account(served: Served, values: Mapping[str, Any]) -> Outcome:
    """Attest that the person who is served holds an account.

    Raises AccountNotFound, BirthYearImpossible, and as verifying does.
    """
    account = queries.find_account(values["email"] or "")
    if account is None or account.confirmed_at is None:
        raise AccountNotFound
    restore = _before(served, account.email)
    persons.verify_as(account, served.person, served.clerk)
    outcome = Outcome({"district": account.district or ""}, restore)
    return note_birth_year(served.person, values["birth_year"], outcome)


def undo_attestation(served: Served, record: DeskActRecord) -> None:
    """Lower the account to level 1 and give the person back what the desk had. Raises NotUndoable."""
    restore = record.restore or {}
    account = queries.get_account(restore["account"])
    if account.person_id != served.person.id:
        raise NotUndoable
    persons.unlink_person(account)
    take_birth_year_back(served.person, record)
    if restore["resident"]:
        db.session.add(Resident(person_id=served.person.id, **restore["resident"]))


def undo_registration(served: Served, record: DeskActRecord) -> None:
    """Forget what the desk took down; an account that came of it falls to level 1. Raises NotUndoable."""
    begun = (record.restore or {})["account"]
    if served.account is not None:
        if served.account.id != begun:
            raise NotUndoable
        persons.unlink_person(served.account)
    elif served.resident is not None:
        db.session.delete(served.resident)
    else:
        raise NotUndoable
    take_birth_year_back(served.person, record)
    if begun is not None:
        tokens.forget_tokens(begun, TokenPurpose.DESK)


def _before(served: Served, email: str) -> dict[str, Any] | None:
    """What undoing an attestation gives back; None where the account was this person's already."""
    account = queries.find_account(email)
    if account is None or account.person_id is not None:
        return None
    kept = served.resident
    resident = {"name": kept.name, "district": kept.district, "language": kept.language} if kept else None
    return {"account": account.id, "resident": resident}


def _begin_account(wanted: Newcomer) -> Account:
    """The account that the mailed link will open; until then it is nobody's, and nobody can sign in."""
    email = rules.normalize_email(wanted.email)
    account = queries.find_account(email)
    if account is not None and account.confirmed_at is not None:
        raise AddressTaken
    if account is None:
        account = Account(
            email=email,
            display_name=wanted.name,
            password_hash=NO_PASSWORD,
            language=wanted.language,
            created_at=clock.now(),
        )
        db.session.add(account)
        db.session.flush()
        content: dict[str, str | int] = {"account": account.id, "email": email, "display_name": wanted.name}
        personal = [Personal(content, account.id)]
        ledger.append(Entry(EntryType.ACCOUNT_REGISTER, public={"by": "desk"}, personal=personal))
    return account


def _mail_link(account: Account, person: Person) -> str:
    code = f"{secrets.randbelow(10**DESK_CODE_DIGITS):0{DESK_CODE_DIGITS}d}"
    token = tokens.issue_token(account.id, TokenPurpose.DESK, {"person": person.id}, code=code)
    notifications.queue(account.id, "accounts/desk_account", {"token": token})
    return code
