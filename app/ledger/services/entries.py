"""The one way into the ledger: an entry, appended in the transaction of the act that it records."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert

from app.core.commitments import NONCE_BYTES, Content, canonical_json, commit_to
from app.extensions import db
from app.ledger.entry_types import EntryType
from app.ledger.models import LedgerEntry, LedgerOpening
from app.ledger.rules import LARGEST_LEAF, EntryTooLarge
from app.platform import clock
from app.platform.database import WriteOutsideTransaction
from app.platform.transaction import current_session

LEAF_PREFIX = b"\x00"
CHUNK = 500
# A Core statement, built once: appending is on every hot path.
_INSERT = (
    insert(LedgerEntry.__table__)
    .returning(LedgerEntry.__table__.c.id, LedgerEntry.__table__.c.leaf_hash)
    # psycopg remembers how to send statements of up to 50 values; longer ones it parses each time.
    .execution_options(insertmanyvalues_page_size=7)
)


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


@dataclass(frozen=True)
class Pending:
    """An entry to append: it stays out of the tree until `release_at`, ordered there by `order_key`."""

    entry: Entry
    release_at: datetime | None = None
    order_key: bytes | None = None


def append(entry: Entry, release_at: datetime | None = None, order_key: bytes | None = None) -> Appended:
    """Append one act in the caller's transaction.

    The sequencer leaves it out of the tree until `release_at`, and orders what is released together by
    `order_key`; the leaf then carries `release_at` as its time, so that the moment of the act stays hidden.
    Raises ContentNotCommittable for personal values that are neither strings nor small integers,
    EntryTooLarge for more than an entry bundle can hold.
    """
    return append_many([Pending(entry, release_at, order_key)])[0]


def append_many(acts: Sequence[Pending]) -> list[Appended]:
    """Append several acts in the caller's transaction by one statement, as `append` does one."""
    # The session's own guard does not see statements on its connection.
    if not current_session().writing:
        raise WriteOutsideTransaction
    now = clock.now()
    drafts = [_draft(act, now) for act in acts]
    rows = [draft.row for draft in drafts]
    inserted = db.session.connection().execute(_INSERT, rows)
    # Rows come back in any order. Leaves that are the same byte by byte may have each other's number.
    numbers: dict[str, list[int]] = {}
    for number, leaf_hash in inserted:
        numbers.setdefault(leaf_hash, []).append(number)
    appended = []
    for draft in drafts:
        digest = str(draft.row["leaf_hash"])
        number = numbers[digest].pop()
        for opening in draft.openings:
            _keep_opening(number, *opening)
        appended.append(Appended(number, digest, draft.at))
    return appended


def erase_openings(entry_ids: Sequence[int]) -> None:
    """Delete what the commitments of these entries hide, in the caller's transaction; the leaves stay."""
    for start in range(0, len(entry_ids), CHUNK):
        chunk = entry_ids[start : start + CHUNK]
        db.session.execute(delete(LedgerOpening).where(LedgerOpening.entry_id.in_(chunk)))


@dataclass(frozen=True)
class _Draft:
    """An entry about to be inserted: its row, its time, and what its commitments hide."""

    row: dict[str, object]
    at: datetime
    openings: list[tuple[Personal, bytes, str]]


def _draft(act: Pending, now: datetime) -> _Draft:
    entry = act.entry
    at = (act.release_at or now).replace(microsecond=0)
    openings = []
    for part in entry.parts():
        nonce = secrets.token_bytes(NONCE_BYTES)
        openings.append((part, nonce, commit_to(part.content, nonce)))
    commitments = [*(commitment for _, _, commitment in openings), *entry.commitments]
    leaf = leaf_bytes(entry.type, at, entry.public, commitments)
    if len(leaf) > LARGEST_LEAF:
        raise EntryTooLarge(entry.type)
    row: dict[str, object] = {
        "type": entry.type.value,
        "at": at,
        "release_at": at,
        "order_key": act.order_key or b"",
        "public": dict(entry.public),
        "leaf": leaf,
        "leaf_hash": hashlib.sha256(LEAF_PREFIX + leaf).hexdigest(),
    }
    return _Draft(row, at, openings)


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
