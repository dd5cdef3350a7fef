"""What several threads ask for at once, done as one: each waits until one of them has done it for all.

The first to come leads. While it waits for the database, others gather; it then does what has gathered as a
whole, tells each how theirs went, and hands the lead to the first who came meanwhile. Nobody is overtaken.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from app.platform.errors import DatabaseUnavailable

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
# Called once, when the database is ready: the items of the batch, in the order of their coming.
Take = Callable[[], Sequence[Item]]
# Does a batch and answers for each of its items: an outcome, or the exception that whoever asked gets.
Run = Callable[[Take[Item]], Sequence[Outcome | Exception]]
# Wakes threads of which each has its outcome; by default all at once.
Wake = Callable[[Sequence[threading.Event]], None]
# What a woken thread does first.
Woken = Callable[[], None] | None


def set_all(waiting: Sequence[threading.Event]) -> None:
    """Wake everybody at once."""
    for event in waiting:
        event.set()


class _Ticket(Generic[Item, Outcome]):
    """One item, who waits for it, and in the end its outcome or failure."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.woken = threading.Event()
        self.leads = False
        # Stays if whoever leads is stopped before it can say how it went.
        self.outcome: Outcome | Exception = DatabaseUnavailable()


class Batcher(Generic[Item, Outcome]):
    """Gathers items of one kind, at most `maximum` in a batch; one for each application and process.

    `wake` may hold back some of those who are done, so that they do not all go on at the same moment.
    """

    def __init__(
        self, run: Run[Item, Outcome], maximum: int, wake: Wake = set_all, woken: Woken = None
    ) -> None:
        self._run = run
        self._maximum = maximum
        self._wake = wake
        self._woken = woken
        self._mutex = threading.Lock()
        self._waiting: deque[_Ticket[Item, Outcome]] = deque()
        self._led = False

    def submit(self, item: Item) -> Outcome:
        """Have the item done together with others; answers its outcome, or raises what became of it."""
        ticket = _Ticket[Item, Outcome](item)
        with self._mutex:
            self._waiting.append(ticket)
            ticket.leads, self._led = not self._led, True
        if not ticket.leads:
            ticket.woken.wait()
        if ticket.leads:
            self._lead(ticket)
        elif self._woken is not None:
            self._woken()
        if isinstance(ticket.outcome, Exception):
            raise ticket.outcome
        return ticket.outcome

    def _lead(self, own: _Ticket[Item, Outcome]) -> None:
        batch: list[_Ticket[Item, Outcome]] = []

        def take() -> Sequence[Item]:
            with self._mutex:
                while self._waiting and len(batch) < self._maximum:
                    batch.append(self._waiting.popleft())
            return [ticket.item for ticket in batch]

        try:
            outcomes = self._run(take)
            for ticket, outcome in zip(batch, outcomes, strict=True):
                ticket.outcome = outcome
        except Exception as failure:  # noqa: BLE001 - whatever it is, each of the batch raises it
            if not batch:
                # No turn came: whoever waits has waited in vain too, and is not to wait once more.
                take()
            for ticket in batch:
                ticket.outcome = failure
        finally:
            self._hand_over()
            self._wake([ticket.woken for ticket in batch if ticket is not own])

    def _hand_over(self) -> None:
        with self._mutex:
            if self._waiting:
                self._waiting[0].leads = True
                self._waiting[0].woken.set()
            else:
                self._led = False
