"""What will happen to the terminal from outside, and when: timed, or tied to an operation."""

import heapq
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count

from tools.simulator.acts import Act


@dataclass(order=True, frozen=True, slots=True)
class _Timed:
    at: float
    turn: int
    act: Act = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tied:
    after_s: float
    act: Act


class Agenda:
    """Acts to come, next one first. Operations are numbered as their requests are sent (`Cue`).

    `missed` are the acts that came when they meant nothing: a button, and nobody there.
    """

    def __init__(self) -> None:
        self.missed: list[Act] = []
        self._timed: list[_Timed] = []
        self._turns = count()
        self._at_start: dict[int, list[_Tied]] = defaultdict(list)
        self._at_end: dict[int, list[_Tied]] = defaultdict(list)

    @property
    def next_at(self) -> float | None:
        """When the next act is due, in unix seconds, or None."""
        return self._timed[0].at if self._timed else None

    def put(self, act: Act, *, at: float) -> None:
        """Let it happen at unix time `at`."""
        heapq.heappush(self._timed, _Timed(at, next(self._turns), act))

    def put_during(self, act: Act, *, n: int, after_s: float) -> None:
        """Let it happen so many seconds after the start of operation `n`."""
        self._at_start[n].append(_Tied(after_s=after_s, act=act))

    def put_after(self, act: Act, *, n: int, after_s: float) -> None:
        """Let it happen so many seconds after the end of operation `n`."""
        self._at_end[n].append(_Tied(after_s=after_s, act=act))

    def started(self, n: int | None, at: float) -> None:
        """Hear that an operation has started."""
        self._due(self._at_start.pop(n, []) if n is not None else [], at)

    def ended(self, n: int | None, at: float) -> None:
        """Hear that an operation has ended, however."""
        self._due(self._at_end.pop(n, []) if n is not None else [], at)

    def take(self) -> Act:
        """Remove and return the next one."""
        return heapq.heappop(self._timed).act

    def clear(self) -> None:
        """Let nothing happen any more."""
        self._timed.clear()
        self._at_start.clear()
        self._at_end.clear()

    def _due(self, tied: list[_Tied], at: float) -> None:
        for item in tied:
            self.put(item.act, at=at + item.after_s)
