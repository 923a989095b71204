"""A terminal that many threads share: the lock, the waiting, and the plan of faults."""

import threading
from collections.abc import Callable

from tools.simulator.acts import Act
from tools.simulator.errors import Stopped
from tools.simulator.faults import FaultPlan
from tools.simulator.script import Script
from tools.simulator.terminal import SimulatedTerminal


class Station:
    """Hold `changed` to touch the terminal, and call `moved` after a change. It is a `Road` in real time.

    `on_reboot` and `on_up`, for the end of a reboot, are called with `changed` held.
    """

    def __init__(
        self,
        terminal: SimulatedTerminal,
        plan: FaultPlan,
        *,
        on_reboot: Callable[[], None],
        on_up: Callable[[], None],
    ) -> None:
        self.terminal = terminal
        self.plan = plan
        self.changed = threading.Condition()
        self._on_reboot = on_reboot
        self._on_up = on_up
        self._boots = terminal.boots
        self._stopping = threading.Event()

    def wait(self, until: float) -> None:
        """Sleep, with the lock released, until unix time `until` or a change; raise `Stopped` at the stop."""
        if not self._stopping.is_set():
            self.changed.wait(max(0.0, until - self.terminal.advance()))
        if self._stopping.is_set():
            raise Stopped

    def pause(self, seconds: float) -> None:
        """Sleep without the lock; raise `Stopped` at the stop."""
        if self._stopping.wait(seconds):
            raise Stopped

    def perform(self, act: Act) -> None:
        """Do something to the terminal from outside."""
        with self.changed:
            self.terminal.perform(act)
            self.moved()

    def replace_plan(self, plan: FaultPlan) -> None:
        """Play another plan from now on; what has been played stays counted."""
        with self.changed:
            plan.played.update(self.plan.played)
            self.plan = plan

    def begin(self, script: Script) -> None:
        """Begin a script now."""
        with self.changed:
            self.replace_plan(script.plan)
            script.begin(self.terminal)
            self.moved()

    def moved(self) -> None:
        """Tell whoever waits that something happened; after a reboot every connection ends. Hold `changed`."""
        if self._boots != self.terminal.boots:
            self._boots = self.terminal.boots
            self._on_reboot()
        self.changed.notify_all()

    def tick(self) -> bool:
        """Play what is due, and sleep until something is; return False at the stop."""
        with self.changed:
            now = self.terminal.advance()
            if self._boots != self.terminal.boots:
                self.moved()
            if not self.terminal.down:
                self._on_up()
            due = self.terminal.next_event()
            if not self._stopping.is_set():
                self.changed.wait(None if due is None else max(0.0, due - now))
            return not self._stopping.is_set()

    def stop(self) -> None:
        """Wake everybody who waits, for the last time."""
        self._stopping.set()
        with self.changed:
            self.terminal.forget_late()
            self.terminal.agenda.clear()
            self.changed.notify_all()
