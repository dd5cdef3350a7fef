"""From an address to a confirmed account."""

from dataclasses import dataclass

from app.accounts import queries, rules
from app.accounts.models import Account, AccountRole
from app.accounts.policy import Role
from app.accounts.rules import TokenPurpose
from app.accounts.services import passwords, tokens
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.notifications import services as notifications
from app.platform import clock
from app.platform.rate_limit import Limit, client_network, count_attempt
from app.platform.transaction import transaction

REGISTER_BY_NETWORK = Limit("register by network", 60, 3600)
REGISTER_BY_ADDRESS = Limit("register by address", 5, 3600)


@dataclass(frozen=True)
class Registration:
    """What somebody who wants an account tells about themselves."""

    email: str
    display_name: str
    password: str
    language: str
    district: str = ""


def register(wanted: Registration) -> None:
    """Begin an account and mail the link that confirms it; a known address gets a mail that says so instead.

    The caller cannot tell the two apart. Raises WeakPasswordError, TooManyRequests.
    """
    email = rules.normalize_email(wanted.email)
    passwords.check_strength(wanted.password, email)
    password_hash = passwords.hash_password(wanted.password)
    with transaction():
        count_attempt(REGISTER_BY_NETWORK, client_network())
        count_attempt(REGISTER_BY_ADDRESS, email)
        account = queries.find_account(email)
        if account is not None and account.confirmed_at is not None:
            notifications.queue(account.id, "accounts/already_registered")
            return
        if account is None:
            account = _begin_account(wanted, email, password_hash)
        _send_link(account, wanted, password_hash)


def confirm(token: str) -> Account:
    """Confirm the address that the link was sent to, and make its account a citizen's. Raises LinkExpired."""
    with transaction():
        row = tokens.use_token(token, TokenPurpose.CONFIRM)
        account = row.account
        # What counts is what was entered when this very link was asked for, by whoever owns the mailbox.
        for name, value in row.content.items():
            setattr(account, name, value or None)
        account.confirmed_at = clock.now()
        if not account.has_role(Role.CITIZEN):
            account.role_rows.append(AccountRole(role=Role.CITIZEN.value, granted_at=clock.now()))
        ledger.append(
            Entry(
                EntryType.ACCOUNT_CONFIRM,
                public={"role": Role.CITIZEN.value},
                personal=[Personal({"account": account.id}, account.id)],
            )
        )
    return account


def send_link_again(account: Account) -> None:
    """Mail the confirmation link once more, in the caller's transaction."""
    token = tokens.issue_token(account.id, TokenPurpose.CONFIRM)
    notifications.queue(account.id, "accounts/confirm", {"token": token, "name": account.display_name})


def _begin_account(wanted: Registration, email: str, password_hash: str) -> Account:
    account = Account(
        email=email,
        display_name=wanted.display_name,
        password_hash=password_hash,
        language=wanted.language,
        district=wanted.district or None,
        created_at=clock.now(),
    )
    db.session.add(account)
    db.session.flush()
    content: dict[str, str | int] = {
        "account": account.id,
        "email": email,
        "display_name": wanted.display_name,
    }
    ledger.append(Entry(EntryType.ACCOUNT_REGISTER, personal=[Personal(content, account.id)]))
    return account


def _send_link(account: Account, wanted: Registration, password_hash: str) -> None:
    content = {
        "password_hash": password_hash,
        "display_name": wanted.display_name,
        "language": wanted.language,
        "district": wanted.district,
    }
    token = tokens.issue_token(account.id, TokenPurpose.CONFIRM, content)
    notifications.queue(account.id, "accounts/confirm", {"token": token, "name": wanted.display_name})
