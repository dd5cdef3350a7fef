"""A wire between browser and service that keeps every byte that the browser sends."""

import socket
import threading
from contextlib import suppress

CHUNK = 65_536


class Wiretap:
    """Listens on a port of its own and passes everything on to the service's."""

    def __init__(self, service_port: int) -> None:
        self._service_port = service_port
        self._lock = threading.Lock()
        self._sent = bytearray()
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The address for the browser."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def sent(self) -> bytes:
        """Everything that was sent so far: request lines, headers and bodies of all connections."""
        with self._lock:
            return bytes(self._sent)

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                browser, _ = self._listener.accept()
                threading.Thread(target=self._connect, args=(browser,), daemon=True).start()

    def _connect(self, browser: socket.socket) -> None:
        address = ("127.0.0.1", self._service_port)
        with browser, suppress(OSError), socket.create_connection(address) as service:
            back = threading.Thread(target=self._pass_on, args=(service, browser), daemon=True)
            back.start()
            self._pass_on(browser, service, keep=True)
            back.join()

    def _pass_on(self, source: socket.socket, target: socket.socket, keep: bool = False) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                if keep:
                    with self._lock:
                        self._sent += data
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)
