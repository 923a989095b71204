"""The till that is recorded: shipped journal, engine and recovery at a simulated terminal, in one life or several."""

from __future__ import annotations

import ctypes
import os
import pickle
import random
import signal
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from engine import OPERATIONS, TillproofError
from journal import Draft, Fact, JournalError, PerhapsStored, Projection
from journal.file import FileJournal
from tests.prove.power.said import Voice, operations_in
from tools.rehearsal import Process, RehearsalClock, Stage
from tools.rehearsal.stage import PoweredJournal
from tools.simulator import DirectLine, FaultPlan, Guest, Request, Response, SimulatedTerminal, VirtualClock
from tools.simulator.direct import Clock

JOURNAL = "shop/till.journal"
"""Inside the recorded folder; the folder around it is made by the journal itself."""

ARCHIVE = "old-"
"""How the names of archives begin, which stand beside it."""

_LONGEST_S = 100
"""No life takes so long; one that does is stuck, and ends by a signal."""


class SayingJournal(FileJournal):
    """The shipped journal; what it is asked and what it promised is said aloud."""

    def __init__(self, path: Path, voice: Voice, projection: Projection = OPERATIONS) -> None:
        super().__init__(path, projection=projection, now=lambda: datetime.now(UTC))
        self._voice = voice
        self.path = path
        voice.stored(self.facts())

    def append(self, drafts: Sequence[Draft], *, last_resort: bool = False) -> tuple[Fact, ...]:
        """See ``Journal``."""
        self._voice.tries(drafts)
        try:
            facts = super().append(drafts, last_resort=last_resort)
        except PerhapsStored:
            raise
        except (JournalError, TillproofError):
            self._voice.refused(drafts)
            raise
        self._voice.stored(facts)
        return facts


class SayingLine(DirectLine):
    """A line that says which operations leave. The till may die at one of its requests."""

    def __init__(self, terminal: SimulatedTerminal, plan: FaultPlan, voice: Voice) -> None:
        super().__init__(terminal, plan)
        self._voice = voice
        self.requests_left: int | None = None
        self.die: Callable[[], None] = _nothing

    def call(self, request: Request, *, at: Clock, timeout_s: float | None = None) -> Response:
        """See ``DirectLine``."""
        if request.method == "POST":
            self._voice.sends(operations_in(request.path, request.body.decode()))
        response = super().call(request, at=at, timeout_s=timeout_s)
        if self.requests_left is not None:
            self.requests_left -= 1
            if self.requests_left == 0:
                self.die()
        return response


def _nothing() -> None:
    """Nobody dies."""


@dataclass
class Till:
    """One life of a till's program."""

    journal: SayingJournal
    stage: Stage
    process: Process
    line: SayingLine
    dice: random.Random
    name: str

    def pay(self, times: int = 1) -> None:
        """Some guests pay, as far as it works."""
        for _ in range(times):
            with suppress(TillproofError, JournalError):
                self.process.pay(f"bill-{self.dice.getrandbits(40)}", terminal=self.name)

    def recover(self) -> None:
        """Settle what is open, later on."""
        self.stage.virtual.advance(400.0)
        with suppress(TillproofError, JournalError):
            self.process.recovery.recover()


class Shop:
    """A terminal that stays while tills come and go. Each life is a process of its own."""

    def __init__(self, folder: Path, dice: random.Random, *, name: str = "bar", voice: Voice | None = None) -> None:
        self.folder = folder
        self.dice = dice
        self.voice = Voice(folder) if voice is None else voice
        self._name = name
        self._lives = 0
        self._world = folder.with_name(f"{folder.name}.{name}.world")
        plan = FaultPlan(rate=0.25, seed=dice.getrandbits(30))
        guest = Guest(takes_s=4.0, weights={"Approved": 4.0, "Declined": 1.0}, seed=dice.getrandbits(30))
        stage = Stage(names=(name,), guest=guest)
        line = SayingLine(stage.simulators[name], plan, self.voice)
        self._keep(stage.virtual, stage.simulators[name], line)

    def live(self, do: Callable[[Till], None], *, projection: Projection = OPERATIONS) -> None:
        """A till opens the journal, does it, and closes the journal, if it does not die before."""
        self.wait_for(self.begin(do, projection=projection))

    def begin(self, do: Callable[[Till], None], *, projection: Projection = OPERATIONS) -> int:
        """The same, not waited for; the process."""
        self._lives += 1
        seed = self.dice.getrandbits(60)
        pid = os.fork()
        if pid:
            return pid
        ended = 1
        try:
            signal.alarm(_LONGEST_S)
            self._live(do, projection, random.Random(seed))  # noqa: S311 - repeatable
            ended = 0
        except BaseException:  # noqa: BLE001 - whatever it is, it is told, and this child ends here
            traceback.print_exc()
        os._exit(ended)

    @staticmethod
    def wait_for(pid: int) -> None:
        """Until it has ended.

        Raises:
            RuntimeError: it failed by itself.
        """
        _, status = os.waitpid(pid, 0)
        if status:
            raise RuntimeError(f"a recorded till failed: wait status {status}")

    def _live(self, do: Callable[[Till], None], projection: Projection, dice: random.Random) -> None:
        virtual, simulator, line = pickle.loads(self._world.read_bytes())  # noqa: S301 - our own
        stage = Stage(names=(self._name,), patience_s=4.0)
        stage.virtual, stage.simulators, stage.lines = virtual, {self._name: simulator}, {self._name: line}
        stage.clock = RehearsalClock(virtual, stage.power)
        for _ in range(self._lives):
            stage.clock.boot()
        journal = SayingJournal(self.folder / JOURNAL, self.voice, projection)
        stage.journal = cast("PoweredJournal", journal)  # the stage's own one is in memory

        def die() -> None:
            line.requests_left, line.die = None, _nothing
            self._keep(virtual, simulator, line)
            os._exit(0)

        line.die = die
        do(Till(journal, stage, stage.start(), line, dice, self._name))
        line.requests_left, line.die = None, _nothing
        journal.close()
        self._keep(virtual, simulator, line)

    def _keep(self, *world: VirtualClock | SimulatedTerminal | SayingLine) -> None:
        self._world.write_bytes(pickle.dumps(world))


def recorder() -> ctypes.CDLL:
    """The recorder in this process.

    Raises:
        RuntimeError: it is not preloaded.
    """
    library = ctypes.CDLL(None)
    if not hasattr(library, "recorder_begin"):
        raise RuntimeError("the recorder is not preloaded")
    library.recorder_room.argtypes = [ctypes.c_int64]
    library.recorder_dies.argtypes = [ctypes.c_int64, ctypes.c_int64]
    library.recorder_sync_fails.argtypes = [ctypes.c_int64]
    return library
