"""Signing in and out. A session is a random identifier; the table keeps its hash, so it can be revoked."""

import secrets

from flask import has_request_context, request
from sqlalchemy import delete, insert

from app.accounts import queries, rules
from app.accounts.models import Account, AccountSession, AccountToken, DeskSession
from app.accounts.rules import SESSION_LIFETIME, AddressNotConfirmed, SessionFactor, SignInFailed
from app.accounts.services import passwords, registration
from app.extensions import db
from app.platform import clock
from app.platform.rate_limit import Limit, client_network, count_attempt, forget_attempts, forgive_attempt
from app.platform.transaction import transaction

# Failures only: an attempt that succeeds is taken back.
SIGN_IN_BY_NETWORK = Limit("sign in by network", 60, 900)
SIGN_IN_BY_ADDRESS = Limit("sign in by address", 10, 900)
IDENTIFIER_BYTES = 32
DEVICE_LENGTH = 200


def sign_in(email: str, password: str) -> str:
    """Check the password and begin a session; returns its identifier, for the cookie.

    Raises SignInFailed (wrong password and unknown address alike, in the same time), AddressNotConfirmed,
    TooManyRequests.
    """
    address = rules.normalize_email(email)
    with transaction():
        count_attempt(SIGN_IN_BY_NETWORK, client_network())
        count_attempt(SIGN_IN_BY_ADDRESS, address)
    account = queries.find_account(address)
    if not passwords.is_password(account.password_hash if account else None, password) or account is None:
        raise SignInFailed
    with transaction():
        forgive_attempt(SIGN_IN_BY_NETWORK, client_network())
        if account.confirmed_at is not None:
            forgive_attempt(SIGN_IN_BY_ADDRESS, address)
            return begin_session(account)
        # Still counted, so that the mail cannot be repeated without end.
        registration.send_link_again(account)
    raise AddressNotConfirmed


def begin_session(account: Account, *, passed: bool = False) -> str:
    """Begin a session in the caller's transaction; returns its identifier.

    `passed`: the second factor has been shown already, or is not asked for (tests).
    """
    identifier = secrets.token_urlsafe(IDENTIFIER_BYTES)
    now = clock.now()
    db.session.execute(
        insert(AccountSession).values(
            id_hash=queries.hash_identifier(identifier),
            account_id=account.id,
            started_at=now,
            expires_at=now + SESSION_LIFETIME,
            last_seen_at=now,
            proved_at=now,
            factor=_first_factor(account, passed),
            device=_device(),
        )
    )
    return identifier


def _first_factor(account: Account, passed: bool) -> str:
    if passed:
        return SessionFactor.PASSED.value
    wanted = account.is_official() or queries.has_totp(account.id)
    return (SessionFactor.WANTED if wanted else SessionFactor.NONE).value


def _device() -> str:
    return request.user_agent.string[:DEVICE_LENGTH] if has_request_context() else ""


def sign_out(identifier: str) -> None:
    """End the session; one that is gone already is no error."""
    with transaction():
        db.session.execute(
            delete(AccountSession).where(AccountSession.id_hash == queries.hash_identifier(identifier))
        )


def forget_expired() -> None:
    """Delete sessions, links and counts whose time is over."""
    with transaction():
        now = clock.now()
        db.session.execute(delete(AccountSession).where(AccountSession.expires_at < now))
        db.session.execute(delete(DeskSession).where(DeskSession.ends_at < now))
        db.session.execute(delete(AccountToken).where(AccountToken.expires_at < now))
        forget_attempts()
