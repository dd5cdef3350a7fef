"""The second factor: codes of an authenticator (each once), recovery codes (each once), passkeys."""

import hmac
import os
import secrets
from base64 import b32decode, b32encode
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, insert, update

from app.accounts import queries, rules
from app.accounts.models import Account, AccountSession, RecoveryCode, TotpKey
from app.accounts.rules import RECOVERY_CODES, TOTP_SECRET_BYTES, SessionFactor, WrongCode
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.platform import clock, keys
from app.platform.rate_limit import Limit, count_attempt, forgive_attempt
from app.platform.transaction import transaction

SEALING_KEY = "second-factor"
SEAL_NONCE_BYTES = 12
CODE_BY_ACCOUNT = Limit("second factor by account", 5, 60)
RECOVERY_BYTES = 10


def pending_secret(session: AccountSession) -> bytes:
    """The secret that this session may set up: derived, so that looking at the page stores nothing."""
    present = db.session.get(TotpKey, session.account_id)
    bound = session.id_hash + (present.sealed if present is not None else b"")
    return hmac.new(keys.get(SEALING_KEY), b"pending\0" + bound, sha256).digest()[:TOTP_SECRET_BYTES]


def set_up_totp(session: AccountSession, code: str) -> list[str]:
    """Keep the pending secret once a code proves that the authenticator has it; the session then has passed.

    Returns fresh recovery codes, which are shown this once. Raises WrongCode, TooManyRequests.
    """
    account = session.account
    secret = pending_secret(session)
    _count(account)
    step = rules.find_step(secret, code, clock.now(), 0)
    if step is None:
        raise WrongCode
    with transaction():
        install_totp(account, secret, step)
        codes = renew_recovery_codes(account)
        _pass(session)
        record_change(account, "totp")
    return codes


def install_totp(account: Account, secret: bytes, last_step: int = 0) -> None:
    """Keep `secret` for an account, in the caller's transaction; an earlier one dies."""
    db.session.execute(delete(TotpKey).where(TotpKey.account_id == account.id))
    db.session.execute(
        insert(TotpKey).values(
            account_id=account.id,
            sealed=_seal(account.id, secret),
            created_at=clock.now(),
            last_step=last_step,
        )
    )
    db.session.expire_all()


def pass_by_code(session: AccountSession, code: str) -> None:
    """Pass the factor with an authenticator's code or a recovery code. Raises WrongCode, TooManyRequests."""
    use_code(session.account, code)
    with transaction():
        _pass(session)


def use_code(account: Account, code: str) -> None:
    """Use a code up. Raises WrongCode, TooManyRequests (more than five failures in a minute)."""
    _count(account)
    plain = "".join(code.split()).replace("-", "").lower()
    with transaction():
        if not (_use_totp(account, plain) or _use_recovery(account, plain)):
            raise WrongCode
        forgive_attempt(CODE_BY_ACCOUNT, str(account.id))


def renew_recovery_codes(account: Account) -> list[str]:
    """Make new recovery codes, in the caller's transaction; the earlier ones die. They are shown once."""
    codes = [b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower() for _ in range(RECOVERY_CODES)]
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    db.session.execute(
        insert(RecoveryCode),
        [{"code_hash": queries.hash_identifier(code), "account_id": account.id} for code in codes],
    )
    return codes


def replace_recovery_codes(account: Account) -> list[str]:
    """Give a person new recovery codes, and record it."""
    with transaction():
        codes = renew_recovery_codes(account)
        record_change(account, "recovery")
    return codes


def present_code(account: Account) -> str | None:
    """The code that is good now: for the demo's own notice, and for nothing else."""
    key = db.session.get(TotpKey, account.id)
    if key is None:
        return None
    now = rules.totp_step(clock.now())
    return rules.totp_code(_open(key), max(now, min(key.last_step + 1, now + 1)))


def read_secret(written: str) -> bytes:
    """The bytes of a secret in base 32."""
    return b32decode(written.replace(" ", "").upper())


def write_secret(secret: bytes) -> str:
    """A secret in base 32, as authenticators take it by hand."""
    return b32encode(secret).decode()


def record_change(account: Account, kind: str) -> None:
    """Append to the ledger that a person's second factor changed, in the caller's transaction."""
    personal = Personal({"account": account.id}, account.id)
    ledger.append(Entry(EntryType.FACTOR_CHANGE, public={"kind": kind}, personal=[personal]))


def mark_passed(session: AccountSession) -> None:
    """Open the site to a session, in the caller's transaction."""
    _pass(session)


def _count(account: Account) -> None:
    with transaction():
        count_attempt(CODE_BY_ACCOUNT, str(account.id))


def _use_totp(account: Account, code: str) -> bool:
    key = db.session.get(TotpKey, account.id)
    if key is None:
        return False
    step = rules.find_step(_open(key), code, clock.now(), key.last_step)
    if step is None:
        return False
    # Of two requests with the same code, one wins.
    used = db.session.scalar(
        update(TotpKey)
        .where(TotpKey.account_id == account.id, TotpKey.last_step < step)
        .values(last_step=step)
        .returning(TotpKey.account_id)
    )
    return used is not None


def _use_recovery(account: Account, code: str) -> bool:
    wanted = (RecoveryCode.account_id == account.id, RecoveryCode.code_hash == queries.hash_identifier(code))
    used = db.session.scalar(delete(RecoveryCode).where(*wanted).returning(RecoveryCode.account_id))
    return used is not None


def _pass(session: AccountSession) -> None:
    now = clock.now()
    db.session.execute(
        update(AccountSession)
        .where(AccountSession.id_hash == session.id_hash)
        .values(factor=SessionFactor.PASSED.value, proved_at=now, challenge=None)
    )


def _seal(account_id: int, secret: bytes) -> bytes:
    nonce = os.urandom(SEAL_NONCE_BYTES)
    return nonce + AESGCM(keys.get(SEALING_KEY)).encrypt(nonce, secret, str(account_id).encode())


def _open(key: TotpKey) -> bytes:
    nonce, sealed = key.sealed[:SEAL_NONCE_BYTES], key.sealed[SEAL_NONCE_BYTES:]
    return AESGCM(keys.get(SEALING_KEY)).decrypt(nonce, sealed, str(key.account_id).encode())
