"""A few at a time, in the order of their coming: keeps a crowd that writes from starving those who read.

Threads share one interpreter: hundreds that compute at once make each other, and every reader, slow. Who
waits here costs nothing, and nobody is overtaken.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from app.platform.errors import DatabaseUnavailable


class Turns:
    """At most `count` threads of the process inside at once; the others wait their turn, first come first."""

    def __init__(self, count: int, timeout: float) -> None:
        self._free = count
        self._timeout = timeout
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def take(self) -> Iterator[None]:
        """Run the body in turn. Raises DatabaseUnavailable when none came in time: 503, and come back."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def _enter(self) -> None:
        turn = threading.Event()
        with self._mutex:
            if self._free:
                self._free -= 1
                return
            self._waiting.append(turn)
        if turn.wait(self._timeout):
            return
        with self._mutex:
            if turn in self._waiting:
                self._waiting.remove(turn)
                raise DatabaseUnavailable
        # The turn came at the very moment of giving up: it is ours, so use it.

    def _leave(self) -> None:
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1
