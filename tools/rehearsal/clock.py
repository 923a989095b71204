"""The engine's clock port over the simulator's virtual clock, and a wall clock that may be wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from engine import Moment
from tools.rehearsal.power import Power
from tools.simulator import VirtualClock


class RehearsalClock:
    """Waiting moves the time of everybody. ``wall_error_s`` is how far the till's wall clock is ahead of the truth."""

    def __init__(self, virtual: VirtualClock, power: Power) -> None:
        self._virtual = virtual
        self._power = power
        self._boots = 0
        self._booted_at = virtual.now()
        self.wall_error_s = 0.0

    def now(self) -> datetime:
        """The till's wall clock."""
        return datetime.fromtimestamp(self._virtual.now(), UTC) + timedelta(seconds=self.wall_error_s)

    def moment(self) -> Moment:
        """The till's steady clock."""
        return Moment(span=f"boot {self._boots}", ticks_ms=round((self._virtual.now() - self._booted_at) * 1000))

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        with self._power.effect():
            self._virtual.advance(seconds)

    def boot(self) -> None:
        """The machine starts anew, and with it a new span of the steady clock."""
        self._boots += 1
        self._booted_at = self._virtual.now()
