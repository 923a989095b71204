"""The line of one till to one terminal: it takes time, and every exchange can suffer a fault."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from engine import Exchange, WireRequest
from tests.prove.simulation.script import FORGED, REPLAYED
from tests.prove.simulation.shift import Shift
from tests.prove.simulation.timeline import Timeline
from tools.simulator import Cue, DirectLine, Fault, FaultPlan, FaultTiming, LineDropped, Request, SimulatedTerminal

_TAKEN_UP_S = 0.05
"""How long the shipped wire lets a request arrive before it lets others speak."""

_FOR_ORDERS_ONLY = {Fault.DROPPED_WHILE_PAYING, Fault.UNKNOWN_OUTCOME, Fault.BUSY, Fault.REBOOT_MID_OPERATION}


Overheard = defaultdict[tuple[str, str], list[Exchange]]
"""Every reply that came to the till, by what it answered."""


class Powered(Protocol):
    """The till at whose end the line is."""

    def effect(self) -> Any:
        """Around one effect; gives whether the power goes in the middle of it."""
        ...


class Dealt(FaultPlan):
    """A plan that deals what it was told for the next exchange."""

    def __init__(self, late_s: float) -> None:
        super().__init__(timing=FaultTiming(late_s=late_s))
        self.wanted = Fault.NONE
        self.guest = Cue(n=0)

    @property
    def cue(self) -> Cue:
        """The guest of the next operation."""
        return self.guest

    def next(self, *, operation: bool) -> Fault:
        """What the next exchange suffers; a question suffers only what it can."""
        fault, self.wanted = self.wanted, Fault.NONE
        if not operation and fault in _FOR_ORDERS_ONLY:
            fault = Fault.LOST_AFTER_PROCESSING
        return fault


class TroubledLine:
    """The engine's wire, straight into the simulator, on the timeline."""

    def __init__(
        self, terminal: SimulatedTerminal, timeline: Timeline, till: Powered, heard: Overheard, *, late_s: float
    ) -> None:
        self._plan = Dealt(late_s)
        self._line = DirectLine(terminal, self._plan)
        self._timeline = timeline
        self._till = till
        self._heard = heard
        self._seen: Mapping[str, Any] = {}

    def exchange(self, request: WireRequest, *, deadline_s: float, on_sent: Callable[[], None]) -> Exchange:
        """Send once; see ``Wire``."""
        shift: Shift = self._timeline.carried()
        with self._till.effect() as dying:
            fault = shift.line(order=self._look_into(request))
            self._travel(shift, on_sent)
            if fault == FORGED:
                return self._forged(request.method)
            if fault == REPLAYED:
                return self._replayed(request, shift)
            timeout_s = min(deadline_s, shift.dice.uniform(0.0, 15.0)) if dying else deadline_s
            return self._call(request, shift, Fault(fault or Fault.NONE), timeout_s)

    def close(self) -> None:
        """Nothing to close."""

    def _travel(self, shift: Shift, on_sent: Callable[[], None]) -> None:
        takes_s = shift.dice.choice((0.01, 0.1, 0.3, 0.8)) * (0.5 + shift.dice.random())
        self._timeline.advance(min(takes_s, _TAKEN_UP_S))
        on_sent()
        self._timeline.advance(takes_s - _TAKEN_UP_S if takes_s > _TAKEN_UP_S else 0.0)

    def _call(self, request: WireRequest, shift: Shift, fault: Fault, timeout_s: float) -> Exchange:
        crossing = Request(method=request.method, path=request.path, headers=request.headers, body=request.body)
        self._plan.wanted = fault
        if shift.deed is not None:
            self._plan.guest = Cue(
                n=0,
                takes_s=shift.deed.guest_takes_s,
                outcome=shift.deed.guest,
            )
        try:
            response = self._line.call(crossing, at=self._timeline, timeout_s=timeout_s)
        except LineDropped as drop:
            where = "after" if drop.left else "before"
            return Exchange(left=drop.left, failure=f"the line dropped {where} the request had left")
        headers = {name.lower(): value for name, value in response.headers.items()}
        heard = Exchange(left=True, status=response.status, headers=headers, body=response.body)
        self._heard[request.method, request.path].append(heard)
        return heard

    def _look_into(self, request: WireRequest) -> bool:
        """Nothing on this wire is hidden from somebody in between; gives whether it is an order."""
        order = request.method == "POST" and b"customData" in request.body
        if order:
            self._seen = json.loads(request.body)
        return order

    def _forged(self, method: str) -> Exchange:
        """An answer that somebody in between made up: the opposite of what the till should hear."""
        outcome = "Approved" if method == "POST" else "Declined"
        reply = {"transactionOutcome": outcome, "receiptNumber": "999999", "customData": self._seen.get("customData")}
        wrong = base64.b64encode(bytes(32)).decode()
        signature = f"Samport-Keyed-Hash-v1 2025-01-02T03:04:05.678Z {wrong}"
        body = json.dumps(reply).encode()
        return Exchange(left=True, status=200, headers={"server-authorization": signature}, body=body)

    def _replayed(self, request: WireRequest, shift: Shift) -> Exchange:
        """An answer that the till has heard before; the request is kept back."""
        heard = self._heard[request.method, request.path]
        return shift.dice.choice(heard) if heard else Exchange(left=True, failure="kept back")
