"""A card terminal without sockets, threads or sleep: it moves when somebody looks at it.

Invariants, each of which a test holds:

1. Time first. Every entry plays what was due since the last one, in the order of time: operations that
   finish, acts from outside, requests that arrive late. So an operation ends whether or not anyone
   collects its reply.
2. One operation at a time; a second one hears 503 and leaves no trace but its stamp.
3. What enters the ledger was started. A request that was refused, or never arrived, is not in it.
4. A finished operation is in its type's slot until the next one of that type, a capture, or a reboot.
"""

from collections.abc import Callable
from typing import assert_never

from tools.simulator import routes
from tools.simulator.acts import Act, Foreign, Press, Reboot, Skew
from tools.simulator.agenda import Agenda
from tools.simulator.air import Air
from tools.simulator.assumptions import Assumptions
from tools.simulator.errors import NotFinished, NothingToPress, Rebooted, TerminalBusy
from tools.simulator.exchange import Exchange
from tools.simulator.gate import Gate
from tools.simulator.guest import Button, Guest
from tools.simulator.kinds import Outcome
from tools.simulator.ledger import Arrival, Entry
from tools.simulator.memory import Memory
from tools.simulator.messages import Request, Response, Underway
from tools.simulator.operations import Operations
from tools.simulator.order import Order
from tools.simulator.profile import Profile
from tools.simulator.request_log import RequestLog
from tools.simulator.signer import Signer
from tools.simulator.switchboard import Switchboard

_DEFAULTS = Assumptions()


