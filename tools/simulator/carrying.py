"""How a request is carried to the terminal and its reply back, under a fault, over any road.

What happens at the terminal is decided here, once, for sockets and for virtual time. What is left to
the road is waiting, and what it does to the bytes of a reply.
"""

import base64
import json
from dataclasses import dataclass, replace
from typing import Protocol, assert_never

from tools.simulator import answers
from tools.simulator.acts import Reboot
from tools.simulator.errors import Rebooted
from tools.simulator.faults import Fault, FaultPlan, FaultTiming
from tools.simulator.kinds import Outcome
from tools.simulator.ledger import Arrival
from tools.simulator.messages import Request, Response, Underway
from tools.simulator.request_log import Row
from tools.simulator.signer import SIGNATURE
from tools.simulator.signing import header_value, split_header
from tools.simulator.terminal import SimulatedTerminal

_OK = 200


class Road(Protocol):
    """How time passes on the way; its clock is the terminal's."""

    def wait(self, until: float) -> None:
        """Come back at unix time `until`, or earlier when something happened at the terminal."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What came of it: the reply as the terminal sent it off, or None when the line just closes."""

    fault: Fault
    reply: Response | None
    row: Row


def carry(request: Request, *, terminal: SimulatedTerminal, plan: FaultPlan, road: Road) -> Carried:
    """Carry one request under the plan's next fault, and note it in the terminal's log.

    One that finds the terminal booting takes no fault from the plan: its connection just ends.
    """
    at = terminal.advance()
    if terminal.down:
        return Carried(fault=Fault.NONE, reply=None, row=_noted(request, None, Fault.NONE, terminal, at))
    operation = terminal.starts_operation(request)
    fault = plan.next(operation=operation)
    if operation:
        request = replace(request, cue=plan.cue)
    reply: Response | None = None
    try:
        reply = _Trip(terminal, road, plan.timing).go(request, fault)
    finally:
        # Also when the client gave up on the way: the request was made.
        row = _noted(request, reply, fault, terminal, at)
    return Carried(fault=fault, reply=reply, row=row)


def _noted(request: Request, reply: Response | None, fault: Fault, terminal: SimulatedTerminal, at: float) -> Row:
    return terminal.log.note(
        request,
        at=at,
        until=terminal.advance(),
        status=None if reply is None else reply.status,
        fault=fault,
        arrived=Arrival.DUPLICATE if fault is Fault.DELIVERED_TWICE else Arrival.DIRECT,
    )


class _Trip:
    def __init__(self, terminal: SimulatedTerminal, road: Road, timing: FaultTiming) -> None:
        self._terminal = terminal
        self._road = road
        self._timing = timing

    def go(self, request: Request, fault: Fault) -> Response | None:
        match fault:
            case Fault.LOST_BEFORE_PROCESSING:
                return None
            case Fault.DELIVERED_LATE:
                self._terminal.arrives_later(request, at=self._terminal.advance() + self._timing.late_s)
                return None
            case Fault.DROPPED_WHILE_PAYING:
                self._until_the_middle(self._terminal.receive(request))
                return None
            case Fault.REBOOT_MID_OPERATION:
                return self._reboot_under(request)
            case Fault.LOST_AFTER_PROCESSING:
                self._settled(self._terminal.receive(request))
                return None
            case Fault.DELIVERED_TWICE:
                return self._twice(request)
            case Fault.BUSY:
                return self._settled(self._terminal.receive(request, busy=True))
            case (
                Fault.WRONG_HASH
                | Fault.MISSING_HASH
                | Fault.HTML_ERROR
                | Fault.OK_WITHOUT_OUTCOME
                | Fault.UNKNOWN_OUTCOME
            ):
                reply = self._settled(self._terminal.receive(request))
                return None if reply is None else self._falsified(request, reply, fault)
            case (
                Fault.NONE | Fault.RESET_MID_BODY | Fault.TRUNCATED | Fault.CUT_IN_HEADERS | Fault.GARBAGE | Fault.SLOW
            ):
                return self._settled(self._terminal.receive(request))
            case other:
                assert_never(other)

    def _settled(self, heard: Response | Underway) -> Response | None:
        """Wait for the reply; None when a reboot took it away."""
        if isinstance(heard, Response):
            return heard
        while (due := self._terminal.due_at(heard)) is not None:
            self._road.wait(due)
        try:
            return self._terminal.collect(heard)
        except Rebooted:
            return None

    def _until_the_middle(self, heard: Response | Underway) -> None:
        if isinstance(heard, Underway):
            self._wait(self._middle(heard.started_at, heard.finish_at))

    def _reboot_under(self, request: Request) -> Response | None:
        """Reboot in the middle of the visit; an asynchronous start has its 200 by then."""
        heard = self._terminal.receive(request)
        running = self._terminal.operations.running
        if isinstance(heard, Response) and heard.status == _OK and running is not None:
            self._terminal.agenda.put(Reboot(), at=self._middle(running.started_at, running.finish_at))
            return heard
        self._until_the_middle(heard)
        self._terminal.reboot()
        return None

    def _middle(self, started_at: float, finish_at: float) -> float:
        return started_at + (finish_at - started_at) * self._timing.share_of_visit

    def _twice(self, request: Request) -> Response | None:
        """Deliver two copies; the first is processed like any other, and nobody listens to its reply."""
        self._terminal.receive(request)
        self._wait(self._terminal.advance() + self._timing.second_copy_s)
        return self._settled(self._terminal.receive(request, arrived=Arrival.DUPLICATE))

    def _wait(self, until: float) -> None:
        while self._terminal.advance() < until:
            self._road.wait(until)

    def _falsified(self, request: Request, reply: Response, fault: Fault) -> Response:
        match fault:
            case Fault.WRONG_HASH:
                return _with_wrong_hash(reply)
            case Fault.MISSING_HASH:
                return replace(reply, headers={k: v for k, v in reply.headers.items() if k != SIGNATURE})
            case Fault.HTML_ERROR:
                return Response(status=500, headers={"Content-Type": "text/html"}, body=_PAGE)
            case Fault.OK_WITHOUT_OUTCOME if _has_outcome(reply):
                return self._terminal.reply(request, _OK, b"{}")
            case Fault.UNKNOWN_OUTCOME if _has_outcome(reply):
                document = json.loads(reply.body) | {"transactionOutcome": Outcome.UNKNOWN}
                return self._terminal.reply(request, _OK, answers.json_bytes(document))
            case _:
                return reply


def _has_outcome(reply: Response) -> bool:
    """Whether there is an outcome to falsify: an empty dialog is a truth of its own, and stays one."""
    return reply.status == _OK and b'"transactionOutcome"' in reply.body


_PAGE = "<!DOCTYPE html><html><body><h1>500 Intern tjenerfeil, beklager så mye</h1></body></html>".encode()


def _with_wrong_hash(reply: Response) -> Response:
    """Return the reply with a hash of the right form that belongs to nothing."""
    parts = split_header(reply.headers.get(SIGNATURE, ""))
    if parts is None:
        return reply
    wrong = base64.b64encode(bytes(32)).decode()
    return replace(reply, headers={**reply.headers, SIGNATURE: header_value(stamp=parts[0], digest=wrong)})
