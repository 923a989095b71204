"""The stage: terminals, lines and a journal that outlive the processes of the till."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from engine import (
    OPERATIONS,
    RELEASES,
    Book,
    Engine,
    Heard,
    Kind,
    Money,
    Operation,
    Order,
    Outcome,
    SamportTerminal,
    Secret,
    TerminalSettings,
)
from journal import Draft, Fact, Journal, MemoryJournal
from recovery import Recovery
from tools.rehearsal.audit import discrepancies
from tools.rehearsal.clock import RehearsalClock
from tools.rehearsal.line import DirectWire
from tools.rehearsal.power import Power
from tools.simulator import Assumptions, DirectLine, Entry, FaultPlan, Guest, SimulatedTerminal, VirtualClock

_INTEGRATION_KEY = "example-integration-key"
_SECRET_KEY = "example-secret"  # noqa: S105 - the simulator's, which guards nothing

_SETTINGS = TerminalSettings(
    name="bar",
    origin="http://terminal.invalid:8085",
    base_path="/api/v2",
    release=RELEASES["2.2"],
    integration_key=Secret(_INTEGRATION_KEY),
    secret_key=Secret(_SECRET_KEY),
    patience_s=30.0,
    grace_s=180.0,
    reboot_s=20.0,
    payment_timeout_s=180.0,
    question_timeout_s=15.0,
    fence=True,
    idle_by_dialogs=True,
    wiped_whole=True,
)


class PoweredJournal(MemoryJournal):
    """The journal in memory, whose writes are effects: they happen whole, or the power went before."""

    def __init__(self, clock: RehearsalClock, power: Power) -> None:
        super().__init__(projection=OPERATIONS, now=clock.now)
        self._power = power

    def append(self, drafts: Sequence[Draft], *, last_resort: bool = False) -> tuple[Fact, ...]:
        """See ``Journal``."""
        with self._power.effect():
            return super().append(drafts, last_resort=last_resort)


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One run of the till's program. It dies at a power cut; the stage stays."""

    engine: Engine
    recovery: Recovery
    book: Book
    terminals: Mapping[str, SamportTerminal]
    wires: Mapping[str, DirectWire]

    def pay(self, reference: str, amount: str = "125.00", *, terminal: str = "bar", **options: Any) -> Outcome:  # noqa: ANN401
        """Pay, as the door does."""
        return self.do(Kind.PAYMENT, reference, terminal=terminal, amount=Money.parse(amount, "NOK"), **options)

    def do(self, kind: Kind, reference: str, *, terminal: str = "bar", **content: Any) -> Outcome:  # noqa: ANN401
        """Conduct any operation, as the door does."""
        options = {name: content.pop(name) for name in ("patience_s", "mode", "on_dialog") if name in content}
        order = Order(operation_id=str(uuid.uuid4()), kind=kind, terminal=terminal, reference=reference, **content)
        return self.engine.conduct(order, **options)


class Stage:
    """Simulated terminals and one journal, in one virtual time.

    ``guest``, ``plan``, ``profile`` (a release: "1" to "2.2") and ``assumptions`` go to the simulator; a request is
    ``latency_s`` on its way; other keywords change the settings.
    """

    def __init__(
        self,
        *,
        names: Sequence[str] = ("bar",),
        guest: Guest | None = None,
        plan: FaultPlan | None = None,
        profile: str = "2.2",
        assumptions: Assumptions | None = None,
        latency_s: float = 0.005,
        **settings: Any,  # noqa: ANN401 - fields of TerminalSettings
    ) -> None:
        self.virtual = VirtualClock()
        self.power = Power()
        self._latency_s = latency_s
        self.clock = RehearsalClock(self.virtual, self.power)
        self.journal: Journal = PoweredJournal(self.clock, self.power)
        release = RELEASES[profile]
        base_path = "/api/v2" if release.signs else "/api/v1"
        self._settings = replace(_SETTINGS, release=release, base_path=base_path, **settings)
        self.simulators = {
            name: SimulatedTerminal(
                name=name,
                integration_key=_INTEGRATION_KEY,
                secret_key=_SECRET_KEY,
                now=self.virtual.now,
                guest=guest or Guest(takes_s=4.0, weights={"Approved": 1.0}),
                profile=profile if release.signs else "1.x",
                assumptions=assumptions or Assumptions(),
            )
            for name in names
        }
        self.lines = {name: DirectLine(simulator, plan) for name, simulator in self.simulators.items()}

    def start(self) -> Process:
        """Start the till's program anew; what it knew in memory is gone."""
        self.power.restore()
        wires = {
            name: DirectWire(line, self.virtual, self.power, latency_s=self._latency_s)
            for name, line in self.lines.items()
        }
        terminals = {
            name: SamportTerminal(
                replace(self._settings, name=name),
                wire=wire,
                draw=partial(self._draw, name),
                heard=Heard(self.journal, name),
                clock=self.clock,
            )
            for name, wire in wires.items()
        }
        book = Book(self.journal)
        recovery = Recovery(book=book, terminals=terminals, clock=self.clock)
        engine = Engine(
            book=book,
            terminals=terminals,
            clock=self.clock,
            settle=recovery.settle,
            clear_road=recovery.clear_road,
        )
        return Process(engine=engine, recovery=recovery, book=book, terminals=terminals, wires=wires)

    def beside(self) -> Stage:
        """Another till at the same terminals, with a machine and a journal of its own."""
        other = copy.copy(self)
        other.power = Power()
        other.clock = RehearsalClock(self.virtual, other.power)
        other.journal = PoweredJournal(other.clock, other.power)
        return other

    def _draw(self, name: str, floor: int) -> Any:  # noqa: ANN401 - the context manager of Journal.rising
        return self.journal.rising(name, floor=floor)

    @property
    def ledger(self) -> list[Entry]:
        """What really happened, over all terminals."""
        return [entry for simulator in self.simulators.values() for entry in simulator.ledger]

    @property
    def operations(self) -> list[Operation]:
        """Everything in the journal, oldest first."""
        return Book(self.journal).newest(limit=1_000_000)[::-1]

    def discrepancies(self) -> Iterator[str]:
        """Where the journal is wrong about what happened."""
        return discrepancies(self.operations, self.ledger)
