"""The oversight body: opens all leaves of an epoch, recomputes the map, and signs what it found.

What no citizen can see by themselves: records under no label or somebody else's, and sealed accesses that
vanished before they were opened.
"""

import base64
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from flask import current_app
from sqlalchemy import func, select

from app.access_records.models import AccessLabel, AccessRecord
from app.access_records.models.epochs import Epoch, EpochLeaf, OversightStatement
from app.access_records.models.sealed import SealedAccess
from app.access_records.services.epochs import leaf_of
from app.accounts.models import Account
from app.core.access_chain import chain_head, make_label
from app.core.access_proofs import commit_to_sealed, map_value
from app.core.checkpoints import SigningKey, generate_signing_key, parse_signing_key, sign_note
from app.core.prefix_map import PrefixMap
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.models import LedgerEntry, LedgerMapLeaf
from app.ledger.rules import Log
from app.ledger.services import Entry, Personal
from app.ledger.services.keys import get_origin
from app.platform import clock, keys
from app.platform.transaction import transaction


def attest_epoch(by: Account, number: int) -> OversightStatement | None:
    """Examine an epoch and sign what was found, for or against; None where its leaves are gone.

    A statement that stands is not made twice.
    """
    with transaction():
        known = db.session.get(OversightStatement, number)
        epoch = db.session.get(Epoch, number)
        leaves = _list_leaves(number)
        if known is not None or epoch is None or not leaves:
            return known
        findings = list(examine_epoch(epoch, leaves))
        statement = OversightStatement(
            epoch=number,
            agrees=not findings,
            findings=findings,
            note=_sign(epoch, leaves, findings),
            at=clock.now(),
        )
        db.session.add(statement)
        public = {"epoch": number, "agrees": "no" if findings else "yes"}
        holder = Personal({"account": by.id}, by.id)
        ledger.append(Entry(EntryType.EPOCH_ATTEST, public=public, personal=[holder]))
    return statement


def get_oversight_key() -> SigningKey:
    """The oversight body's own key; in the demo made in DATA_DIR/keys at first use."""
    path = Path(current_app.config["DATA_DIR"]) / "keys" / "oversight.skey"
    host = get_origin(Log.LEDGER).rpartition("/")[0]
    text = keys.read_or_write_once(path, lambda: generate_signing_key(f"{host}/oversight").to_text() + "\n")
    return parse_signing_key(text)


def examine_epoch(epoch: Epoch, leaves: Sequence[tuple[EpochLeaf, bytes]]) -> Iterator[str]:
    """Everything that does not agree, in words; nothing where all does."""
    values: dict[bytes, bytes] = {}
    for leaf, label_key in leaves:
        values[make_label(label_key)] = map_value(leaf.count, leaf.head, leaf.sealed_commitment)
        if commit_to_sealed(leaf.sealed, leaf.sealed_nonce) != leaf.sealed_commitment:
            yield f"person {leaf.person_id}: the sealed commitment does not open to what is kept"
    if len(values) != len(leaves) or len(values) != epoch.labels:
        yield f"{len(leaves)} persons have {len(values)} labels, the epoch says {epoch.labels}"
    published = db.session.get(LedgerMapLeaf, epoch.number)
    if PrefixMap(values).root != epoch.root:
        yield "the leaves do not give the root of the epoch"
    if published is None or published.leaf != leaf_of(epoch).to_bytes():
        yield "the log of maps has another leaf for the epoch"
    yield from _examine_chains(leaves)
    yield from _examine_ledger()
    yield from _examine_seals(epoch, leaves)


def _list_leaves(number: int) -> list[tuple[EpochLeaf, bytes]]:
    wanted = (
        select(EpochLeaf, AccessLabel.label_key)
        .join(AccessLabel, AccessLabel.person_id == EpochLeaf.person_id)
        .where(EpochLeaf.epoch == number)
        .order_by(EpochLeaf.person_id)
    )
    return [(leaf, key) for leaf, key in db.session.execute(wanted)]


