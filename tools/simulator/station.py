"""A terminal that many threads share: the lock, the waiting, and the plan of faults."""

import threading
from collections.abc import Callable

from tools.simulator.errors import Stopped
from tools.simulator.faults import FaultPlan
from tools.simulator.terminal import SimulatedTerminal


class Station:
    """Hold `changed` to touch the terminal, and notify it after a change. It is a `Road` in real time."""

    def __init__(self, terminal: SimulatedTerminal, plan: FaultPlan, *, on_reboot: Callable[[], None]) -> None:
        self.terminal = terminal
        self.plan = plan
        self.changed = threading.Condition()
        self._on_reboot = on_reboot
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

    def reboot(self) -> None:
        """Reboot the terminal: every connection ends."""
        with self.changed:
            self.terminal.reboot()
            self.changed.notify_all()
        self._on_reboot()

    def stop(self) -> None:
        """Wake everybody who waits, for the last time."""
        self._stopping.set()
        with self.changed:
            self.terminal.forget_late()
            self.changed.notify_all()
