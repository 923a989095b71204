"""The plumbing under one HTTP exchange: connections that prove what left, and that end in time.

requests and urllib3 know nothing of an exchange's deadline or of what it has sent, so both travel beside them, in
``CALL``.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import wait_for_read

from engine.errors import BadInput

_ARRIVAL_S = 0.05
"""How long a request on a local network takes to be taken up by the terminal, generously."""

NO_TIME_S = 0.001
"""What is left when nothing is: a socket takes 0 for "do not wait at all"."""


class Call:
    """One exchange under way: its deadline, and what left."""

    def __init__(self, deadline: float, on_sent: Callable[[], None]) -> None:
        self._deadline = deadline
        self._on_sent: Callable[[], None] | None = on_sent
        self.left = False

    def remaining_s(self) -> float:
        """Seconds to the deadline; never 0, which a socket takes for "do not wait at all"."""
        return max(NO_TIME_S, self._deadline - time.monotonic())

    def let_arrive(self, sock: socket.socket) -> None:
        """Say, once, that the request is out and has had time to be taken up, or has been answered already.

        Being out is not enough: what another thread then sends on another connection can be taken up first, and the
        terminal refuses whatever bears the older stamp. Seen with an order and a question a millisecond after it.
        """
        on_sent, self._on_sent = self._on_sent, None
        if on_sent is not None:
            wait_for_read(sock, timeout=min(_ARRIVAL_S, self.remaining_s()))
            on_sent()


CALL: ContextVar[Call] = ContextVar("call")
"""Hands the call down through requests and urllib3 to the connection, which know nothing of it."""


class _Incoming(io.RawIOBase):
    """The receiving half of a socket, in which every receive ends by the deadline of the call."""

    def __init__(self, sock: socket.socket, call: Call) -> None:
        self._sock = sock
        self._call = call
        # http.client closes the socket of a reply that ends with the connection before anybody has read it; a file
        # of the socket keeps it open until then.
        self._file = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - any writable buffer, as in RawIOBase
        self._call.let_arrive(self._sock)
        self._sock.settimeout(self._call.remaining_s())
        return self._file.readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()


class _Reply(http.client.HTTPResponse):
    """http.client's reply, reading through ``_Incoming``."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on
        # HTTPResponse asks a socket for nothing but makefile.
        super().__init__(_Reading(sock, CALL.get()), *args, **kwargs)  # type: ignore[arg-type]


class _Reading:
    """The one thing that HTTPResponse asks of a socket."""

    def __init__(self, sock: socket.socket, call: Call) -> None:
        self._incoming = _Incoming(sock, call)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._incoming)


class _Connection(HTTPConnection):
    """urllib3's connection, which first collects a request and then lets it go in one piece."""

    response_class = _Reply

    def request(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on
        call = CALL.get()
        self._collected = bytearray()
        super().request(*args, **kwargs)
        if self.sock is None:
            self.connect()
        self.sock.settimeout(call.remaining_s())
        call.left = True
        self.sock.sendall(self._collected)

    def send(self, data: Any) -> None:  # noqa: ANN401 - bytes-like, as in http.client
        self._collected += data


class _SecureConnection(_Connection, HTTPSConnection):
    """The same, over TLS."""


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class Adapter(HTTPAdapter):
    """requests' adapter over these connections; no retries, and for TLS only the trust that it is given."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self._context = context
        super().__init__(max_retries=0, pool_maxsize=2)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on
        """Make the pools of our connections."""
        if self._context is not None:
            kwargs |= {"ssl_context": self._context, "assert_hostname": False}
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}


def only(certificate: Path) -> ssl.SSLContext:
    """Trust in one certificate, whoever signed it and whatever name it bears, and in nothing else."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(cafile=certificate)
    except OSError as error:
        raise BadInput(
            f"certificate: {certificate} cannot be read ({error}); put the vendor's PEM file there"
        ) from None
    return context
