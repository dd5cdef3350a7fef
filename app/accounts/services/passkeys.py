"""Passkeys (WebAuthn): they pass the second factor beside the authenticator's codes."""

import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import request
from sqlalchemy import delete, update
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    UserVerificationRequirement,
)

from app.accounts import queries
from app.accounts.models import AccountSession, Passkey
from app.accounts.rules import PasskeyRefused
from app.accounts.services import second_factor
from app.extensions import db
from app.platform import clock
from app.platform.transaction import transaction

SITE_NAME = "Hwabaek"
CHALLENGE_BYTES = 32


def begin_registration(session: AccountSession) -> str:
    """What the browser needs to make a passkey, as JSON; its challenge is good once."""
    account = session.account
    options = generate_registration_options(
        rp_id=_site(),
        rp_name=SITE_NAME,
        user_id=str(account.id).encode(),
        user_name=account.email,
        user_display_name=account.display_name,
        challenge=_new_challenge(session),
        authenticator_selection=AuthenticatorSelectionCriteria(
            user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=_known(account.id),
    )
    return options_to_json(options)


def register(session: AccountSession, answer: dict[str, Any]) -> None:
    """Keep the passkey that the browser has made. Raises PasskeyRefused."""
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=_use_challenge(session),
            expected_rp_id=_site(),
            expected_origin=_origin(),
        )
    except (WebAuthnException, ValueError, KeyError) as problem:
        raise PasskeyRefused from problem
    with transaction():
        db.session.add(
            Passkey(
                account_id=session.account_id,
                credential_id=made.credential_id,
                public_key=made.credential_public_key,
                sign_count=made.sign_count,
                created_at=clock.now(),
            )
        )
        second_factor.record_change(session.account, "passkey")


def begin_assertion(session: AccountSession) -> str:
    """What the browser needs to ask a passkey, as JSON; its challenge is good once."""
    options = generate_authentication_options(
        rp_id=_site(), challenge=_new_challenge(session), allow_credentials=_known(session.account_id)
    )
    return options_to_json(options)


def pass_by_passkey(session: AccountSession, answer: dict[str, Any]) -> None:
    """Pass the second factor with a passkey of the account. Raises PasskeyRefused."""
    challenge = _use_challenge(session)
    try:
        key = queries.find_passkey(session.account_id, base64url_to_bytes(str(answer["rawId"])))
        if key is None:
            raise PasskeyRefused
        shown = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_site(),
            expected_origin=_origin(),
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
        )
    except (WebAuthnException, ValueError, KeyError) as problem:
        raise PasskeyRefused from problem
    with transaction():
        db.session.execute(
            update(Passkey).where(Passkey.id == key.id).values(sign_count=shown.new_sign_count)
        )
        second_factor.mark_passed(session)


def remove(session: AccountSession, passkey_id: int) -> None:
    """Forget one of the account's passkeys; the authenticator's codes go on working."""
    with transaction():
        gone = db.session.scalar(
            delete(Passkey)
            .where(Passkey.id == passkey_id, Passkey.account_id == session.account_id)
            .returning(Passkey.id)
        )
        if gone is not None:
            second_factor.record_change(session.account, "passkey-removed")


def _known(account_id: int) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=key.credential_id) for key in queries.list_passkeys(account_id)]


def _new_challenge(session: AccountSession) -> bytes:
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    _keep_challenge(session, challenge)
    return challenge


def _use_challenge(session: AccountSession) -> bytes:
    challenge = session.challenge
    if challenge is None:
        raise PasskeyRefused
    _keep_challenge(session, None)
    return challenge


def _keep_challenge(session: AccountSession, challenge: bytes | None) -> None:
    with transaction():
        db.session.execute(
            update(AccountSession)
            .where(AccountSession.id_hash == session.id_hash)
            .values(challenge=challenge)
        )


def _site() -> str:
    """The name that passkeys are bound to: the host's, which is one of the trusted ones."""
    return urlsplit(request.host_url).hostname or ""


def _origin() -> str:
    return request.host_url.rstrip("/")