def _examine_chains(leaves: Sequence[tuple[EpochLeaf, bytes]]) -> Iterator[str]:
    """Each count and head is what the person's records give."""
    commitments: dict[int, list[str]] = {}
    wanted = select(AccessRecord.person_id, AccessRecord.number, AccessRecord.commitment)
    for person_id, number, commitment in db.session.execute(
        wanted.order_by(AccessRecord.person_id, AccessRecord.number)
    ):
        listed = commitments.setdefault(person_id, [])
        if number != len(listed) + 1:
            yield f"person {person_id}: record {len(listed) + 1} is missing"
        listed.append(commitment)
    for leaf, _label_key in leaves:
        own = commitments.get(leaf.person_id, [])[: leaf.count]
        if len(own) != leaf.count or chain_head(own) != leaf.head:
            yield f"person {leaf.person_id}: the records do not give the count and head of the leaf"


def _examine_ledger() -> Iterator[str]:
    """Each access in the ledger is a record of somebody's, each record an access in the ledger."""
    wanted = (
        select(LedgerEntry.id, LedgerEntry.leaf, AccessRecord.commitment)
        .outerjoin(AccessRecord, AccessRecord.ledger_entry_id == LedgerEntry.id)
        .where(LedgerEntry.type == EntryType.ACCESS_RECORD.value)
    )
    for entry_id, leaf, commitment in db.session.execute(wanted):
        if commitment is None:
            yield f"ledger entry {entry_id} is nobody's record"
        elif commitment.encode() not in leaf:
            yield f"ledger entry {entry_id} commits to something else than its record"
    records = db.session.scalar(select(func.count()).select_from(AccessRecord))
    entries = db.session.scalar(select(func.count()).where(LedgerEntry.type == EntryType.ACCESS_RECORD.value))
    if records != entries:
        yield f"there are {records} records and {entries} accesses in the ledger"


def _examine_seals(epoch: Epoch, leaves: Sequence[tuple[EpochLeaf, bytes]]) -> Iterator[str]:
    """No sealed access vanished: one of the epoch before stands here too, or was opened after expiry."""
    here = {commitment for leaf, _key in leaves for commitment in leaf.sealed}
    before: dict[str, int] = {}
    for sealed in db.session.scalars(select(EpochLeaf.sealed).where(EpochLeaf.epoch == epoch.number - 1)):
        before.update(sealed)
    kept = {row.commitment: row for row in db.session.scalars(select(SealedAccess))}
    for commitment, expiry in before.items():
        row = kept.get(commitment)
        if commitment not in here and not (row and _is_rightly_open(row, expiry)):
            yield f"the sealed access {commitment} vanished"
    for commitment, row in kept.items():
        is_open_then = row.sealed_at <= epoch.at and (row.opened_at is None or row.opened_at > epoch.at)
        if is_open_then and commitment not in here:
            yield f"the sealed access {commitment} is missing from the map"
    counts = Counter(
        leaf.person_id for leaf, _key in leaves for commitment in leaf.sealed if commitment not in kept
    )
    for person_id, count in counts.items():
        yield f"person {person_id}: {count} sealed accesses of the map are not kept"


def _is_rightly_open(row: SealedAccess, expiry: int) -> bool:
    """Opened when its time was over, or because the oversight body ordered it."""
    if row.opened_at is None:
        return False
    return row.opened_by_id is not None or row.opened_at.timestamp() >= expiry


def _sign(epoch: Epoch, leaves: Sequence[tuple[EpochLeaf, bytes]], findings: Sequence[str]) -> str:
    key = get_oversight_key()
    lines = [
        key.name,
        f"epoch {epoch.number}",
        f"root {base64.b64encode(epoch.root).decode()}",
        f"labels {len(leaves)}",
        f"accesses {sum(leaf.count for leaf, _key in leaves)}",
        f"sealed {sum(len(leaf.sealed) for leaf, _key in leaves)}",
        f"findings {len(findings)}",
        "counts and leaves agree, and no sealed access vanished" if not findings else "does not agree",
    ]
    return sign_note("".join(f"{line}\n" for line in lines), [key]).to_text()
