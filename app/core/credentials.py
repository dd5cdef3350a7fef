"""Voters' credentials: the private code, its public counterpart, and the published list.

Specification, "Credentials", in the form of Belenios 3.x: 22 base58 characters in four groups.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from app.core.encoding import BASE58_ALPHABET, parse_canonical_json, parse_decimal, to_compact_json
from app.core.errors import (
    CredentialListError,
    InvalidCredentialError,
    NotCanonicalError,
    NotInGroupError,
    UnsupportedError,
)
from app.core.groups.base import Element, Group
from app.core.hashing import CREDENTIAL_PREFIX, sha256_base64

_LENGTHS = (5, 6, 5, 6)
_CREDENTIAL = re.compile("-".join(f"[{BASE58_ALPHABET}]{{{length}}}" for length in _LENGTHS))


@dataclass(frozen=True)
class PublicCredential:
    """A voter's public key, as written and as an element, with the weight of their vote."""

    text: str
    element: Element
    weight: int


def generate_credential() -> str:
    """A fresh private credential of about 128 bits: XXXXX-XXXXXX-XXXXX-XXXXXX."""
    return "-".join("".join(secrets.choice(BASE58_ALPHABET) for _ in range(length)) for length in _LENGTHS)


def normalise_credential(text: str) -> str:
    """A typed or pasted credential in its one form. Raises InvalidCredentialError."""
    letters = re.sub(r"[\s\-\u2010-\u2015]", "", text)
    parts, at = [], 0
    for length in _LENGTHS:
        parts.append(letters[at : at + length])
        at += length
    credential = "-".join(parts)
    if len(letters) != sum(_LENGTHS) or not _CREDENTIAL.fullmatch(credential):
        raise InvalidCredentialError("a credential has 22 letters and digits in four groups")
    return credential


def derive_secret(group: Group, uuid: str, credential: str) -> int:
    """The signing key x = (SHA-256("derive_credential|uuid|0|c") || ...|1|c) mod q.

    Raises InvalidCredentialError.
    """
    credential = normalise_credential(credential)
    digests = (
        hashlib.sha256(f"{CREDENTIAL_PREFIX}|{uuid}|{index}|{credential}".encode()).digest()
        for index in (0, 1)
    )
    return int.from_bytes(b"".join(digests), "big") % group.order


def derive_public(group: Group, uuid: str, credential: str) -> str:
    """The public credential g^x, serialised. Raises InvalidCredentialError."""
    return group.serialize(group.power(group.generator, derive_secret(group, uuid, credential)))


def write_public_credentials(group: Group, weighted: Iterable[tuple[str, int]]) -> bytes:
    """The bytes of the published list: sorted by element, which hides the order of the voters."""
    ordered = sorted(weighted, key=lambda item: group.sort_key(group.parse(item[0])))
    return to_compact_json([text if weight == 1 else f"{text},{weight}" for text, weight in ordered])


def parse_public_credentials(group: Group, raw: bytes) -> dict[str, PublicCredential]:
    """Read the published list, in its order, and examine every element.

    Raises CredentialListError, NotInGroupError.
    """
    result = read_public_credentials(group, raw)
    for credential in result.values():
        group.ensure_member(credential.element)
    return result


def read_public_credentials(group: Group, raw: bytes) -> dict[str, PublicCredential]:
    """Read the published list; the caller must still examine whether each element is in the group.

    Raises CredentialListError, NotInGroupError for the identity.
    """
    values = parse_canonical_json(raw, CredentialListError)
    if not isinstance(values, list):
        raise CredentialListError("the public credentials are not a list")
    result: dict[str, PublicCredential] = {}
    for position, value in enumerate(values, 1):
        credential = _parse_public_credential(group, value, position)
        if credential.text in result:
            raise CredentialListError(f"public credential {position} stands twice")
        result[credential.text] = credential
    return result


def _parse_public_credential(group: Group, value: object, position: int) -> PublicCredential:
    parts = value.split(",") if isinstance(value, str) else []
    if len(parts) not in (1, 2):
        raise CredentialListError(f"public credential {position} is malformed")
    try:
        element = group.parse(parts[0])
        weight = parse_decimal(parts[1]) if len(parts) == 2 else 1
    except NotCanonicalError as problem:
        raise CredentialListError(f"public credential {position}: {problem}") from problem
    if weight >= group.order:
        raise UnsupportedError(f"the weight of public credential {position} exceeds the order of the group")
    if element == group.identity:
        raise NotInGroupError(f"public credential {position} is the identity")
    return PublicCredential(parts[0], element, weight)


def credentials_fingerprint(raw: bytes) -> str:
    """The fingerprint that the credential authority publishes: 43 base64 characters."""
    return sha256_base64(raw)
