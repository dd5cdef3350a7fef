"""Sessions once they have begun: kept alive, proved again, ended from another device."""

import re

from flask import current_app
from sqlalchemy import delete, update

from app.accounts.models import Account, AccountSession
from app.accounts.rules import SEEN_EVERY, TOTP_DIGITS, WrongCode, WrongPassword
from app.accounts.services import passwords, second_factor
from app.extensions import db
from app.platform import clock
from app.platform.errors import DatabaseUnavailable
from app.platform.rate_limit import Limit, count_attempt, forgive_attempt
from app.platform.transaction import transaction

PROOF_BY_ACCOUNT = Limit("proof by account", 10, 900)


def keep_alive(session: AccountSession) -> None:
    """Note that the session is in use, at most once a minute; a busy database is no reason to stop."""
    now = clock.now()
    if now - session.last_seen_at < SEEN_EVERY:
        return
    try:
        with transaction():
            _update(session, last_seen_at=now)
    except DatabaseUnavailable:
        current_app.logger.warning("a session's use could not be noted")


def prove_again(session: AccountSession, proof: str) -> None:
    """Let a person show once more that it is they, by password or code.

    Raises WrongPassword, TooManyRequests.
    """
    account = session.account
    with transaction():
        count_attempt(PROOF_BY_ACCOUNT, str(account.id))
    if not _is_proof(account, proof):
        raise WrongPassword
    with transaction():
        forgive_attempt(PROOF_BY_ACCOUNT, str(account.id))
        _update(session, proved_at=clock.now())


def end_session(account: Account, handle: str) -> None:
    """End one of the account's own sessions; one that is gone already is no error."""
    if not re.fullmatch(r"[0-9a-f]{64}", handle):
        return
    with transaction():
        db.session.execute(
            delete(AccountSession).where(
                AccountSession.account_id == account.id, AccountSession.id_hash == bytes.fromhex(handle)
            )
        )


def end_other_sessions(session: AccountSession) -> None:
    """Sign the account out everywhere else, in the caller's transaction or in one of its own."""
    with transaction():
        db.session.execute(
            delete(AccountSession).where(
                AccountSession.account_id == session.account_id, AccountSession.id_hash != session.id_hash
            )
        )


def _is_proof(account: Account, proof: str) -> bool:
    if re.fullmatch(rf"\d{{{TOTP_DIGITS}}}", proof):
        try:
            second_factor.use_code(account, proof)
        except WrongCode:
            return False
        return True
    return passwords.is_password(account.password_hash, proof)


def _update(session: AccountSession, **values: object) -> None:
    db.session.execute(
        update(AccountSession).where(AccountSession.id_hash == session.id_hash).values(**values)
    )
