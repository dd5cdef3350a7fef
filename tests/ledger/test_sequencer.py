"""The sequencer: order, tiles, checkpoints that extend one another, refusal to sign what was altered."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from app.core.checkpoints import open_checkpoint, parse_note
from app.core.merkle import TILE_WIDTH, leaf_hash, verify_consistency, verify_inclusion
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.models import LedgerCheckpoint, LedgerEntry, LedgerMapLeaf, LedgerTile
from app.ledger.queries import Tree, find_checkpoint
from app.ledger.rules import EpochOutOfTurn, Log, LogAltered
from app.ledger.services import Entry, keys
from app.ledger.services.sequencer import SPACING, sequence_batch
from app.platform import clock
from app.platform.transaction import transaction
from tests.ledger.conftest import append_many, append_one


def append(release_at: datetime | None = None, order_key: bytes | None = None) -> int:
    with transaction():
        return ledger.append(Entry(EntryType.ELECTION_CREATE), release_at, order_key).id


def leaves(db: Any) -> list[bytes]:
    return list(db.session.scalars(select(LedgerEntry.leaf).order_by(LedgerEntry.index)))


def test_entries_stand_in_the_order_of_their_release(db: Any) -> None:
    early = datetime(2020, 1, 1, tzinfo=UTC)
    numbers = [
        append(early + timedelta(1), b"b"),
        append(early + timedelta(1), b"a"),
        append(early),
        append(),
    ]
    sequence_batch()
    found = db.session.scalars(select(LedgerEntry.id).order_by(LedgerEntry.index)).all()
    assert found == [numbers[2], numbers[1], numbers[0], numbers[3]]


def test_what_is_not_released_waits(db: Any) -> None:
    append(clock.now() + timedelta(minutes=15))
    assert sequence_batch() == []
    clock.set_offset(timedelta(minutes=16))
    try:
        assert [made.size for made in sequence_batch()] == [1]
    finally:
        clock.set_offset(timedelta())


def test_a_checkpoint_is_signed_and_has_the_root_of_the_entries(db: Any, grow: Callable[[int], None]) -> None:
    grow(700)
    row = find_checkpoint(Log.LEDGER)
    verifiers = keys.list_verifier_keys(Log.LEDGER)
    checkpoint = open_checkpoint(parse_note(row.note), verifiers, keys.get_origin(Log.LEDGER))
    assert checkpoint.origin == "127.0.0.1/ledger"
    assert (checkpoint.size, checkpoint.root) == (700, row.root)
    tree = Tree(Log.LEDGER, 700)
    for index, leaf in enumerate(leaves(db)):
        verify_inclusion(leaf_hash(leaf), index, 700, tree.prove_inclusion(index), checkpoint.root)


def test_each_checkpoint_extends_every_earlier_one(db: Any) -> None:
    append_many(1500)
    while sequence_batch(limit=97):
        pass
    rows = db.session.scalars(select(LedgerCheckpoint).order_by(LedgerCheckpoint.size)).all()
    assert len(rows) == 16
    for new in rows:
        tree = Tree(Log.LEDGER, new.size)
        for old in rows[: rows.index(new) + 1]:
            verify_consistency(old.size, new.size, tree.prove_consistency(old.size), old.root, new.root)
    assert len(db.session.scalars(select(LedgerTile)).all()) == 1500 // TILE_WIDTH


def test_a_second_run_finds_nothing_to_do(db: Any, grow: Callable[[int], None]) -> None:
    assert sequence_batch() == []
    grow(3)
    assert sequence_batch() == []
    assert len(db.session.scalars(select(LedgerCheckpoint)).all()) == 1


def test_checkpoints_keep_their_distance(db: Any) -> None:
    append_one(n=1)
    assert sequence_batch(spacing=SPACING)
    append_one(n=2)
    assert sequence_batch(spacing=SPACING) == []
    clock.set_offset(SPACING)
    try:
        assert [made.size for made in sequence_batch(spacing=SPACING)] == [2]
    finally:
        clock.set_offset(timedelta())


@pytest.mark.parametrize("place", [0, 255, 256, 599])
def test_nothing_is_signed_over_an_altered_tree(db: Any, grow: Callable[[int], None], place: int) -> None:
    grow(600)
    with transaction():
        if place < 512:
            tile = db.session.scalars(select(LedgerTile).filter_by(number=place // 256)).one()
            tile.root = b"\x01" * 32
        else:
            db.session.execute(update(LedgerEntry).filter_by(index=place).values(leaf_hash="01" * 32))
    append_one(n=1)
    with pytest.raises(LogAltered):
        sequence_batch()


def test_nothing_is_signed_over_a_truncated_log(db: Any, grow: Callable[[int], None]) -> None:
    grow(10)
    with transaction():
        db.session.execute(delete(LedgerEntry).where(LedgerEntry.index == 9))
    append_one(n=1)
    with pytest.raises(LogAltered):
        sequence_batch()


def test_a_rotated_key_signs_beside_the_old_one_or_in_its_place(db: Any, grow: Callable[[int], None]) -> None:
    (first,) = keys.list_verifier_keys(Log.LEDGER)
    second = keys.rotate_key(Log.LEDGER, retire_others=False)
    grow(1)
    assert open_checkpoint(parse_note(find_checkpoint(Log.LEDGER).note), [first])
    assert open_checkpoint(parse_note(find_checkpoint(Log.LEDGER).note), [second])
    third = keys.rotate_key(Log.LEDGER, retire_others=True)
    grow(1)
    assert len(parse_note(find_checkpoint(Log.LEDGER).note).signatures) == 1
    assert keys.list_verifier_keys(Log.LEDGER) == [third, second, first]
    rotations = select(LedgerEntry).where(LedgerEntry.type == EntryType.LEDGER_KEY_ROTATE.value)
    assert [row.public["key"] for row in db.session.scalars(rotations)] == [str(second), str(third)]


def test_the_map_has_a_log_of_its_own_whose_index_is_the_epoch(db: Any) -> None:
    for epoch in range(3):
        with transaction():
            ledger.append_map_leaf(epoch, b'{"epoch":%d}' % epoch)
        (made,) = sequence_batch()
        assert (made.log, made.size) == ("map", epoch + 1)
    for wrong in (1, 2, 4):
        with pytest.raises(EpochOutOfTurn), transaction():
            ledger.append_map_leaf(wrong, b"{}")
    assert keys.get_origin(Log.MAP) == "127.0.0.1/map"
    assert db.session.scalars(select(LedgerMapLeaf.epoch)).all() == [0, 1, 2]


def test_the_command_sequences_what_waits(app: Flask, db: Any) -> None:
    append_many(20)
    result = app.test_cli_runner().invoke(args=["ledger", "sequence", "--once"])
    assert result.exit_code == 0, result.output
    assert find_checkpoint(Log.LEDGER).size == 20
