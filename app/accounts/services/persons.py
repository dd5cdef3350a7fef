"""Persons whom the town knows, by a keyed hash of their identity claim; the claim is never stored."""

import hmac
from hashlib import sha256

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts import queries
from app.accounts.models import Account, Person, Resident
from app.accounts.rules import (
    AccountNotFound,
    OwnAttestation,
    PersonHasAccount,
    VerifiedAsSomebodyElse,
    normalize_claim,
)
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.platform import clock, keys
from app.platform.errors import PermissionDenied
from app.platform.permissions import Permission
from app.platform.transaction import transaction

IDENTITY_KEY = "identity"
TAG_KEY = "official-tag"
TAG_DIGITS = 8


def pseudonym_of(claim: str) -> str:
    """The keyed fingerprint under which a person is found again. Raises ClaimNotUsable."""
    return hmac.new(keys.get(IDENTITY_KEY), normalize_claim(claim).encode(), sha256).hexdigest()


def find_person(claim: str) -> Person | None:
    """The person of an identity claim, if the town knows them. Raises ClaimNotUsable."""
    return db.session.scalar(select(Person).where(Person.pseudonym == pseudonym_of(claim)))


def enrol_person(claim: str) -> Person:
    """Make the person of an identity claim known, and return them; a known one is returned as they are.

    What stands above (app/rooms.py, `person_enrolled`) is told of a new one in the same transaction.
    Raises ClaimNotUsable.
    """
    with transaction():
        known = find_person(claim)
        if known is not None:
            return known
        person = Person(pseudonym=pseudonym_of(claim), created_at=clock.now())
        try:
            with db.session.begin_nested():
                db.session.add(person)
        except IntegrityError:
            # Another process was faster.
            return db.session.scalars(select(Person).where(Person.pseudonym == pseudonym_of(claim))).one()
        for tell in current_app.extensions.get("person_enrolled", ()):
            tell(person)
    return person


def verify_account(account: Account, claim: str, by: Account | None = None) -> Person:
    """Raise an account to level 2: its holder is the person of `claim`, as the official `by` attests.

    Without `by` an identity provider has said so. One person has one account of level 2. Raises
    PermissionDenied, OwnAttestation, ClaimNotUsable, PersonHasAccount, VerifiedAsSomebodyElse.
    """
    with transaction():
        person = enrol_person(claim)
        verify_as(account, person, by)
    return person


def verify_as(account: Account, person: Person, by: Account | None = None) -> None:
    """The same for a person who is known already, in the caller's transaction. Raises the same."""
    _check_attester(account, by)
    if account.person_id != person.id:
        link_person(account, person)
        _record(account, by)


def link_person(account: Account, person: Person) -> None:
    """Make the account the person's, in the transaction and with the entry of the caller.

    What a desk had attested about the person moves into the account. Raises PersonHasAccount,
    VerifiedAsSomebodyElse.
    """
    if account.person_id is not None:
        raise VerifiedAsSomebodyElse
    if queries.find_account_of_person(person.id) is not None:
        raise PersonHasAccount
    resident = db.session.get(Resident, person.id)
    if resident is not None:
        account.district = resident.district or account.district
        db.session.delete(resident)
    account.person_id = person.id
    account.verified_at = clock.now()


def unlink_person(account: Account) -> None:
    """Lower an account to level 1, in the caller's transaction: it is nobody's in particular any more."""
    account.person_id = account.verified_at = None


def attest_person(by: Account, email: str, claim: str, district: str | None) -> Account:
    """A clerk attests that the person at the desk is the holder of the account of `email`.

    Raises AccountNotFound and what `verify_account` raises.
    """
    with transaction():
        account = queries.find_account(email)
        if account is None or account.confirmed_at is None:
            raise AccountNotFound
        verify_account(account, claim, by)
        account.district = district or account.district
    return account


def official_tag(agency_id: int, official: str) -> str:
    """The pseudonym of an official: the same within one agency, another one elsewhere."""
    text = f"{agency_id}|{official}"
    return hmac.new(keys.get(TAG_KEY), text.encode(), sha256).hexdigest()[:TAG_DIGITS]


def _check_attester(account: Account, by: Account | None) -> None:
    if by is None:
        return
    if not by.has_permission(Permission.PERSON_ATTEST):
        raise PermissionDenied
    if by.id == account.id:
        raise OwnAttestation


def _record(account: Account, by: Account | None) -> None:
    """Append the act: holder and official can each be erased without the other."""
    holder = Personal({"account": account.id}, account.id)
    if by is None:
        ledger.append(Entry(EntryType.ACCOUNT_VERIFY, public={"by": "provider"}, personal=[holder]))
        return
    actor = Personal({"actor": by.id}, by.id)
    ledger.append(Entry(EntryType.PERSON_ATTEST, public={"by": "desk"}, personal=[holder, actor]))