class SimulatedTerminal:
    """One terminal (`protocol.md`, sections 2, 3 and 6).

    `now` gives unix seconds. `skew_s` is how far the terminal's own clock is ahead of it: it shifts the
    stamps of replies and the check of requests, while ledger and log keep the true time. `boots` counts
    the reboots. A 1.x terminal has no `secret_key`. Not thread-safe: whoever shares it holds a lock.
    """

    def __init__(
        self,
        *,
        name: str,
        integration_key: str,
        secret_key: str = "",
        now: Callable[[], float],
        guest: Guest,
        profile: Profile | str = Profile.V2_2,
        first_receipt: int = 1,
        assumptions: Assumptions = _DEFAULTS,
    ) -> None:
        self.name = name
        self.profile = Profile(profile)
        self.assumptions = assumptions
        if self.profile.keyed_hash and not secret_key:
            raise ValueError(f"a terminal of release {self.profile} signs; give it a secret_key")
        secret = secret_key if self.profile.keyed_hash else None
        self.skew_s = 0.0
        self.boots = 0
        self.log = RequestLog()
        self.agenda = Agenda()
        self.gate = Gate(integration_key=integration_key, secret_key=secret, assumptions=assumptions)
        memory = Memory(first_receipt=first_receipt, assumptions=assumptions)
        self.operations = Operations(guest=guest, memory=memory, agenda=self.agenda, assumptions=assumptions)
        self._switchboard = Switchboard(
            name=name, profile=self.profile, assumptions=assumptions, operations=self.operations
        )
        self._signer = Signer(secret_key=secret, assumptions=assumptions)
        self._now = now
        self._at = now()
        self._air = Air()
        self._cut_off: set[int] = set()
        self._up_at: float | None = None
        self._playing = False

    @property
    def ledger(self) -> list[Entry]:
        """The operations that have ended until now: the truth of audits."""
        self.advance()
        return list(self.operations.ledger)

    @property
    def down(self) -> bool:
        """Whether it is booting, so that nobody is there to accept a connection."""
        self.advance()
        return self._up_at is not None

    def receive(
        self, request: Request, *, arrived: Arrival = Arrival.DIRECT, busy: bool = False
    ) -> Response | Underway:
        """Take in a request that arrives now; `busy` refuses it as if an operation were running."""
        self.advance()
        return self._handle(request, arrived, busy=busy)

    def collect(self, underway: Underway) -> Response:
        """Return the reply of a finished operation.

        Raises:
            NotFinished: it still runs.
            Rebooted: the terminal rebooted under it.
        """
        if self.due_at(underway) is not None:
            raise NotFinished
        if underway.ordinal in self._cut_off:
            raise Rebooted
        entry = self.operations.ledger[underway.ordinal - 1]
        return self._switchboard.show(self._exchange(underway.request), entry)

    def due_at(self, underway: Underway) -> float | None:
        """Return when to look again, in unix seconds, or None when the operation has ended.

        That may be before its end: a late request, an abort for one, may arrive first.
        """
        self.advance()
        running = self.operations.running
        return self.next_event() if running is not None and running.ordinal == underway.ordinal else None

    def arrives_later(self, request: Request, *, at: float) -> None:
        """Let a request arrive at unix time `at`; nobody hears the reply."""
        self._air.put(request, at=at)

    def forget_late(self) -> None:
        """Lose the requests that have not arrived yet."""
        self._air.clear()

    def starts_operation(self, request: Request) -> bool:
        """Whether this request asks for an operation, and not a question."""
        route = self._switchboard.route(request.method, request.bare_path)
        return isinstance(route, routes.Start | routes.StartAsync)

    def advance(self) -> float:
        """Play what was due until now; return the time now. Time never runs backwards here."""
        if self._playing:
            # Whatever is played happens at its own time, and not at that of the look.
            return self._at
        until = max(self._at, self._now())
        self._playing = True
        while (event := self.next_event()) is not None and event <= until:
            self._at = max(self._at, event)
            self._play(event)
        self._playing = False
        self._at = until
        return until

    def next_event(self) -> float | None:
        """Return when something will happen by itself, in unix seconds, or None."""
        running = self.operations.running
        moments = [self._up_at, None if running is None else running.finish_at, self.agenda.next_at, self._air.next_at]
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def printed(self) -> list[str]:
        """What was printed by request, oldest first."""
        return list(self._switchboard.peripherals.printed)

    def perform(self, act: Act) -> None:
        """Do what people and power lines do; raises what the single acts raise."""
        match act:
            case Reboot():
                self.reboot(reboot_s=act.reboot_s)
            case Foreign():
                self.foreign(act.order, outcome=act.outcome)
            case Press():
                self.press(act.button)
            case Skew():
                self.skew_s = act.s
            case other:
                assert_never(other)

    def press(self, button: Button) -> None:
        """Let the guest press a button.

        Raises:
            NothingToPress: nobody is there, or it comes too late.
        """
        if not self.operations.press(button, self.advance()):
            raise NothingToPress

    def reboot(self, *, reboot_s: float | None = None) -> None:
        """Cut the power and start again, after `reboot_s` or else `Assumptions.reboot_s` seconds.

        What is in the air arrives afterwards; what arrives in between is lost.
        """
        at = self.advance()
        self.boots += 1
        reboot_s = self.assumptions.reboot_s if reboot_s is None else reboot_s
        self._up_at = at + reboot_s if reboot_s > 0 else None
        killed = self.operations.kill(at)
        if killed is not None:
            self._cut_off.add(killed)
        if not self.assumptions.slot_survives_reboot:
            self.operations.memory.forget_slots()
        if not self.assumptions.stamps_survive_reboot:
            self.gate.forget()

    def foreign(self, order: Order, *, outcome: str = Outcome.APPROVED) -> Entry:
        """Let another till do an operation that takes no time; it takes the slot of its type.

        Raises:
            TerminalBusy: an operation is running, or the terminal boots.
        """
        at = self.advance()
        if self.operations.running is not None or self.down:
            raise TerminalBusy
        self.operations.finish(self.operations.start_foreign(order, at=at, outcome=outcome))
        return self.operations.ledger[-1]

    def reply(self, request: Request, status: int, body: bytes) -> Response:
        """Sign a reply to this request with the terminal's own clock and secret."""
        return self._exchange(request).reply(status, body)

    def _handle(self, request: Request, arrived: Arrival, *, busy: bool) -> Response | Underway:
        exchange = self._exchange(request, arrived, busy=busy)
        if why := self.gate.refusal(request, clock_s=exchange.clock_s):
            # A 1.x terminal refuses nothing but a wrong key here.
            return exchange.refuse(self.profile.wrong_key_status, why)
        return self._switchboard.answer(exchange)

    def _exchange(self, request: Request, arrived: Arrival = Arrival.DIRECT, *, busy: bool = False) -> Exchange:
        return Exchange(
            request=request,
            at=self._at,
            clock_s=self._at + self.skew_s,
            arrived=arrived,
            busy=busy or self.operations.running is not None,
            signer=self._signer,
        )

    def _play(self, event: float) -> None:
        running = self.operations.running
        if self._up_at is not None and self._up_at <= event:
            self._up_at = None
        elif running is not None and running.finish_at <= event:
            self.operations.finish(running)
        elif self.agenda.next_at is not None and self.agenda.next_at <= event:
            self._perform_or_miss(self.agenda.take())
        else:
            self._arrive_late()

    def _perform_or_miss(self, act: Act) -> None:
        try:
            self.perform(act)
        except (TerminalBusy, NothingToPress):
            self.agenda.missed.append(act)

    def _arrive_late(self) -> None:
        request = self._air.take().request
        heard = None if self._up_at is not None else self._handle(request, Arrival.LATE, busy=False)
        status = heard.status if isinstance(heard, Response) else None
        self.log.note(request, at=self._at, until=self._at, status=status, fault="delivered_late", arrived=Arrival.LATE)
