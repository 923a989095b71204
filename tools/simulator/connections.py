"""The open connections of a server, so that a reboot or a stop can end them."""

import contextlib
import socket
import threading
from collections.abc import Iterator

_FAREWELL_S = 5.0


class Connections:
    """Every connection with the thread that serves it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._closed = False

    @contextlib.contextmanager
    def open(self, connection: socket.socket) -> Iterator[None]:
        """Keep a connection while its thread is inside."""
        with self._lock:
            self._open[connection] = threading.current_thread()
            if self._closed:
                _cut(connection)
        try:
            yield
        finally:
            with self._lock:
                del self._open[connection]

    def cut_all(self) -> None:
        """End every connection; their threads notice by themselves."""
        with self._lock:
            for connection in self._open:
                _cut(connection)

    def close(self) -> None:
        """End every connection, now and later, and wait for the threads."""
        with self._lock:
            self._closed = True
            threads = list(self._open.values())
        self.cut_all()
        for thread in threads:
            thread.join(_FAREWELL_S)


def _cut(connection: socket.socket) -> None:
    # The client may have been faster.
    with contextlib.suppress(OSError):
        # Of a TLS connection the socket under it: its own shutdown would take the cipher from a reading thread.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
