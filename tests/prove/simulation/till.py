"""A till: a process on a machine, which dies and is started anew, with the shipped code in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from engine import RELEASES, Book, Engine, Heard, Moment, SamportTerminal, Secret, TerminalSettings
from journal import Fact, JournalError
from recovery import Recovery
from tests.prove.simulation.files import PlayedJournal, go_wrong
from tests.prove.simulation.line import Overheard, TroubledLine
from tests.prove.simulation.machine import Machine
from tests.prove.simulation.scene import GRACE_S, REBOOT_S, Scene
from tests.prove.simulation.script import Mishap, What
from tests.prove.simulation.shift import Shift
from tests.prove.simulation.timeline import Task, Timeline
from tools.rehearsal import Cut, PowerCut
from tools.simulator import SimulatedTerminal

KEYS = ("example-integration-key", "example-secret")

_SETTINGS = TerminalSettings(
    name="",
    origin="http://terminal.invalid:8085",
    base_path="/api/v2",
    release=RELEASES["2.2"],
    integration_key=Secret(KEYS[0]),
    secret_key=Secret(KEYS[1]),
    patience_s=5.0,
    grace_s=GRACE_S,
    reboot_s=REBOOT_S,
    payment_timeout_s=20.0,
    question_timeout_s=8.0,
    fence=True,
    idle_by_dialogs=True,
    wiped_whole=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One run of the till's program."""

    journal: PlayedJournal
    engine: Engine
    recovery: Recovery
    book: Book


class Till:
    """Starts the program, kills it, and is the clock and the disk of whatever runs on it.

    ``strike`` does what a mishap does to others than this till; it says whether it could.
    """

    def __init__(
        self,
        *,
        machine: Machine,
        timeline: Timeline,
        scene: Scene,
        terminals: Mapping[str, SimulatedTerminal],
        strike: Callable[[Till, Shift, Mishap], bool],
    ) -> None:
        self.machine = machine
        self.timeline = timeline
        self._scene = scene
        self._terminals = terminals
        self._strike = strike
        self._program: Program | None = None
        self._heard: dict[str, Overheard] = {name: Overheard(list) for name in terminals}
        self.tasks: list[Task] = []
        self.died_at: list[float] = []
        self.recorded: dict[tuple[str, str], float] = {}
        """When a fact was written, by operation and kind."""

    @property
    def runs(self) -> bool:
        """Whether its program is up."""
        return self._program is not None

    def program(self) -> Program:
        """The running program; started if there is none."""
        if self._program is None:
            self._program = self._start()
        return self._program

    def _start(self) -> Program:
        self.machine.path.parent.mkdir(parents=True, exist_ok=True)
        journal = PlayedJournal(
            self.machine.path, disk=self, timeline=self.timeline, drawn=self.machine.drawn, now=self.machine.now
        )
        self.machine.look_on()
        book = Book(journal)
        terminals = {name: self._terminal(name, journal) for name in self._terminals}
        recovery = Recovery(book=book, terminals=terminals, clock=self)
        engine = Engine(
            book=book,
            terminals=terminals,
            clock=self,
            settle=recovery.settle,
            clear_road=recovery.clear_road,
        )
        return Program(journal=journal, engine=engine, recovery=recovery, book=book)

    def _terminal(self, name: str, journal: PlayedJournal) -> SamportTerminal:
        release = RELEASES[self._scene.release]
        base_path = "/api/v2" if release.signs else "/api/v1"
        settings = replace(_SETTINGS, name=name, release=release, base_path=base_path, **self._scene.settings)
        line = TroubledLine(self._terminals[name], self.timeline, self, self._heard[name], late_s=self._scene.late_s)
        return SamportTerminal(
            settings, wire=line, draw=partial(_draw, journal, name), heard=Heard(journal, name), clock=self
        )

    def die(self) -> None:
        """The process is gone: what it knew in memory, and its locks. Whoever was waiting in it wakes up dead."""
        program, self._program = self._program, None
        self.died_at.append(self.timeline.now())
        for task in self.tasks:
            self.timeline.kill(task, PowerCut())
        if program is not None:
            with suppress(JournalError):
                program.journal.close()

    @contextmanager
    def effect(self) -> Iterator[bool]:
        """Around one effect; gives whether the power goes in the middle of it."""
        cut = self._suffer()
        if cut is not None and cut[1] is Cut.BEFORE:
            self._cut(cut[0])
        yield cut is not None and cut[1] is Cut.DURING
        if cut is not None:
            self._cut(cut[0])

    def _suffer(self) -> tuple[Mishap, Cut] | None:
        shift: Shift = self.timeline.carried()
        due = shift.due()
        for place, mishap in enumerate(due):
            if mishap.what in {What.KILL, What.POWER}:
                shift.postpone(due[place + 1 :])
                return mishap, Cut(mishap.how)
            if self._strike(self, shift, mishap):
                shift.struck[mishap.what] += 1
        return None

    def _cut(self, mishap: Mishap) -> None:
        shift: Shift = self.timeline.carried()
        shift.struck[mishap.what] += 1
        self._strike(self, shift, mishap)
        raise PowerCut

    def now(self) -> datetime:
        """See ``Clock``."""
        return self.machine.now()

    def moment(self) -> Moment:
        """See ``Clock``."""
        return self.machine.moment()

    def sleep(self, seconds: float) -> None:
        """See ``Clock``."""
        with self.effect():
            self.timeline.advance(seconds)

    def write(self, store: Callable[[], tuple[Fact, ...]], *, last_resort: bool) -> tuple[Fact, ...]:
        """See ``Disk``."""
        shift: Shift = self.timeline.carried()
        with self.effect():
            how = shift.disk()
            self.timeline.advance(shift.dice.choice((0.001, 0.005, 0.05)) * shift.dice.random())
            if how is None:
                return self._timed(store)
            shift.struck[What.DISK] += 1
            return go_wrong(how, lambda: self._timed(store), last_resort=last_resort)

    def _timed(self, store: Callable[[], tuple[Fact, ...]]) -> tuple[Fact, ...]:
        facts = store()
        for fact in facts:
            self.recorded[fact.subject, fact.kind] = self.timeline.now()
        return facts


def _draw(journal: PlayedJournal, name: str, floor: int) -> Any:
    return journal.rising(name, floor=floor)
