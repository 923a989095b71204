"""The engine's wire, straight into the simulator."""

from __future__ import annotations

from collections.abc import Callable

from engine import Exchange, WireRequest
from tools.rehearsal.power import Power
from tools.simulator import DirectLine, LineDropped, Request, Response, VirtualClock

_DIES_AFTER_S = 0.5
"""How long an exchange has been under way when the power goes in the middle of it."""


class DirectWire:
    """What ``HttpWire`` is over sockets: one transmission, one reply or none, and the knowledge of what left."""

    def __init__(self, line: DirectLine, clock: VirtualClock, power: Power, *, latency_s: float) -> None:
        self._line = line
        self._clock = clock
        self._power = power
        # Without it a till that asks and asks would ask for ever at one moment.
        self._latency_s = latency_s
        self.sent: list[WireRequest] = []

    def exchange(self, request: WireRequest, *, deadline_s: float, on_sent: Callable[[], None]) -> Exchange:
        """Send once; the time that it takes passes for everybody."""
        with self._power.effect() as dying:
            self.sent.append(request)
            on_sent()
            self._clock.advance(self._latency_s)
            try:
                response = self._call(request, min(deadline_s, _DIES_AFTER_S) if dying else deadline_s)
            except LineDropped as drop:
                where = "after" if drop.left else "before"
                return Exchange(left=drop.left, failure=f"the line dropped {where} the order had left")
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Exchange(left=True, status=response.status, headers=headers, body=response.body)

    def _call(self, request: WireRequest, timeout_s: float) -> Response:
        crossing = Request(method=request.method, path=request.path, headers=request.headers, body=request.body)
        return self._line.call(crossing, at=self._clock, timeout_s=timeout_s)

    def close(self) -> None:
        """Nothing to close."""
