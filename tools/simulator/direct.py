"""The line to the terminal without sockets or threads, in virtual time.

It shows what a client would see: a reply, or a drop. Where HTTP clients are fooled, it fools as well:
a head that ends too early looks like a 200 without a body (`faults.md`, HTTP from Python).
"""

from typing import Protocol, assert_never

from tools.simulator import wire
from tools.simulator.carrying import Carried, carry
from tools.simulator.errors import LineDropped
from tools.simulator.faults import Fault, FaultPlan
from tools.simulator.messages import Request, Response
from tools.simulator.terminal import SimulatedTerminal


class Clock(Protocol):
    """The clock that terminal and line share; `VirtualClock` is one."""

    def now(self) -> float:
        """Return unix seconds."""
        ...

    def advance_to(self, moment: float) -> None:
        """Let the time come to `moment`, in unix seconds."""
        ...


class DirectLine:
    """A till's line to one terminal. While `down` is true, nothing leaves: the connection is refused."""

    def __init__(self, terminal: SimulatedTerminal, plan: FaultPlan | None = None) -> None:
        self.terminal = terminal
        self.plan = plan or FaultPlan()
        self.down = False

    def call(self, request: Request, *, at: Clock, timeout_s: float | None = None) -> Response:
        """Send a request and let the time pass until its reply is there; `at` is the terminal's clock as well.

        Raises:
            LineDropped: no reply; also after `timeout_s`, when the client gives up.
        """
        self.deliver_due()
        if self.down or self.terminal.down:
            raise LineDropped(left=False)
        road = _VirtualRoad(at, give_up_at=None if timeout_s is None else at.now() + timeout_s)
        carried = carry(request, terminal=self.terminal, plan=self.plan, road=road)
        return self._as_seen(carried, road)

    def deliver_due(self) -> None:
        """Let the late requests whose time has come arrive, each at its own time."""
        self.terminal.advance()

    def _as_seen(self, carried: Carried, road: "_VirtualRoad") -> Response:
        if carried.reply is None:
            raise LineDropped(left=True)
        match carried.fault:
            case Fault.RESET_MID_BODY | Fault.TRUNCATED | Fault.GARBAGE:
                raise LineDropped(left=True)
            case Fault.CUT_IN_HEADERS:
                seen = dict(list(carried.reply.headers.items())[:1])
                return Response(status=carried.reply.status, headers=seen)
            case Fault.SLOW:
                return self._slowly(carried, carried.reply, road)
            case (
                Fault.NONE
                | Fault.LOST_BEFORE_PROCESSING
                | Fault.LOST_AFTER_PROCESSING
                | Fault.DROPPED_WHILE_PAYING
                | Fault.WRONG_HASH
                | Fault.MISSING_HASH
                | Fault.HTML_ERROR
                | Fault.OK_WITHOUT_OUTCOME
                | Fault.UNKNOWN_OUTCOME
                | Fault.DELIVERED_LATE
                | Fault.DELIVERED_TWICE
                | Fault.BUSY
                | Fault.REBOOT_MID_OPERATION
            ):
                return carried.reply
            case other:
                assert_never(other)

    def _slowly(self, carried: Carried, reply: Response, road: "_VirtualRoad") -> Response:
        try:
            road.wait(self.terminal.advance() + self.plan.timing.slow_byte_s * len(wire.rendered(reply)))
        finally:
            self.terminal.log.prolong(carried.row, until=self.terminal.advance())
        return reply


class _VirtualRoad:
    """Time passes by being moved."""

    def __init__(self, clock: Clock, *, give_up_at: float | None) -> None:
        self._clock = clock
        self._give_up_at = give_up_at

    def wait(self, until: float) -> None:
        if self._give_up_at is not None and until > self._give_up_at:
            self._clock.advance_to(self._give_up_at)
            raise LineDropped(left=True)
        self._clock.advance_to(until)
