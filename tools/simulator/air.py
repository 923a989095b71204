"""Requests that are still under way to the terminal after their sender gave up."""

import heapq
from dataclasses import dataclass, field
from itertools import count

from tools.simulator.messages import Request


@dataclass(order=True, frozen=True, slots=True)
class Late:
    """A request and the unix time at which it will arrive; ties arrive in the order of sending."""

    at: float
    turn: int
    request: Request = field(compare=False)


class Air:
    """The late requests, next arrival first."""

    def __init__(self) -> None:
        self._heap: list[Late] = []
        self._turns = count()

    @property
    def next_at(self) -> float | None:
        """When the next one arrives, or None."""
        return self._heap[0].at if self._heap else None

    def put(self, request: Request, *, at: float) -> None:
        """Let a request arrive at unix time `at`."""
        heapq.heappush(self._heap, Late(at, next(self._turns), request))

    def take(self) -> Late:
        """Remove and return the next one."""
        return heapq.heappop(self._heap)

    def clear(self) -> None:
        """Lose them all."""
        self._heap.clear()
