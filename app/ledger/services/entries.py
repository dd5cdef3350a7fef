"""The one way into the ledger: an entry, appended in the transaction of the act that it records."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert

from app.core.commitments import NONCE_BYTES, Content, canonical_json, commit_to
from app.extensions import db
from app.ledger.entry_types import EntryType
from app.ledger.models import LedgerEntry, LedgerOpening
from app.platform import clock
from app.platform.database import WriteOutsideTransaction
from app.platform.transaction import current_session

LEAF_PREFIX = b"\x00"
# A Core statement, built once: appending is on every hot path.
_INSERT = insert(LedgerEntry.__table__).returning(LedgerEntry.__table__.c.id)


@dataclass(frozen=True)
class Personal:
    """The fields of an act that concern one person: committed to apart, so that they can be erased apart."""

    content: Content
    person_id: int | None = None


@dataclass(frozen=True)
class Entry:
    """An act to record: `public` is published as it stands; `personal` only as commitments.

    Values are strings and integers below 2**53 (public ones may also be lists and mappings of these).
    One mapping stands for a single `Personal`. `commitments` are ready-made ones whose openings the room
    keeps itself, and can erase; they stand after those of `personal`.
    """

    type: EntryType
    public: Mapping[str, object] = field(default_factory=dict)
    personal: Content | Sequence[Personal] | None = None
    commitments: Sequence[str] = ()

    def parts(self) -> Sequence[Personal]:
        """The personal parts, however they were given."""
        if self.personal is None:
            return ()
        return (Personal(self.personal),) if isinstance(self.personal, Mapping) else self.personal


@dataclass(frozen=True)
class Appended:
    """An entry's row in the table, the hash of its leaf, and when it may enter the tree."""

    id: int
    leaf_hash: str
    release_at: datetime


def append(entry: Entry, release_at: datetime | None = None, order_key: bytes | None = None) -> Appended:
    """Append one act in the caller's transaction.

    The sequencer leaves it out of the tree until `release_at`, and orders what is released together by
    `order_key`; the leaf then carries `release_at` as its time, so that the moment of the act stays hidden.
    Raises ContentNotCommittable for personal values that are neither strings nor small integers,
    EntryTooLarge for more than an entry bundle can hold.
    """
    at = (release_at or clock.now()).replace(microsecond=0)
    openings = [(part, secrets.token_bytes(NONCE_BYTES)) for part in entry.parts()]
    commitments = [commit_to(part.content, nonce) for part, nonce in openings]
    leaf = leaf_bytes(entry.type, at, entry.public, [*commitments, *entry.commitments])
    digest = hashlib.sha256(LEAF_PREFIX + leaf).hexdigest()
    values = {
        "type": entry.type.value,
        "at": at,
        "release_at": at,
        "order_key": order_key or b"",
        "public": dict(entry.public),
        "leaf": leaf,
        "leaf_hash": digest,
    }
    # The session's own guard does not see statements on its connection.
    if not current_session().writing:
        raise WriteOutsideTransaction
    number = db.session.connection().execute(_INSERT, values).scalar_one()
    for (part, nonce), commitment in zip(openings, commitments, strict=True):
        _keep_opening(number, part, nonce, commitment)
    return Appended(number, digest, at)


def leaf_bytes(
    type_: EntryType, at: datetime, public: Mapping[str, object], commitments: Sequence[str]
) -> bytes:
    """The bytes that the tree hashes: RFC 8785 JSON of type, Unix time, public fields and commitments."""
    leaf: dict[str, object] = {"type": type_.value, "at": int(at.timestamp()), "public": dict(public)}
    if commitments:
        leaf["commitments"] = list(commitments)
    return canonical_json(leaf)


def _keep_opening(entry_id: int, part: Personal, nonce: bytes, commitment: str) -> None:
    db.session.execute(
        insert(LedgerOpening).values(
            entry_id=entry_id,
            commitment=commitment,
            person_id=part.person_id,
            nonce=nonce,
            content=dict(part.content),
        )
    )
