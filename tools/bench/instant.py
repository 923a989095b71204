"""A terminal in memory that answers at once, on a wire without sockets: for measuring everything but HTTP."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable

from engine import Exchange, WireRequest
from tools.bench import shop
from tools.simulator import DirectLine, Guest, Request, SimulatedTerminal
from tools.simulator.signing import header_value, reply_hash, stamp_of

_UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OK = 200

_PAST_MS = 10
"""From the simulator's last stamp to ours: a till believes no reply that is not newer than the one before."""


class _Now:
    """The real time, for a terminal whose guest takes none."""

    def now(self) -> float:
        return time.time()

    def advance_to(self, moment: float) -> None:
        """Nobody has to wait."""


class InstantWire:
    """The wire to such a terminal; ``spent_s`` is how long it has taken to answer, since the beginning.

    The simulated terminal answers the first order itself. After that its very reply is given to every other order, with
    the order's own id in it and signed anew: the simulator keeps a ledger, and that would grow in our memory and time.
    Without ``receipts`` these replies carry none.
    """

    def __init__(self, *, receipts: bool = True) -> None:
        self._receipts = receipts
        self.spent_s = 0.0
        terminal = SimulatedTerminal(
            name="instant",
            integration_key=shop.INTEGRATION_KEY,
            secret_key=shop.SECRET_KEY,
            now=time.time,
            guest=Guest(takes_s=0.0, weights={"Approved": 1.0}),
            profile=shop.RELEASE,
        )
        self._line = DirectLine(terminal)
        self._template: bytes | None = None
        self._stamp_ms = 0

    def exchange(self, request: WireRequest, *, deadline_s: float, on_sent: Callable[[], None]) -> Exchange:  # noqa: ARG002 - see ``Wire``
        """See ``Wire``."""
        on_sent()
        began = time.perf_counter()
        if request.method == "POST" and self._template is not None:
            reply = self._approve(request, self._template)
        else:
            reply = self._asked(request)
        self.spent_s += time.perf_counter() - began
        return reply

    def close(self) -> None:
        """Nothing to close."""

    def _asked(self, request: WireRequest) -> Exchange:
        crossing = Request(method=request.method, path=request.path, headers=request.headers, body=request.body)
        response = self._line.call(crossing, at=_Now())
        if request.method == "POST" and response.status == _OK:
            self._template = response.body if self._receipts else _without_receipt(response.body)
            self._stamp_ms = int(time.time() * 1000) + _PAST_MS
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Exchange(left=True, status=response.status, headers=headers, body=response.body)

    def _approve(self, request: WireRequest, template: bytes) -> Exchange:
        body = _UUID.sub(_UUID.findall(request.body)[0], template, count=1)
        self._stamp_ms = max(int(time.time() * 1000), self._stamp_ms + 1)
        stamp = stamp_of(self._stamp_ms / 1000)
        digest = reply_hash(
            secret=shop.SECRET_KEY, stamp=stamp, method=request.method, path=request.path, status=_OK, body=body
        )
        headers = {
            "content-type": "application/json; charset=utf-8",
            "server-authorization": header_value(stamp=stamp, digest=digest),
        }
        return Exchange(left=True, status=_OK, headers=headers, body=body)


def _without_receipt(body: bytes) -> bytes:
    document = json.loads(body)
    del document["receipt"]
    return json.dumps(document, ensure_ascii=False).encode()
