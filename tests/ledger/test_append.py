"""Appending: canonical leaves, hiding commitments, openings that can be erased."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from app.core.commitments import COMMITMENT_TAG, ContentNotCommittable, commit_to, opens
from app.extensions import db as database
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType, ExemptAct
from app.ledger.models import LedgerEntry, LedgerOpening
from app.ledger.rules import LARGEST_LEAF, EntryTooLarge
from app.ledger.services import Entry, Pending, Personal
from app.platform.database import WriteOutsideTransaction
from app.platform.transaction import transaction


def append(**fields: Any) -> LedgerEntry:
    options = {name: fields.pop(name) for name in ("release_at", "order_key") if name in fields}
    with transaction():
        number = ledger.append(Entry(EntryType.ELECTION_CREATE, **fields), **options).id
    return database.session.get_one(LedgerEntry, number)


def test_the_leaf_is_canonical_and_hashed_as_rfc_6962_says(db: Any) -> None:
    row = append(public={"b": 1, "a": "투표"})
    leaf = json.loads(row.leaf)
    assert leaf == {"type": "elections:election:create", "at": int(row.at.timestamp()), "public": row.public}
    assert row.leaf == json.dumps(leaf, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert row.leaf_hash == hashlib.sha256(b"\x00" + row.leaf).hexdigest()
    assert row.index is None


def test_personal_fields_appear_only_as_commitments_that_open(db: Any) -> None:
    row = append(personal=[Personal({"account": 7, "name": "미나"}, 7), Personal({"actor": 8}, 8)])
    openings = db.session.scalars(select(LedgerOpening).order_by(LedgerOpening.id)).all()
    assert json.loads(row.leaf)["commitments"] == [opening.commitment for opening in openings]
    assert "미나" not in row.leaf.decode()
    assert [opening.person_id for opening in openings] == [7, 8]
    for opening in openings:
        assert opens(opening.commitment, opening.content, opening.nonce)
        canonical = json.dumps(
            opening.content, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ).encode()
        assert hashlib.sha256(COMMITMENT_TAG + opening.nonce + canonical).hexdigest() == opening.commitment


def test_equal_contents_have_unlike_commitments(db: Any) -> None:
    leaves = [json.loads(append(personal={"account": 7}).leaf)["commitments"] for _ in range(3)]
    assert len({leaf[0] for leaf in leaves}) == 3


def test_erasing_an_opening_leaves_the_leaf(db: Any) -> None:
    row = append(personal={"account": 7})
    before = row.leaf
    with transaction():
        db.session.execute(delete(LedgerOpening).where(LedgerOpening.entry_id == row.id))
    assert row.leaf == before


@pytest.mark.parametrize("value", [1.5, 2**53, True, None, ["x"]])
def test_only_strings_and_small_integers_are_committed_to(db: Any, value: Any) -> None:
    with pytest.raises(ContentNotCommittable):
        append(personal={"value": value})
    assert db.session.scalar(select(func.count()).select_from(LedgerEntry)) == 0


def test_a_short_nonce_is_refused() -> None:
    with pytest.raises(ContentNotCommittable):
        commit_to({"a": 1}, b"short")


def test_a_released_entry_shows_the_time_of_its_release(db: Any) -> None:
    release_at = datetime(2030, 1, 1, tzinfo=UTC)
    row = append(release_at=release_at, order_key=b"\x05")
    assert json.loads(row.leaf)["at"] == int(release_at.timestamp())
    assert (row.at, row.release_at, row.order_key) == (release_at, release_at, b"\x05")


def test_an_entry_outside_a_transaction_is_refused(db: Any) -> None:
    with pytest.raises(WriteOutsideTransaction):
        ledger.append(Entry(EntryType.ELECTION_CREATE))


def test_what_an_entry_bundle_cannot_hold_is_refused(db: Any) -> None:
    frame = len(append(public={"text": ""}).leaf)
    append(public={"text": "x" * (LARGEST_LEAF - frame)})
    with pytest.raises(EntryTooLarge):
        append(public={"text": "x" * (LARGEST_LEAF - frame + 1)})


def test_entries_that_are_appended_together_are_what_each_would_be_alone(db: Any) -> None:
    acts = [
        Pending(Entry(EntryType.ELECTION_CREATE, {"number": number % 15}, {"account": number}), None, b"k")
        for number in range(30)
    ]
    # Two that are the same byte by byte.
    acts += [Pending(Entry(EntryType.ELECTION_CREATE, {"number": 99})) for _ in range(2)]
    with transaction():
        appended = ledger.append_many(acts)
    assert len({one.id for one in appended}) == len(acts)
    for act, one in zip(acts, appended, strict=True):
        row = db.session.get_one(LedgerEntry, one.id)
        assert (row.public, row.leaf_hash) == (act.entry.public, one.leaf_hash)
        assert hashlib.sha256(b"\x00" + row.leaf).hexdigest() == one.leaf_hash
        opening = db.session.scalar(select(LedgerOpening).where(LedgerOpening.entry_id == one.id))
        assert (opening.content if opening else None) == act.entry.personal


@pytest.mark.parametrize("vocabulary", [EntryType, ExemptAct])
def test_the_vocabulary_follows_its_grammar(vocabulary: Any) -> None:
    for act in vocabulary:
        scope, resource, action = act.value.split(":")
        assert all(
            word.replace("-", "_").isidentifier() and word == word.lower()
            for word in (scope, resource, action)
        )
