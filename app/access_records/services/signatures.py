"""Verifies that a request comes from a connected system: HTTP Message Signatures (RFC 9421) by its key.

Each must cover the method, the target (`@target-uri`, or `@path` and where there is one `@query`) and, with a
body, its `content-digest` (RFC 9530); it carries `created`, `keyid` and `nonce`.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException
from sqlalchemy import delete, select

from app.access_records.models import InformationSystem, UsedNonce
from app.access_records.queries.systems import find_system_of_key
from app.access_records.rules import (
    CLOCK_TOLERANCE,
    SIGNATURE_AGE,
    RequestReplayed,
    RequestUnsigned,
    SignatureWrong,
    SystemUnknown,
    ensure_signature_time,
)
from app.extensions import db
from app.platform import clock

MAXIMUM_NONCE = 100
TARGET_URI = '"@target-uri"'


@dataclass(frozen=True)
class SignedRequest:
    """A request as it came: an upper-case method, the full address, headers, body."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Sender:
    """The system that a request comes from, and the nonce that it has still to use up."""

    system: InformationSystem
    nonce: str


class _Keys(HTTPSignatureKeyResolver):
    """Finds a system by its key id, and remembers which one."""

    system: InformationSystem | None = None

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        self.system = find_system_of_key(key_id)
        if self.system is None:
            raise SystemUnknown
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(self.system.public_key))

    def resolve_private_key(self, key_id: str) -> Any:
        raise NotImplementedError(key_id)


class _Verifier(HTTPMessageVerifier):
    """The library's verifier by our clock."""

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:  # noqa: ARG002
        created = sig_input.params.get("created")
        if not isinstance(created, int):
            raise InvalidSignature("created is missing")
        ensure_signature_time(datetime.fromtimestamp(created, UTC), clock.now())


def verify_request(request: SignedRequest) -> Sender:
    """The system that signed `request`; reads only.

    Raises RequestUnsigned, SystemUnknown, RequestStale, RequestFutureDated, SignatureWrong.
    """
    if "Signature" not in request.headers or "Signature-Input" not in request.headers:
        raise RequestUnsigned
    keys = _Keys()
    verifier = _Verifier(signature_algorithm=algorithms.ED25519, key_resolver=keys)
    try:
        results = verifier.verify(request, max_age=SIGNATURE_AGE, body=request.body)
    except (HTTPMessageSignaturesException, OverflowError, ValueError) as problem:
        raise _cause(problem) from problem
    (result,) = results
    _check_coverage(request, result.covered_components)
    if not result.nonce or len(result.nonce) > MAXIMUM_NONCE or keys.system is None:
        raise SignatureWrong
    return Sender(keys.system, result.nonce)


def use_nonce(sender: Sender) -> None:
    """Use the nonce up and lock its system, in the caller's transaction. Raises RequestReplayed."""
    # One request of a system after the other: otherwise two copies could both find the nonce unused.
    system_id = sender.system.id
    db.session.scalar(select(InformationSystem.id).where(InformationSystem.id == system_id).with_for_update())
    if db.session.get(UsedNonce, (system_id, sender.nonce)) is not None:
        raise RequestReplayed
    expires_at = clock.now() + SIGNATURE_AGE + CLOCK_TOLERANCE
    db.session.add(UsedNonce(system_id=system_id, nonce=sender.nonce, expires_at=expires_at))


def forget_nonces() -> None:
    """Delete the nonces of signatures that are too old anyway, in the caller's transaction."""
    db.session.execute(delete(UsedNonce).where(UsedNonce.expires_at < clock.now()))


def claimed_system_id(request: SignedRequest, unknown: int) -> int:
    """The system in whose name a request comes, verified or not; `unknown` if there is none."""
    marker = 'keyid="'
    text = request.headers.get("Signature-Input", "")
    key_id = text.partition(marker)[2].partition('"')[0]
    system = find_system_of_key(key_id) if key_id else None
    return unknown if system is None else system.id


def _check_coverage(request: SignedRequest, covered: Mapping[str, str]) -> None:
    has_query = "?" in request.url
    has_path = '"@path"' in covered and ('"@query"' in covered or not has_query)
    if '"@method"' not in covered or not (TARGET_URI in covered or has_path):
        raise SignatureWrong


def _cause(problem: BaseException) -> Exception:
    """The library wraps what our resolver and our clock refuse."""
    seen: BaseException | None = problem
    while seen is not None:
        if isinstance(seen, SystemUnknown):
            return seen
        seen = seen.__cause__
    return SignatureWrong()
