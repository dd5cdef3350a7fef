"""election.json: what is voted on, in which group, under which key (specification, "Elections").

The fingerprint covers the exact bytes, so an Election keeps the bytes that it was read from.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.core.elgamal import PublicKey
from app.core.encoding import BASE58_ALPHABET, parse_json, to_compact_json
from app.core.errors import ElectionParametersError, NotCanonicalError, NotInGroupError, UnsupportedError
from app.core.groups import Group, get_group
from app.core.hashing import sha256_base64
from app.core.questions.homomorphic import HomomorphicQuestion, parse_question

VERSION = 1
_UUID = re.compile(f"[{BASE58_ALPHABET}]{{14,64}}")
_TEXTS = ("description", "name", "public_key", "uuid")


@dataclass(frozen=True)
class Election:
    """The parameters of one election, with the bytes that say them."""

    raw: bytes
    uuid: str
    name: str
    description: str
    key: PublicKey
    questions: tuple[HomomorphicQuestion, ...]

    @property
    def group(self) -> Group:
        """The group in which everything of this election is computed."""
        return self.key.group

    @cached_property
    def fingerprint(self) -> str:
        """phi: SHA-256 of the bytes of election.json, in 43 base64 characters."""
        return sha256_base64(self.raw)


def is_election_uuid(text: str) -> bool:
    """Whether this has the form of an election's identifier: 14 to 64 base58 characters."""
    return _UUID.fullmatch(text) is not None


def write_election(
    *,
    uuid: str,
    name: str,
    description: str,
    key: PublicKey,
    questions: tuple[HomomorphicQuestion, ...],
    administrator: str | None = None,
    credential_authority: str | None = None,
) -> bytes:
    """The bytes of election.json, fields in the specification's order."""
    optional = {"administrator": administrator, "credential_authority": credential_authority}
    document = {
        "version": VERSION,
        "description": description,
        "name": name,
        "group": key.group.name,
        "public_key": key.group.serialize(key.element),
        "questions": [question.to_json() for question in questions],
        "uuid": uuid,
        **{name: value for name, value in optional.items() if value is not None},
    }
    return to_compact_json(document)


def parse_election(raw: bytes) -> Election:
    """Read election.json.

    Raises UnsupportedError for another version, group or kind of question, ElectionParametersError,
    NotInGroupError.
    """
    fields = parse_json(raw, ElectionParametersError)
    if not isinstance(fields, dict):
        raise ElectionParametersError("election.json is not an object")
    if fields.get("version") != VERSION:
        raise UnsupportedError(f"crypto version {str(fields.get('version'))[:20]} is not read; version 1 is")
    group = get_group(fields.get("group"))
    if not all(isinstance(fields.get(name), str) for name in _TEXTS) or not is_election_uuid(fields["uuid"]):
        raise ElectionParametersError("election.json lacks a description, name, public key or uuid")
    key = PublicKey(group, _parse_key(group, fields["public_key"]))
    questions = tuple(_parse_any_question(value) for value in _question_list(fields))
    return Election(raw, fields["uuid"], fields["name"], fields["description"], key, questions)


def _question_list(fields: dict[str, Any]) -> list[Any]:
    questions = fields.get("questions")
    if not isinstance(questions, list) or not questions:
        raise ElectionParametersError("an election has at least one question")
    return questions


def _parse_any_question(value: Any) -> HomomorphicQuestion:
    if not isinstance(value, dict):
        raise ElectionParametersError("a question is not an object")
    kind = value.get("type")
    if kind is not None:
        raise UnsupportedError(f"questions of type {str(kind)[:40]} are not read; homomorphic ones are")
    return parse_question(value)


def _parse_key(group: Group, text: str) -> Any:
    try:
        element = group.parse(text)
    except NotCanonicalError as problem:
        raise ElectionParametersError(f"public key: {problem}") from problem
    if element == group.identity:
        raise NotInGroupError("the election's public key is the identity")
    group.ensure_member(element)
    return element
