"""A crowd of clients in one loop: threads would measure each other's waiting, and take the service's time."""

import heapq
import re
import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

END_OF_HEAD = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
# What a broken connection counts as.
BROKEN = 0
# Seconds between two connections.
SPACING = 0.005


@dataclass
class Visitor:
    """Sends a request, waits for the whole answer, rests for `pause` seconds, and so on."""

    port: int
    next_request: Callable[[], bytes]
    expected: int
    pause: float = 0.0
    # Seconds of each answer that was as expected, and how many others there were by status.
    waits: list[float] = field(default_factory=list)
    errors: Counter[int] = field(default_factory=Counter)
    _socket: socket.socket | None = None
    _received: bytes = b""
    _begun: float = 0.0

    def connect(self, selector: selectors.BaseSelector) -> None:
        """Open the connection, if it is not open."""
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=30)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(self._socket, selectors.EVENT_READ, self)

    def send(self, selector: selectors.BaseSelector) -> None:
        """Send the next request, on the connection there is or a new one."""
        self._received, request = b"", self.next_request()
        self._begun = time.perf_counter()
        self.connect(selector)
        assert self._socket is not None
        self._socket.sendall(request)

    def receive(self, selector: selectors.BaseSelector) -> bool:
        """Take what has come; whether the answer is whole now."""
        assert self._socket is not None
        try:
            more = self._socket.recv(1 << 18)
        except OSError:
            more = b""
        self._received += more
        head, end, body = self._received.partition(END_OF_HEAD)
        length = LENGTH.search(head) if end else None
        if more and (length is None or len(body) < int(length[1])):
            return False
        status = int(head[9:12]) if more else BROKEN
        if status == self.expected:
            self.waits.append(time.perf_counter() - self._begun)
        else:
            self.errors[status] += 1
        if not more or CLOSES.search(head):
            self.close(selector)
        return True

    def close(self, selector: selectors.BaseSelector) -> None:
        """Drop the connection."""
        if self._socket is not None:
            selector.unregister(self._socket)
            self._socket.close()
            self._socket = None


def let_visit(visitors: Sequence[Visitor], seconds: float) -> float:
    """Let all of them send requests for that long; the seconds until the last answer."""
    numbers = count()
    resting: list[tuple[float, int, Visitor]] = []
    active = len(visitors)
    with selectors.DefaultSelector() as selector:
        for visitor in visitors:
            # Before anybody is busy, so that the server's processes share them evenly.
            visitor.connect(selector)
            time.sleep(SPACING)
        begun = time.monotonic()
        for visitor in visitors:
            visitor.send(selector)
        while active:
            wait = max(0.0, resting[0][0] - time.monotonic()) if resting else 1.0
            for key, _ in selector.select(wait):
                if key.data.receive(selector):
                    heapq.heappush(resting, (time.monotonic() + key.data.pause, next(numbers), key.data))
            now = time.monotonic()
            while resting and (resting[0][0] <= now or now - begun >= seconds):
                visitor = heapq.heappop(resting)[2]
                if now - begun < seconds:
                    visitor.send(selector)
                else:
                    visitor.close(selector)
                    active -= 1
    return time.monotonic() - begun
