"""Hashing passwords (argon2id) and setting new ones. Hashing happens outside transactions: it takes long."""

from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from sqlalchemy import delete

from app.accounts import queries, rules
from app.accounts.models import Account, AccountSession
from app.accounts.rules import (
    PASSWORD_MAXIMUM,
    WEAKNESS_TEXTS,
    TokenPurpose,
    WeakPasswordError,
    WrongPassword,
)
from app.accounts.services import tokens
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.notifications import services as notifications
from app.platform import clock
from app.platform.rate_limit import Limit, client_network, count_attempt, forgive_attempt
from app.platform.transaction import transaction

COMMON_PASSWORDS = Path(__file__).parents[1] / "common_passwords.txt"
RESET_BY_NETWORK = Limit("reset by network", 30, 3600)
CHANGE_BY_ACCOUNT = Limit("password change by account", 10, 900)
RESET_BY_ADDRESS = Limit("reset by address", 5, 3600)
# A well-formed hash that no password has: verifying against it takes as long as against a real one.
NOBODY = (
    "$argon2id$v=19$m={memory},t=1,p=1$aHdhYmFlay1ub2JvZHktMQ$7gk0c4yZPqkqk9ZB0kX5mBz1nq5pM4l7wXc2J3b0e1I"
)


def hash_password(password: str) -> str:
    """Hash with argon2id, one pass over at least 46 MiB (OWASP's second choice; some 70 ms of one core)."""
    return _hasher(current_app.config["PASSWORD_MEMORY_KIB"]).hash(password)


def is_password(password_hash: str | None, password: str) -> bool:
    """Whether `password` has this hash; None (no such account) takes the same time and is never right."""
    memory = current_app.config["PASSWORD_MEMORY_KIB"]
    try:
        _hasher(memory).verify(password_hash or NOBODY.format(memory=memory), password[:PASSWORD_MAXIMUM])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def check_strength(password: str, email: str = "") -> None:
    """Raise WeakPasswordError, with the reason, for a password that is short, long, common or the address."""
    weakness = rules.find_weakness(password, email, common_passwords())
    if weakness is not None:
        raise WeakPasswordError(WEAKNESS_TEXTS[weakness])


def request_reset(email: str) -> None:
    """Mail a link for a new password if the address has an account; the caller cannot tell whether it has.

    Raises TooManyRequests.
    """
    address = rules.normalize_email(email)
    with transaction():
        count_attempt(RESET_BY_NETWORK, client_network())
        count_attempt(RESET_BY_ADDRESS, address)
        account = queries.find_account(address)
        if account is not None:
            token = tokens.issue_token(account.id, TokenPurpose.RESET)
            notifications.queue(account.id, "accounts/reset", {"token": token})


def reset_password(token: str, password: str) -> None:
    """Set a new password by a mailed link; every session of the account ends.

    The link has reached the mailbox, so it also confirms the address. Raises LinkExpired, WeakPasswordError.
    """
    check_strength(password, queries.get_token(token, TokenPurpose.RESET).account.email)
    password_hash = hash_password(password)
    with transaction():
        account = tokens.use_token(token, TokenPurpose.RESET).account
        account.password_hash = password_hash
        account.confirmed_at = account.confirmed_at or clock.now()
        end_sessions(account)
        ledger.append(
            Entry(EntryType.PASSWORD_RESET, personal=[Personal({"account": account.id}, account.id)])
        )
        notifications.queue(account.id, "accounts/password_changed")


def change_password(account: Account, session: AccountSession, present: str, password: str) -> None:
    """Set a new password by the present one; every other session of the account ends.

    Raises WrongPassword, WeakPasswordError, TooManyRequests.
    """
    with transaction():
        count_attempt(CHANGE_BY_ACCOUNT, str(account.id))
    if not is_password(account.password_hash, present):
        raise WrongPassword
    check_strength(password, account.email)
    password_hash = hash_password(password)
    with transaction():
        forgive_attempt(CHANGE_BY_ACCOUNT, str(account.id))
        account.password_hash = password_hash
        kept = AccountSession.id_hash != session.id_hash
        db.session.execute(delete(AccountSession).where(AccountSession.account_id == account.id, kept))
        ledger.append(
            Entry(
                EntryType.PASSWORD_RESET,
                public={"by": "password"},
                personal=[Personal({"account": account.id}, account.id)],
            )
        )
        notifications.queue(account.id, "accounts/password_changed")


def end_sessions(account: Account) -> None:
    """Sign the account out everywhere, in the caller's transaction."""
    db.session.execute(delete(AccountSession).where(AccountSession.account_id == account.id))


@cache
def common_passwords() -> frozenset[str]:
    """The passwords that are tried first."""
    lines = COMMON_PASSWORDS.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


@cache
def _hasher(memory_kib: int) -> PasswordHasher:
    return PasswordHasher(time_cost=1, memory_cost=memory_kib, parallelism=1)
