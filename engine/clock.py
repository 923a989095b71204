"""The clock port. Time is an effect like disk and network: production waits, tests only turn the hands."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A point in time that a jump of the wall clock cannot move.

    ``ticks_ms`` counts milliseconds of a steady clock; ``span`` names the stretch in which it counts without a
    break: one run of the machine, or of this process where the machine cannot be asked.
    """

    span: str
    ticks_ms: int


class Clock(Protocol):
    """What the engine asks of time."""

    def now(self) -> datetime:
        """Wall-clock time, aware, UTC. For people and for stamps; never for measuring how long something took."""
        ...

    def moment(self) -> Moment:
        """The present, for measuring from later, also after a restart."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


def passed_s(since: Moment, now: Moment) -> float:
    """Seconds that have *at least* passed from ``since`` to ``now``.

    A till without a battery clock starts in yesterday and jumps when the network gives it the time; a wait that is
    measured by the wall is then over at once, and "not charged" is said too early. So the wall is never asked: in
    the same span the ticks are subtracted, and in a later one at least its own ticks have passed.
    """
    began = since.ticks_ms if since.span == now.span else 0
    return max(0, now.ticks_ms - began) / 1000


def _ticks_s() -> float:
    """A steady clock that also counts while the machine sleeps: the terminal does not sleep with it."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def within_s(since: Moment, now: Moment, limit_s: float) -> bool:
    """Whether it is certain that less than ``limit_s`` has passed; across spans nothing is."""
    return since.span == now.span and (now.ticks_ms - since.ticks_ms) / 1000 < limit_s


class SystemClock:
    """The machine's clocks."""

    def __init__(self) -> None:
        try:
            self._span = _BOOT_ID.read_text(encoding="ascii").strip()
        except OSError:
            self._span = f"process-{uuid.uuid4()}"
        # Another span's ticks say nothing here, so a span of a process begins to count at its own start.
        self._origin = _ticks_s() if self._span.startswith("process-") else 0.0

    def now(self) -> datetime:
        """Wall-clock time, aware, UTC."""
        return datetime.now(UTC)

    def moment(self) -> Moment:
        """The present on the steady clock."""
        return Moment(span=self._span, ticks_ms=int((_ticks_s() - self._origin) * 1000))

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)
