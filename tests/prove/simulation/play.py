"""The play: a script performed, from an empty journal to the calm at the end, and what is known then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from engine import AnswerNotStored, Book, Dispatch, FactKind, Operation
from tests.prove.simulation.cashier import Cashier, Told
from tests.prove.simulation.fate import Fate
from tests.prove.simulation.machine import Machine
from tests.prove.simulation.one_thread import in_one_thread
from tests.prove.simulation.scene import GRACE_S
from tests.prove.simulation.script import Script
from tests.prove.simulation.shift import Shift
from tests.prove.simulation.till import KEYS, Till
from tests.prove.simulation.timeline import Timeline
from tools.simulator import Entry, Guest, SimulatedTerminal

CALM_S = 3 * GRACE_S
"""Long enough for all that is in the air to arrive, and for every grace to be over."""


class WatchedTerminal(SimulatedTerminal):
    """A terminal that remembers when it restarted; the till's never would."""

    def __init__(self, **given: Any) -> None:
        self.rebooted_at: list[float] = []
        super().__init__(**given)

    def reboot(self, *, reboot_s: float | None = None) -> None:
        """Restart."""
        super().reboot(reboot_s=reboot_s)
        self.rebooted_at.append(self.advance())


class Play:
    """One seed, performed in a folder of its own."""

    def __init__(self, script: Script, folder: Path) -> None:
        self.script = script
        self.timeline = Timeline()
        self.told: list[Told] = []
        scene = script.scene
        self.terminals = {f"terminal-{place}": self._terminal(place) for place in range(scene.terminals)}
        self.fate = Fate(seed=script.seed, timeline=self.timeline, terminals=self.terminals)
        self.machines = [Machine(folder / f"machine-{place}", self.timeline) for place in range(scene.journals)]
        self.tills = [
            Till(
                machine=self.machines[place % scene.journals],
                timeline=self.timeline,
                scene=scene,
                terminals=self.terminals,
                strike=self.fate.strike,
            )
            for place in range(scene.tills)
        ]
        self.fate.tills = self.tills

    def _terminal(self, place: int) -> WatchedTerminal:
        scene = self.script.scene
        return WatchedTerminal(
            name=f"terminal-{place}",
            integration_key=KEYS[0],
            secret_key=KEYS[1],
            now=self.timeline.now,
            guest=Guest(seed=self.script.seed),
            profile="1.x" if scene.release == "1" else scene.release,
            assumptions=scene.assumptions,
        )

    def perform(self) -> None:
        """Everything, to the end; raises what the shipped code should not have raised."""
        with in_one_thread():
            self._open()
            self.timeline.run()
            self.timeline.advance(CALM_S)
            for till in self.tills:
                self.timeline.start(partial(self._recover, till), carries=Shift(self.script.seed, None, name="calm"))
                self.timeline.run()

    def _open(self) -> None:
        deeds = self.script.deeds
        for place, till in enumerate(self.tills):
            for number in range(self.script.scene.cashiers):
                own = [deed for deed in deeds if (deed.till, deed.cashier) == (place, number)]
                cashier = Cashier(seed=self.script.seed, till=till, terminals=tuple(self.terminals), told=self.told)
                self.fate.cashiers.append(cashier)
                till.tasks.append(self.timeline.start(partial(cashier.work, own), carries=None))

    def _recover(self, till: Till) -> None:
        with suppress(AnswerNotStored):
            till.program().recovery.recover()

    def close(self) -> None:
        """Close every file."""
        for till in self.tills:
            till.die()
        for machine in self.machines:
            machine.close()

    @property
    def shifts(self) -> Iterable[Shift]:
        """Every deed as it was done."""
        return [shift for cashier in self.fate.cashiers for shift in cashier.shifts]

    @property
    def ledger(self) -> list[Entry]:
        """What really happened, over all terminals."""
        return [entry for terminal in self.terminals.values() for entry in terminal.ledger]

    def books(self) -> Iterator[tuple[Till, Book]]:
        """Each journal once, with a till that writes into it."""
        for machine in self.machines:
            till = next(till for till in self.tills if till.machine is machine)
            yield till, till.program().book

    def operations(self) -> list[Operation]:
        """Everything in all journals."""
        return [operation for _, book in self.books() for operation in book.newest(limit=1_000_000)]

    def known_beside(self, operation: Operation) -> set[str]:
        """The ids of all operations in the journal that holds this one."""
        for _, book in self.books():
            if book.by_id(operation.order.operation_id) is not None:
                return {other.order.operation_id for other in book.newest(limit=1_000_000)}
        return set()

    def recorded(self, identity: str, kind: str) -> float | None:
        """When a fact of an operation was written, in true time; None if it never was."""
        return next((till.recorded[identity, kind] for till in self.tills if (identity, kind) in till.recorded), None)

    def dated(self, identity: str, dispatch: Dispatch) -> float:
        """When the clock was read that dates a dispatch, in true time: a write before it was recorded."""
        (machine,) = {till.machine for till in self.tills if (identity, FactKind.DISPATCHED) in till.recorded}
        return machine.when(dispatch.moment)

    def booted_between(self, begin: float, end: float) -> bool:
        """Whether a machine started anew in that time, so that its steady clock tells nothing about it."""
        return any(begin <= moment <= end for machine in self.machines for moment in machine.booted_at)
