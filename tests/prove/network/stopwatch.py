"""A stopwatch around every exchange of the shipped wire: its deadline, what it took, and how much it read."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from engine.samport.http_wire import MAX_REPLY_BYTES, HttpWire

GRACE_S = 0.5
"""By how much a call may outlive its deadline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lap:
    """One exchange."""

    path: str
    deadline_s: float
    took_s: float
    read_bytes: int

    @property
    def late_s(self) -> float:
        """Seconds after its deadline; negative before it."""
        return self.took_s - self.deadline_s

    @property
    def complaint(self) -> bool:
        """Whether it took too long, or too much."""
        return self.late_s > GRACE_S or self.read_bytes > MAX_REPLY_BYTES

    def __str__(self) -> str:
        return (
            f"{self.path} with a deadline of {self.deadline_s:.2f} s took {self.took_s:.2f} s "
            f"and gave {self.read_bytes:,} bytes"
        )


class Stopwatch:
    """Laps by the port that was spoken to."""

    def __init__(self) -> None:
        self._laps: dict[int, list[Lap]] = defaultdict(list)
        self._lock = threading.Lock()

    def laps(self, port: int) -> list[Lap]:
        """All until now."""
        with self._lock:
            return list(self._laps[port])

    @contextmanager
    def running(self) -> Iterator[None]:
        """Around the shipped wire, as it is at this moment."""
        exchange = HttpWire.exchange

        def timed(wire: HttpWire, request: Any, *, deadline_s: float, on_sent: Any) -> Any:
            began = time.monotonic()
            done = exchange(wire, request, deadline_s=deadline_s, on_sent=on_sent)
            took_s = time.monotonic() - began
            lap = Lap(path=request.path, deadline_s=deadline_s, took_s=took_s, read_bytes=len(done.body))
            with self._lock:
                self._laps[int(wire._origin.rpartition(":")[2])].append(lap)
            return done

        with mock.patch.object(HttpWire, "exchange", timed):
            yield
