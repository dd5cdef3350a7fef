"""Accounts made by the town itself, roles given and taken, agencies founded."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.accounts import queries, rules
from app.accounts.models import Account, AccountRole, Agency
from app.accounts.policy import Role, may_combine
from app.accounts.rules import AddressTaken, LastAdministrator, PersonHasAccount, RolesNotCombinable
from app.accounts.services.persons import enrol_person
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.platform import clock
from app.platform.errors import PermissionDenied
from app.platform.permissions import Permission
from app.platform.transaction import transaction


@dataclass(frozen=True)
class NewAccount:
    """An account that needs no confirmation because the town vouches for it."""

    email: str
    display_name: str
    password_hash: str
    roles: Iterable[Role] = (Role.CITIZEN,)
    district: str | None = None
    agency_id: int | None = None
    language: str = "en"
    # The identity card's number; with it the account is of level 2.
    identity: str | None = None
    unit: str | None = None
    # Level 2 without a person, where nobody's card was read: made-up people, and tests.
    verified: bool = False


def create_account(wanted: NewAccount) -> Account:
    """Create a confirmed account with its roles; for the command line and the demo, it asks no permission.

    Raises AddressTaken, ClaimNotUsable, PersonHasAccount, RolesNotCombinable.
    """
    _demand_combinable(wanted.roles)
    with transaction():
        if queries.find_account(wanted.email) is not None:
            raise AddressTaken
        now = clock.now()
        person_id = _free_person(wanted.identity)
        roles = sorted(role.value for role in wanted.roles)
        account = Account(
            email=rules.normalize_email(wanted.email),
            display_name=wanted.display_name,
            password_hash=wanted.password_hash,
            district=wanted.district,
            agency_id=wanted.agency_id,
            unit=wanted.unit,
            person_id=person_id,
            language=wanted.language,
            created_at=now,
            confirmed_at=now,
            verified_at=now if wanted.verified or person_id else None,
            role_rows=[AccountRole(role=role, granted_at=now) for role in roles],
        )
        db.session.add(account)
        db.session.flush()
        content: dict[str, str | int] = {
            "account": account.id,
            "email": account.email,
            "display_name": account.display_name,
        }
        ledger.append(
            Entry(
                EntryType.ACCOUNT_CREATE,
                public={"roles": roles, "verified": int(account.is_verified())},
                personal=[Personal(content, account.id)],
            )
        )
    return account


def create_agency(name: str, name_ko: str) -> Agency:
    """Found an agency (for the command line and the demo; no permission is asked)."""
    with transaction():
        agency = Agency(name=name, name_ko=name_ko)
        db.session.add(agency)
        db.session.flush()
        ledger.append(Entry(EntryType.AGENCY_CREATE, public={"name": name, "name_ko": name_ko}))
    return agency


def grant_role(actor: Account, account_id: int, role: Role) -> None:
    """Give an account a role; one it has already changes nothing.

    Raises PermissionDenied, AccountNotFound, RolesNotCombinable.
    """
    with transaction():
        _demand(actor, Permission.ROLE_GRANT)
        account = queries.get_account(account_id)
        if account.has_role(role):
            return
        _demand_combinable([*account.roles, role])
        account.role_rows.append(AccountRole(role=role.value, granted_at=clock.now()))
        _record(EntryType.ROLE_GRANT, actor, account, {"role": role.value})


def revoke_role(actor: Account, account_id: int, role: Role) -> None:
    """Take a role away; one it lacks changes nothing.

    Raises PermissionDenied, AccountNotFound, LastAdministrator.
    """
    with transaction():
        _demand(actor, Permission.ROLE_GRANT)
        account = queries.get_account(account_id)
        if not account.has_role(role):
            return
        if role is Role.ADMINISTRATOR and queries.count_with_role(role) == 1:
            raise LastAdministrator
        account.role_rows.remove(next(row for row in account.role_rows if row.role == role.value))
        _record(EntryType.ROLE_REVOKE, actor, account, {"role": role.value})


def _free_person(identity: str | None) -> int | None:
    """The person of a new account, if it is given one; raises PersonHasAccount."""
    if identity is None:
        return None
    person = enrol_person(identity)
    if queries.find_account_of_person(person.id) is not None:
        raise PersonHasAccount
    return person.id


def _demand_combinable(roles: Iterable[Role]) -> None:
    if not may_combine(roles):
        raise RolesNotCombinable


def _demand(actor: Account, permission: Permission) -> None:
    if not actor.has_permission(permission):
        raise PermissionDenied


def _record(type_: EntryType, actor: Account, account: Account, public: dict[str, object]) -> None:
    """Append the act: each of the two persons can be erased without the other."""
    personal = [Personal({"account": account.id}, account.id), Personal({"actor": actor.id}, actor.id)]
    ledger.append(Entry(type_, public=public, personal=personal))
