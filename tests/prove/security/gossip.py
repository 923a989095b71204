"""A terminal that gossips: it works, and puts card numbers and keys into every text that it can.

Over real HTTP, because what is searched are the files, the lines and the complaints of the real till.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle, islice
from typing import Any

from tests.prove.security.planted import INTEGRATION_KEY, NUMBERS, SECRET_KEY, WIDE_SEPARATORS, grouped
from tools.simulator import Guest, Request, Response, SimulatedTerminal, signing

_TRUE_WORDS = frozenset({"transactionOutcome", "tillproofOperationId", "receiptNumber", "symbol", "currencySymbol"})
"""What the till must understand, so that it goes on."""


class Mood(StrEnum):
    """How the terminal answers an order; questions are answered truly, and with gossip."""

    CHATTY = "true, with gossip in every text"
    UNCLEAR = "an outcome that nobody knows"
    REFUSING = "400 with a reason"
    FORBIDDING = "401 with a reason, to questions as well"
    PAGE = "a page of somebody else's error, with the request in it, to questions as well"
    UNSIGNED = "without a signature"
    CUT = "half of it"


class _Gossip:
    """Numbers in every dress that a terminal may print, and the keys as they were sent."""

    def __init__(self, first: int) -> None:
        dressed = [dress for number in NUMBERS for dress in (number, grouped(number, " "), grouped(number, "-"))]
        wide = [grouped(number, blank) for number, blank in zip(NUMBERS, WIDE_SEPARATORS, strict=False)]
        words = [*dressed, *wide, INTEGRATION_KEY, SECRET_KEY]
        self._words = islice(cycle(words), first, None)

    def word(self) -> str:
        return next(self._words)

    def in_all(self, value: Any, key: str = "") -> Any:
        """The same document, with gossip in every text of it, among its names, and as numbers."""
        match value:
            case dict():
                told = {name: self.in_all(inner, name) for name, inner in value.items()}
                odd = {f"x {NUMBERS[3]}": int(NUMBERS[0]), f"{NUMBERS[4]} y": f"z {self.word()}"}
                return told | odd | {"message": self.word()}
            case list():
                return [self.in_all(inner, key) for inner in value]
            case str() if key == "escpos":
                # No keys here: of what a terminal itself packs nothing is promised, see ``engine/samport/hiding.py``.
                printed = base64.b64decode(value) + f"\n{grouped(NUMBERS[1], ' ')}\n{NUMBERS[2]}\n".encode()
                return base64.b64encode(printed).decode()
            case str() if key not in _TRUE_WORDS:
                return f"{value}\n{self.word()} {self.word()}"
            case _:
                return value


class GossipingTerminal:
    """The terminal, and the one lock that it needs."""

    def __init__(self, rumour: int) -> None:
        self.mood = Mood.CHATTY
        self._gossip = _Gossip(rumour)
        self._turn = threading.Lock()
        self._terminal = SimulatedTerminal(
            name="bar",
            integration_key=INTEGRATION_KEY,
            secret_key=SECRET_KEY,
            now=time.time,
            guest=Guest(takes_s=0.0, weights={"Approved": 1.0}),
        )
        self._last_us = 0

    def answer(self, request: Request) -> Response:
        """Answer, in its mood."""
        with self._turn:
            order = self._terminal.starts_operation(request)
            heard = self._terminal.receive(request)
            reply = heard if isinstance(heard, Response) else self._terminal.collect(heard)
            return self._moody(request, reply, order=order)

    def _moody(self, request: Request, reply: Response, *, order: bool) -> Response:
        match self.mood:
            case Mood.FORBIDDING:
                return self._signed(request, 401, {"message": f"Integration-Key {INTEGRATION_KEY} is unknown"})
            case Mood.PAGE:
                page = f"<html>{dict(request.headers)} {self._gossip.word()} {self._gossip.word()}</html>"
                return Response(status=500, headers={"Content-Type": "text/html"}, body=page.encode())
            case Mood.REFUSING if order:
                why = f"key {INTEGRATION_KEY}, secret {SECRET_KEY}, card {self._gossip.word()}"
                return self._signed(request, 400, {"message": why})
            case Mood.UNCLEAR if order or request.path.endswith("/latest"):
                outcome = f"Approved {NUMBERS[0]} {SECRET_KEY}"
                document = self._document(reply) | {"transactionOutcome": outcome}
                return self._signed(request, reply.status, document)
            case Mood.UNSIGNED if order:
                return Response(status=200, headers={}, body=json.dumps(self._document(reply)).encode())
            case Mood.CUT if order:
                whole = json.dumps(self._document(reply)).encode()
                return Response(status=200, headers={"Content-Length": str(2 * len(whole))}, body=whole)
            case _:
                return self._signed(request, reply.status, self._document(reply))

    def _document(self, reply: Response) -> dict[str, Any]:
        try:
            document = json.loads(reply.body)
        except ValueError:
            document = {}
        told: dict[str, Any] = self._gossip.in_all(document)
        return told

    def _signed(self, request: Request, status: int, document: Mapping[str, Any]) -> Response:
        body = json.dumps(document, ensure_ascii=False).encode()
        self._last_us = max(self._last_us + 1, time.time_ns() // 1000)
        stamp = signing.stamp_of(self._last_us / 1_000_000)[:-1] + f"{self._last_us % 1000:03d}Z"
        digest = signing.reply_hash(
            secret=SECRET_KEY, stamp=stamp, method=request.method, path=request.bare_path, status=status, body=body
        )
        header = signing.header_value(stamp=stamp, digest=digest)
        return Response(status=status, headers={"Server-Authorization": header}, body=body)


@contextmanager
def listening(terminal: GossipingTerminal) -> Iterator[int]:
    """The terminal on a port of loopback, which this gives."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # a reply in one piece, or each would wait for an acknowledgement

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            request = Request(
                method=self.command, path=self.path, headers=dict(self.headers), body=self.rfile.read(length)
            )
            reply = terminal.answer(request)
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)
            self.close_connection = reply.header("Content-Length") is not None

        do_POST = do_GET  # noqa: N815 - the library's name

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
