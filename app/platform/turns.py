"""A few at a time, in the order of their coming: keeps a crowd that writes from starving those who read.

Threads share one interpreter: hundreds that compute at once make each other, and every reader, slow. An
endpoint that is marked `crowded` waits here before it is looked at, and gives its turn back while it waits
for the database. Who waits costs nothing, and nobody is overtaken.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from flask import Flask, current_app, g, request

from app.platform.errors import DatabaseUnavailable

View = TypeVar("View", bound=Callable[..., Any])
MARK = "__crowded__"
# As many of one process's crowded requests compute at once: one interpreter is not quicker with more.
TURNS = 2
# Seconds that somebody lets others go first.
PATIENCE = 0.5


def init_app(app: Flask) -> None:
    """Let crowded requests wait for their turn; to be called before anything else looks at requests."""
    app.extensions["turns"] = Turns(TURNS, app.config["WRITE_TIMEOUT"])
    app.before_request(_take)
    app.teardown_request(_give_back)


def crowded(view: View) -> View:
    """Mark an endpoint that many ask for at the same moment."""
    setattr(view, MARK, True)
    return view


def give_back() -> None:
    """Let the next in while the present request waits for something; does nothing where it has no turn."""
    turns: Turns | None = g.pop("turn", None)
    if turns is not None:
        turns.leave()


def let_others_first() -> None:
    """In a crowded request that gave its turn back: go on after everybody who waits for one now.

    Or after PATIENCE: it is a courtesy, and nobody is to be refused for it.
    """
    if g.get("crowded"):
        turns = _turns()
        with suppress(DatabaseUnavailable):
            turns.enter(PATIENCE)
            turns.leave()


def resume(waiting: Sequence[threading.Event]) -> None:
    """Wake those who have what they waited for, each when its turn comes, before anybody who is new."""
    _turns().resume(waiting)


def hold() -> None:
    """After `resume`: keep the turn until the request ends; what is no crowded request needs none."""
    if g.get("crowded"):
        g.turn = _turns()
    else:
        _turns().leave()


def _take() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if not getattr(view, MARK, False):
        return
    # Read before the turn: nobody holds one by sending slowly.
    _ = request.form
    turns = _turns()
    turns.enter()
    g.crowded, g.turn = True, turns


def _give_back(_: BaseException | None) -> None:
    give_back()


def _turns() -> "Turns":
    turns: Turns = current_app.extensions["turns"]
    return turns


class Turns:
    """At most `count` threads of the process inside at once; the others wait their turn, first come first."""

    def __init__(self, count: int, timeout: float) -> None:
        self._free = count
        self._timeout = timeout
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Event] = deque()

    def enter(self, timeout: float | None = None) -> None:
        """Wait for a turn, `timeout` seconds or the usual. Raises DatabaseUnavailable if none came."""
        turn = threading.Event()
        with self._mutex:
            if self._free:
                self._free -= 1
                return
            self._waiting.append(turn)
        if turn.wait(self._timeout if timeout is None else timeout):
            return
        with self._mutex:
            if turn in self._waiting:
                self._waiting.remove(turn)
                raise DatabaseUnavailable
        # The turn came at the very moment of giving up: it is ours, so use it.

    def resume(self, waiting: Sequence[threading.Event]) -> None:
        """Set each event when its turn has come; they go before whoever waits already."""
        with self._mutex:
            now, later = waiting[: self._free], waiting[self._free :]
            self._free -= len(now)
            self._waiting.extendleft(reversed(later))
        for turn in now:
            turn.set()

    def leave(self) -> None:
        """Give the turn to whoever waits longest."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1
