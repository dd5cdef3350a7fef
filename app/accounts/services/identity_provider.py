"""Signing in and linking an account by OpenID Connect: code flow with state, nonce and PKCE, by Authlib."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import current_app, url_for
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response

from app.accounts import queries
from app.accounts.models import Account, LinkedIdentity
from app.accounts.rules import IdentityNotLinked, IdentityTaken, ProviderNotSet, ProviderRefused
from app.accounts.rules.birth_year import read_birthdate
from app.accounts.services.birth_years import learn_birth_year
from app.accounts.services.persons import find_person, verify_account
from app.accounts.services.sign_in import begin_session
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.platform import clock
from app.platform.transaction import transaction

NAME = "provider"
EXTENSION = "identity_provider"
BIRTHDATE = "birthdate"
TIMEOUT_SECONDS = 10
FAILURES = (AuthlibBaseError, JoseError, RequestException, RuntimeError, KeyError, ValueError)


@dataclass(frozen=True)
class Identity:
    """Who the provider says is there; `claim` names the person, where the provider gives it.

    The year alone is read of a date of birth.
    """

    issuer: str
    subject: str
    claim: str | None
    birth_year: int | None = None


def begin() -> Response:
    """Lead the browser to the provider; state, nonce and code verifier stay in the browser's signed session.

    Raises ProviderNotSet, ProviderRefused.
    """
    back = current_app.config["BASE_URL"].rstrip("/") + url_for("accounts.provider_answer")
    try:
        return _client().authorize_redirect(back)
    except FAILURES as problem:
        raise ProviderRefused from problem


def finish() -> Identity:
    """Check the provider's answer in the present request. Raises ProviderNotSet, ProviderRefused."""
    client = _client()
    try:
        token = client.authorize_access_token()
        shown = token["userinfo"]
        if shown["iss"] != current_app.config["OIDC_ISSUER"]:
            raise ProviderRefused
        claims = _read_claims(client, token)
        return Identity(shown["iss"], shown["sub"], _claim(claims), _birth_year(claims))
    except FAILURES as problem:
        current_app.logger.warning("identity provider refused: %s", type(problem).__name__)
        raise ProviderRefused from problem


def sign_in_by(identity: Identity) -> str:
    """Begin a session for the account that is linked with an identity, or that is its person's one account.

    Returns the session's identifier. Raises IdentityNotLinked.
    """
    with transaction():
        row = queries.find_linked(identity.issuer, identity.subject)
        account = row.account if row is not None else _account_of(identity)
        if account is None or account.confirmed_at is None:
            raise IdentityNotLinked
        if row is None:
            _link(account, identity)
        _learn(account, identity)
        return begin_session(account)


def link(account: Account, identity: Identity) -> None:
    """Link an account with an identity; the claim, where there is one, raises the account to level 2.

    Raises IdentityTaken, PersonHasAccount, VerifiedAsSomebodyElse.
    """
    with transaction():
        row = queries.find_linked(identity.issuer, identity.subject)
        if row is not None and row.account_id != account.id:
            raise IdentityTaken
        if identity.claim is not None:
            verify_account(account, identity.claim)
            _learn(account, identity)
        if row is None:
            _link(account, identity)


def _account_of(identity: Identity) -> Account | None:
    person = find_person(identity.claim) if identity.claim is not None else None
    return queries.find_account_of_person(person.id) if person is not None else None


def _link(account: Account, identity: Identity) -> None:
    db.session.add(
        LinkedIdentity(
            issuer=identity.issuer, subject=identity.subject, account_id=account.id, linked_at=clock.now()
        )
    )
    personal = Personal({"account": account.id, "subject": identity.subject}, account.id)
    ledger.append(Entry(EntryType.IDENTITY_LINK, personal=[personal]))


def _learn(account: Account, identity: Identity) -> None:
    """Keep the year of birth of the person whom the provider names, if they are the account's."""
    person = find_person(identity.claim) if identity.claim is not None else None
    if person is not None:
        learn_birth_year(account, person, identity.birth_year)


def _read_claims(client: Any, token: dict[str, Any]) -> Mapping[str, Any]:
    """What the provider says: the signed token, and its user information where the token lacks something.

    Nothing is asked for where no claim names a person: there is nobody to know anything of then.
    """
    name, shown = current_app.config["OIDC_IDENTITY_CLAIM"], token["userinfo"]
    if not name or (name in shown and (BIRTHDATE in shown or not _is_given(client, BIRTHDATE))):
        return shown
    further = client.userinfo(token=token)
    if further["sub"] != shown["sub"]:
        raise ProviderRefused
    return {**further, **shown}


def _is_given(client: Any, claim: str) -> bool:
    return claim in client.load_server_metadata().get("claims_supported", ())


def _claim(claims: Mapping[str, Any]) -> str | None:
    """The claim that names the person."""
    name = current_app.config["OIDC_IDENTITY_CLAIM"]
    value = claims.get(name) if name else None
    return str(value) if value else None


def _birth_year(claims: Mapping[str, Any]) -> int | None:
    return read_birthdate(claims.get(BIRTHDATE, ""), clock.now().astimezone(clock.TOWN_ZONE).date())


def _client() -> Any:
    config = current_app.config
    if not config["OIDC_ISSUER"]:
        raise ProviderNotSet
    if EXTENSION not in current_app.extensions:
        oauth = OAuth(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - Authlib wants the application itself
        oauth.register(
            NAME,
            client_id=config["OIDC_CLIENT_ID"],
            client_secret=config["OIDC_CLIENT_SECRET"],
            server_metadata_url=f"{config['OIDC_ISSUER'].rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile",
                "code_challenge_method": "S256",
                "default_timeout": TIMEOUT_SECONDS,
            },
        )
        current_app.extensions[EXTENSION] = oauth
    return current_app.extensions[EXTENSION].create_client(NAME)
