"""Gives every known person the one key of their label, with its entry in the ledger."""

import secrets
from collections.abc import Sequence

from sqlalchemy import insert, select

from app.access_records.models import AccessChain, AccessLabel
from app.accounts.models import Person
from app.core.access_chain import FIRST_HEAD
from app.core.commitments import NONCE_BYTES, commit_to
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry
from app.platform.transaction import transaction

LABEL_KEY_BYTES = 32
CHUNK = 500


def enrol_label(person: Person) -> None:
    """Make sure that the person has a label and an empty chain, in the caller's transaction; idempotent."""
    enrol_labels([person.id])


def enrol_labels(person_ids: Sequence[int]) -> int:
    """Give a label to those of the persons who lack one, in the caller's transaction; how many did."""
    missing = sorted(set(person_ids) - _list_labelled(person_ids))
    if not missing:
        return 0
    labels = [_make_label(person_id) for person_id in missing]
    db.session.execute(insert(AccessLabel), labels)
    chains = [{"person_id": person_id, "count": 0, "head": FIRST_HEAD} for person_id in missing]
    db.session.execute(insert(AccessChain), chains)
    return len(missing)


def enrol_everybody() -> int:
    """Give a label to every known person without one; how many there were. Before an epoch is closed."""
    with transaction():
        has_label = select(AccessLabel.person_id)
        return enrol_labels(list(db.session.scalars(select(Person.id).where(Person.id.not_in(has_label)))))


def _list_labelled(person_ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for start in range(0, len(person_ids), CHUNK):
        part = person_ids[start : start + CHUNK]
        found.update(db.session.scalars(select(AccessLabel.person_id).where(AccessLabel.person_id.in_(part))))
    return found


def _make_label(person_id: int) -> dict[str, object]:
    """The key is in the row and its commitment in the ledger: one committed key, one label."""
    label_key, nonce = secrets.token_bytes(LABEL_KEY_BYTES), secrets.token_bytes(NONCE_BYTES)
    commitment = commit_to({"label_key": label_key.hex()}, nonce)
    entry = ledger.append(Entry(EntryType.LABEL_ENROL, commitments=[commitment]))
    return {
        "person_id": person_id,
        "label_key": label_key,
        "enrolment_nonce": nonce,
        "enrolment_leaf_hash": entry.leaf_hash,
    }
