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
import time
from collections.abc import Callable
from pathlib import Path

import requests
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError

from engine.samport.connection import CALL, NO_TIME_S, Adapter, Call, only
from engine.samport.wire import Exchange, WireRequest

CONNECT_TIMEOUT_S = 5.0
"""``protocol.md``, conventions, *Timeouts*."""

MAX_REPLY_BYTES = 1024 * 1024
"""Two receipts are a few KiB; a reply of a mebibyte is not from a terminal."""


class HttpWire:
    """HTTP, kept alive between exchanges. ``origin`` is scheme, host and port: ``http://127.0.0.1:8085``.

    For https, ``certificate`` is the file of the one certificate that is trusted, and the only proof of who answers:
    the vendor's is self-signed, and its name cannot match (``protocol.md``, v1).

    Raises:
        BadInput: the certificate cannot be read.
    """

    def __init__(self, origin: str, certificate: Path | None = None) -> None:
        self._origin = origin
        self._verify: bool | str = str(certificate) if certificate else True
        self._adapter = Adapter(only(certificate) if certificate else None)

    def exchange(self, request: WireRequest, *, deadline_s: float, on_sent: Callable[[], None]) -> Exchange:
        """Send once and wait for the reply; see the promises at the head of this file."""
        call = Call(time.monotonic() + deadline_s, on_sent)
        token = CALL.set(call)
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
            CALL.reset(token)

    def _exchange(self, request: WireRequest, call: Call) -> Exchange:
        prepared = self._prepared(request)
        timeout = (min(CONNECT_TIMEOUT_S, call.remaining_s()), call.remaining_s())
        with self._adapter.send(prepared, stream=True, timeout=timeout, verify=self._verify) as response:
            body = bytearray()
            # To the very end: only there does a body turn out to be shorter than announced.
            while chunk := response.raw.read(_CHUNK_BYTES, decode_content=False):
                body += chunk
                if len(body) > MAX_REPLY_BYTES:
                    raise _TooLongError
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Exchange(left=True, status=response.status_code, headers=headers, body=bytes(body))

    def _prepared(self, request: WireRequest) -> requests.PreparedRequest:
        """As ``requests`` would prepare it, but that path and body leave as they were signed, and it costs nothing."""
        prepared = requests.PreparedRequest()
        prepared.method = request.method
        prepared.url = self._origin + request.path
        prepared.headers = CaseInsensitiveDict(request.headers)
        prepared.body = request.body or None
        if request.method != "GET":
            prepared.headers["Content-Length"] = str(len(request.body))
        return prepared

    def _explain(self, error: Exception, call: Call) -> str:
        where = self._origin.partition("://")[2]
        if not call.left:
            return f"no connection to {where} ({_cause(error)}): is the terminal on, is its cable in, is url right?"
        if isinstance(error, _TooLongError):
            return f"the reply from {where} is longer than {MAX_REPLY_BYTES} bytes: no terminal says that"
        if call.remaining_s() <= NO_TIME_S:
            return f"no complete reply from {where} in time: is the terminal hanging, or the network?"
        return f"the connection to {where} broke before a whole reply came ({_cause(error)})"

    def close(self) -> None:
        """Close connections."""
        self._adapter.close()


_CHUNK_BYTES = 64 * 1024


class _TooLongError(ValueError):
    """The reply is longer than the cap."""


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
