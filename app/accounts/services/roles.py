"""Accounts made by the town itself, roles given and taken, persons verified, agencies founded."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.accounts import queries, rules
from app.accounts.models import Account, AccountRole, Agency
from app.accounts.policy import Role
from app.accounts.rules import AddressTaken, LastAdministrator
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
    verified: bool = False


def create_account(wanted: NewAccount) -> Account:
    """Create a confirmed account with its roles; for the command line and the demo, it asks no permission.

    Raises AddressTaken.
    """
    with transaction():
        if queries.find_account(wanted.email) is not None:
            raise AddressTaken
        now = clock.now()
        roles = sorted(role.value for role in wanted.roles)
        account = Account(
            email=rules.normalize_email(wanted.email),
            display_name=wanted.display_name,
            password_hash=wanted.password_hash,
            district=wanted.district,
            agency_id=wanted.agency_id,
            language=wanted.language,
            created_at=now,
            confirmed_at=now,
            verified_at=now if wanted.verified else None,
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
                public={"roles": roles, "verified": int(wanted.verified)},
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

    Raises PermissionDenied, AccountNotFound.
    """
    with transaction():
        _demand(actor, Permission.ROLE_GRANT)
        account = queries.get_account(account_id)
        if account.has_role(role):
            return
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


def verify_account(actor: Account, account_id: int, district: str | None) -> None:
    """Attest that the account is a known person living in `district`.

    Raises PermissionDenied, AccountNotFound.
    """
    with transaction():
        _demand(actor, Permission.ACCOUNT_VERIFY)
        account = queries.get_account(account_id)
        account.verified_at = clock.now()
        account.district = district or account.district
        _record(EntryType.ACCOUNT_VERIFY, actor, account, {})


def _demand(actor: Account, permission: Permission) -> None:
    if not actor.has_permission(permission):
        raise PermissionDenied


def _record(type_: EntryType, actor: Account, account: Account, public: dict[str, object]) -> None:
    """Append the act: each of the two persons can be erased without the other."""
    personal = [Personal({"account": account.id}, account.id), Personal({"actor": actor.id}, actor.id)]
    ledger.append(Entry(type_, public=public, personal=personal))
