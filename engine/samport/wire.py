"""One HTTP exchange with the terminal, and the proof of what left.

What this file promises, and why (all of it was seen to go wrong, ``faults.md``, *HTTP from Python*):

1. ``Exchange.left`` is False only if not one byte was handed to the socket. ``requests`` raises the same
   ``ConnectionError`` for a refused connection and for one that broke after the order was executed, so the class of
   an exception proves nothing. Here everything that http.client "sends" is first collected, and the flag is set just
   before the one ``sendall``.
2. Headers and body leave in that one ``sendall``: a kill in between would leave half an order at the terminal.
3. A request is transmitted at most once: no retries, no redirects (one 307 made a POST arrive three times).
4. Nothing in the environment changes where it goes: the adapter is used without a session, so there are no proxies,
   no netrc, no cookies, no ``REQUESTS_CA_BUNDLE``.
5. Every exchange ends by its own deadline. A timeout per receive never ends against one byte every 0.4 s, so the
   socket's timeout is set to what is left of the deadline before every receive.
6. A reply is read up to a cap, as the bytes that were sent, and no exception of a library gets out.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError

CONNECT_TIMEOUT_S = 5.0
"""``protocol.md``, conventions, *Timeouts*."""

MAX_REPLY_BYTES = 1024 * 1024
"""Two receipts are a few KiB; a reply of a mebibyte is not from a terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireRequest:
    """A request, complete: ``path`` and ``body`` are the very bytes that were signed."""

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What became of a request, as far as this side of the wire can know.

    ``status`` is None when no complete reply came; ``failure`` is then a sentence that says why. ``left`` is False
    only when it is certain that nothing was sent. Header names are in lower case.
    """

    left: bool
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    failure: str = ""


class Wire(Protocol):
    """The way to one terminal; HTTP in production, a direct line to the simulator in tests."""

    def exchange(self, request: WireRequest, *, deadline_s: float, on_sent: Callable[[], None]) -> Exchange:
        """Send once and wait for the reply. ``on_sent`` is called when the bytes are out. Never raises."""
        ...

    def close(self) -> None:
        """Close connections."""
        ...


class HttpWire:
    """Plain HTTP, kept alive between exchanges. ``origin`` is scheme, host and port: ``http://127.0.0.1:8085``."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._adapter = _Adapter(max_retries=0, pool_maxsize=2)

    def exchange(self, request: WireRequest, *, deadline_s: float, on_sent: Callable[[], None]) -> Exchange:
        """Send once and wait for the reply; see the promises at the head of this file."""
        call = _Call(time.monotonic() + deadline_s, on_sent)
        token = _CALL.set(call)
        try:
            return self._exchange(request, call)
        except (
            requests.RequestException,
            HTTPError,
            http.client.HTTPException,
            OSError,
            ValueError,
        ) as error:
            return Exchange(left=call.left, failure=self._explain(error, call))
        finally:
            _CALL.reset(token)

    def _exchange(self, request: WireRequest, call: _Call) -> Exchange:
        prepared = requests.Request(
            request.method,
            self._origin + request.path,
            headers=dict(request.headers),
            data=request.body or None,
        ).prepare()
        timeout = (min(CONNECT_TIMEOUT_S, call.remaining_s()), call.remaining_s())
        with self._adapter.send(prepared, stream=True, timeout=timeout) as response:
            body = bytearray()
            # To the very end: only there does a body turn out to be shorter than announced.
            while chunk := response.raw.read(_CHUNK_BYTES, decode_content=False):
                body += chunk
                if len(body) > MAX_REPLY_BYTES:
                    raise _TooLongError
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Exchange(left=True, status=response.status_code, headers=headers, body=bytes(body))

    def _explain(self, error: Exception, call: _Call) -> str:
        where = self._origin.partition("://")[2]
        if not call.left:
            return (
                f"no connection to {where} ({_cause(error)}), so nothing was sent: "
                "is the terminal on, is its cable in, is url right?"
            )
        if isinstance(error, _TooLongError):
            return f"the reply from {where} is longer than {MAX_REPLY_BYTES} bytes: no terminal says that"
        if call.remaining_s() <= _NO_TIME_S:
            return f"no complete reply from {where} in time"
        return f"the connection to {where} broke before a whole reply came ({_cause(error)})"

    def close(self) -> None:
        """Close connections."""
        self._adapter.close()


_NO_TIME_S = 0.001
_CHUNK_BYTES = 64 * 1024


class _TooLongError(ValueError):
    """The reply is longer than the cap."""


class _Call:
    """One exchange under way: its deadline, and what left."""

    def __init__(self, deadline: float, on_sent: Callable[[], None]) -> None:
        self._deadline = deadline
        self.on_sent = on_sent
        self.left = False

    def remaining_s(self) -> float:
        """Seconds to the deadline; never 0, which a socket takes for "do not wait at all"."""
        return max(_NO_TIME_S, self._deadline - time.monotonic())


_CALL: ContextVar[_Call] = ContextVar("call")
"""Hands the call down through requests and urllib3 to the connection, which know nothing of it."""


class _Incoming(io.RawIOBase):
    """The receiving half of a socket, in which every receive ends by the deadline of the call."""

    def __init__(self, sock: socket.socket, call: _Call) -> None:
        self._sock = sock
        self._call = call
        # http.client closes the socket of a reply that ends with the connection before anybody has read it; a file
        # of the socket keeps it open until then.
        self._file = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - any writable buffer, as in RawIOBase
        self._sock.settimeout(self._call.remaining_s())
        return self._file.readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()


class _Reply(http.client.HTTPResponse):
    """http.client's reply, reading through ``_Incoming``."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on
        # HTTPResponse asks a socket for nothing but makefile.
        super().__init__(_Reading(sock, _CALL.get()), *args, **kwargs)  # type: ignore[arg-type]


class _Reading:
    """The one thing that HTTPResponse asks of a socket."""

    def __init__(self, sock: socket.socket, call: _Call) -> None:
        self._incoming = _Incoming(sock, call)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._incoming)


class _Connection(HTTPConnection):
    """urllib3's connection, which first collects a request and then lets it go in one piece."""

    response_class = _Reply

    def request(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on
        call = _CALL.get()
        self._collected = bytearray()
        super().request(*args, **kwargs)
        if self.sock is None:
            self.connect()
        self.sock.settimeout(call.remaining_s())
        call.left = True
        self.sock.sendall(self._collected)
        call.on_sent()

    def send(self, data: Any) -> None:  # noqa: ANN401 - bytes-like, as in http.client
        self._collected += data


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool}


def _cause(error: BaseException) -> str:
    """The innermost reason in a few words: the libraries wrap it four deep, with addresses of objects in the text."""
    while True:
        inner = (
            error.__cause__
            or error.__context__
            or next(
                (part for part in (getattr(error, "reason", None), *error.args) if isinstance(part, BaseException)),
                None,
            )
        )
        if inner is None:
            break
        error = inner
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
