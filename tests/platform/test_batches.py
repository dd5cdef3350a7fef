"""What is asked for at once is done as one, and nobody answers for a neighbour."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from app.accounts.models import Agency
from app.extensions import db as database
from app.platform.access import public
from app.platform.batches import Batcher, Take
from app.platform.errors import DatabaseUnavailable
from app.platform.transaction import write_together
from app.platform.turns import TURNS, crowded


class Unwanted(Exception):
    """The answer to one item."""


class Gate:
    """Runs batches that wait until they are let go, and remembers them."""

    def __init__(self) -> None:
        self.batches: list[Sequence[int]] = []
        self.open = threading.Event()

    def run(self, take: Take[int]) -> Sequence[int | Exception]:
        self.open.wait(20)
        items = take()
        self.batches.append(items)
        return [Unwanted() if item % 5 == 3 else item * 2 for item in items]


def gather(batcher: Batcher[int, int], count: int, then: Callable[[], object]) -> list[int | str]:
    """Ask for `count` items from threads of their own, in order; the answers once `then` was done."""

    def ask(item: int) -> int | str:
        try:
            return batcher.submit(item)
        except Exception as failure:  # noqa: BLE001 - the answer is what the test looks at
            return type(failure).__name__

    with ThreadPoolExecutor(count) as pool:
        answers = []
        for item in range(count):
            answers.append(pool.submit(ask, item))
            while len(batcher._waiting) <= item:
                time.sleep(0.001)
        then()
        return [answer.result(20) for answer in answers]


def test_what_gathers_is_one_batch_and_each_gets_its_own_answer() -> None:
    gate = Gate()
    answers = gather(Batcher(gate.run, 100), 10, gate.open.set)
    assert gate.batches == [list(range(10))]
    assert answers == [0, 2, 4, "Unwanted", 8, 10, 12, 14, "Unwanted", 18]


def test_a_batch_has_a_largest_size_and_nobody_is_overtaken() -> None:
    gate = Gate()
    gather(Batcher(gate.run, 4), 10, gate.open.set)
    assert gate.batches == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_when_no_turn_comes_all_who_waited_are_told_and_later_ones_are_served() -> None:
    gate, away = Gate(), True

    def run(take: Take[int]) -> Sequence[int | Exception]:
        gate.open.wait(20)
        if away:
            raise DatabaseUnavailable
        return [item * 2 for item in take()]

    batcher = Batcher(run, 100)
    assert gather(batcher, 5, gate.open.set) == ["DatabaseUnavailable"] * 5
    away = False
    assert batcher.submit(4) == 8


def write_agencies(names: Sequence[str]) -> list[str | Exception]:
    """Insert agencies; "refused" is refused, "twice" breaks a constraint, "fault" is a fault of ours."""
    numbers = database.session.scalar(select(func.coalesce(func.max(Agency.id), 0)))
    outcomes: list[str | Exception] = []
    for place, name in enumerate(names, 1):
        if name == "refused":
            outcomes.append(Unwanted())
            continue
        if name == "fault":
            raise LookupError(name)
        number = 1 if name == "twice" else numbers + place
        row = {"id": number, "name": name, "name_ko": name}
        database.session.connection().execute(insert(Agency), row)
        outcomes.append(name)
    return outcomes


def test_neither_a_refusal_nor_a_broken_constraint_nor_a_fault_spoils_the_others(app: Flask, db: Any) -> None:
    """A first agency takes number 1; then many come at once, some of them bad."""
    assert write_together(write_agencies, "first") == "first"
    wanted = [f"agency{number}" for number in range(20)] + ["refused", "twice", "fault"] * 3

    def ask(name: str) -> str:
        with app.app_context():
            try:
                return write_together(write_agencies, name)
            except Exception as failure:  # noqa: BLE001 - the answer is what the test looks at
                return type(failure).__name__

    with ThreadPoolExecutor(len(wanted)) as pool:
        answers = list(pool.map(ask, wanted))
    assert answers == wanted[:20] + ["Unwanted", "IntegrityError", "LookupError"] * 3
    assert sorted(db.session.scalars(select(Agency.name))) == sorted(["first", *wanted[:20]])


@pytest.mark.parametrize("name", ["refused", "fault"])
def test_alone_a_bad_item_leaves_nothing(app: Flask, db: Any, name: str) -> None:
    with pytest.raises((Unwanted, LookupError)):
        write_together(write_agencies, name)
    assert db.session.scalar(select(func.count()).select_from(Agency)) == 0


def test_whoever_leads_lets_the_crowd_before_it_bring_its_items_first(app: Flask, db: Any) -> None:
    sizes: list[int] = []

    def write(names: Sequence[str]) -> list[str | Exception]:
        sizes.append(len(names))
        return write_agencies(names)

    @app.get("/bring/<name>")
    @public
    @crowded
    def bring(name: str) -> str:
        time.sleep(0.02)
        return write_together(write, name)

    turns = app.extensions["turns"]
    for _ in range(TURNS):
        turns.enter()
    with ThreadPoolExecutor(12) as pool:
        names = [f"agency{number}" for number in range(12)]
        answers = [pool.submit(app.test_client().get, f"/bring/{name}") for name in names]
        end = time.monotonic() + 20
        while len(turns._waiting) < len(names) and time.monotonic() < end:
            time.sleep(0.001)
        for _ in range(TURNS):
            turns.leave()
        assert [answer.result(20).text for answer in answers] == names
    # Whoever is let in beside the last of them may be too late for the batch.
    assert sum(sizes) == len(names)
    assert max(sizes) > len(names) - TURNS - 1
    assert len(sizes) <= 3
