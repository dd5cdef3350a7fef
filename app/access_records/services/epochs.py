"""Closes epochs: the map of everybody, its root in the log of maps, fresh nonces for every person."""

import secrets
from collections import defaultdict
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from app.access_records.models import AccessChain, AccessLabel
from app.access_records.models.epochs import Epoch, EpochLeaf
from app.access_records.models.sealed import SealedAccess
from app.access_records.queries.epochs import leaf_of
from app.access_records.services.labels import enrol_everybody
from app.core.access_chain import make_label
from app.core.access_proofs import commit_to_sealed, map_value
from app.core.commitments import NONCE_BYTES
from app.core.prefix_map import PrefixMap
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry
from app.platform import clock
from app.platform.transaction import transaction

CHUNK = 1_000


def close_epoch() -> Epoch:
    """Close the present epoch: one map with every known person in it, whoever was looked at or not.

    Everybody's sealed commitment is made afresh, so that a change of it says nothing; what the epoch before
    the last one knew, nonces included, is deleted. One transaction: the counts are those of one moment.
    """
    with transaction():
        enrol_everybody()
        now = clock.now().replace(microsecond=0)
        number = db.session.scalar(select(func.count()).select_from(Epoch)) or 0
        values, leaves = _make_leaves(number)
        built = PrefixMap(values)
        epoch = Epoch(number=number, root=built.root, at=now, labels=len(values))
        db.session.add(epoch)
        db.session.flush()
        for start in range(0, len(leaves), CHUNK):
            db.session.execute(insert(EpochLeaf), leaves[start : start + CHUNK])
        ledger.append_map_leaf(number, leaf_of(epoch).to_bytes())
        public = {"epoch": number, "root": built.root.hex(), "labels": len(values)}
        ledger.append(Entry(EntryType.EPOCH_CLOSE, public=public))
        db.session.execute(delete(EpochLeaf).where(EpochLeaf.epoch < number - 1))
    return epoch


def close_epoch_if_due() -> Epoch | None:
    """Close an epoch unless one was closed on this day (UTC) already; the daily job."""
    newest = db.session.scalar(select(func.max(Epoch.at)))
    if newest is not None and _is_same_day(newest, clock.now()):
        return None
    return close_epoch()


def _is_same_day(one: datetime, other: datetime) -> bool:
    return one.date() == other.date()


def _make_leaves(number: int) -> tuple[dict[bytes, bytes], list[dict[str, object]]]:
    """The map's values by label, and the rows that open them."""
    sealed = _list_sealed()
    wanted = select(AccessChain.person_id, AccessChain.count, AccessChain.head, AccessLabel.label_key).join(
        AccessLabel, AccessLabel.person_id == AccessChain.person_id
    )
    values: dict[bytes, bytes] = {}
    leaves: list[dict[str, object]] = []
    for person_id, count, head, label_key in db.session.execute(wanted):
        nonce = secrets.token_bytes(NONCE_BYTES)
        commitment = commit_to_sealed(sealed[person_id], nonce)
        values[make_label(label_key)] = map_value(count, head, commitment)
        leaves.append(
            {
                "epoch": number,
                "person_id": person_id,
                "count": count,
                "head": head,
                "sealed_commitment": commitment,
                "sealed_nonce": nonce,
                "sealed": sealed[person_id],
            }
        )
    return values, leaves


def _list_sealed() -> defaultdict[int, dict[str, int]]:
    """Person -> what is sealed about them now, with its expiry."""
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for row in db.session.scalars(select(SealedAccess).where(SealedAccess.opened_at.is_(None))):
        found[row.person_id][row.commitment] = int(row.expires_at.timestamp())
    return found
