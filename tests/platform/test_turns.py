"""A few at a time, in the order of their coming."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.platform.errors import DatabaseUnavailable
from app.platform.turns import Turns


@contextmanager
def inside(turns: Turns) -> Iterator[None]:
    turns.enter()
    try:
        yield
    finally:
        turns.leave()


def test_no_more_are_inside_than_may_be_and_nobody_is_overtaken() -> None:
    turns, present, most, order = Turns(2, timeout=10), 0, 0, []
    lock = threading.Lock()

    def visit(number: int) -> None:
        nonlocal present, most
        with inside(turns):
            with lock:
                present, most = present + 1, max(most, present + 1)
                order.append(number)
            time.sleep(0.01)
            with lock:
                present -= 1

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(12)]
    with inside(turns), inside(turns):
        for number, thread in enumerate(threads, 1):
            thread.start()
            while len(turns._waiting) < number:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert most == 2
    # Two are inside together, and either may note its number first.
    assert [number // 2 for number in order] == [number // 2 for number in range(12)]


def test_who_waits_too_long_is_told_and_whoever_comes_later_is_not_blocked() -> None:
    turns = Turns(1, timeout=0.05)
    with inside(turns), pytest.raises(DatabaseUnavailable), inside(turns):
        pass
    with inside(turns):
        pass


def test_a_body_that_fails_gives_its_turn_back() -> None:
    turns = Turns(1, timeout=0.05)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), inside(turns):
            raise ZeroDivisionError


def test_who_has_what_they_waited_for_goes_before_whoever_is_new() -> None:
    turns, order = Turns(1, timeout=10), []

    def visit() -> None:
        with inside(turns):
            order.append("new")

    turns.enter()
    new = threading.Thread(target=visit)
    new.start()
    while not turns._waiting:
        time.sleep(0.001)
    resumed = [threading.Event() for _ in range(2)]
    turns.resume(resumed)
    assert not any(event.is_set() for event in resumed)
    for event in resumed:
        turns.leave()
        assert event.wait(1)
        order.append("resumed")
    turns.leave()
    new.join()
    assert order == ["resumed", "resumed", "new"]
    free = threading.Event()
    turns.resume([free])
    assert free.is_set()
    turns.leave()
    with inside(turns):
        pass
