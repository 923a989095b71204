"""The timeline: one virtual time in which everybody takes turns.

Each task is a greenlet: a stack of its own in one thread, which runs until it waits for a later moment. So the order
of everything follows from how long things take, and that from the dice of the seed. No thread of the operating system
decides anything, and a run can be repeated to the last effect.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count
from typing import Any

from greenlet import greenlet

START_S = 1_735_819_445.0
_LONGEST_S = 7 * 24 * 3600.0
"""A seed takes hours; one that has taken a week waits for something that will never come."""


class Task:
    """Somebody who takes turns; ``carries`` is whatever he has on him."""

    def __init__(self, run: Callable[[], None], hub: greenlet, carries: Any) -> None:
        self.carries = carries
        self.turn = 0
        self.doom: BaseException | None = None
        self.stack = greenlet(run, parent=hub)


class Timeline:
    """Virtual time in unix seconds, and the tasks that wait in it. Make and run it in the same thread."""

    def __init__(self) -> None:
        self._now = START_S
        self._turns = count(1)
        self._due: list[tuple[float, int, Task]] = []
        self._hub = greenlet.getcurrent()
        self._current: Task | None = None

    def now(self) -> float:
        """The time."""
        return self._now

    def carried(self) -> Any:
        """What the running task has on it; None outside of all tasks."""
        return None if self._current is None else self._current.carries

    def carry(self, what: Any) -> None:
        """Put something else on the running task."""
        if self._current is not None:
            self._current.carries = what

    def start(self, run: Callable[[], None], *, carries: Any, after_s: float = 0.0) -> Task:
        """Let somebody begin."""
        task = Task(run, self._hub, carries)
        self._put(task, self._now + after_s)
        return task

    def advance(self, seconds: float) -> None:
        """Wait."""
        self.advance_to(self._now + seconds)

    def advance_to(self, moment: float) -> None:
        """Wait until a moment; one that has passed changes nothing."""
        if moment <= self._now:
            return
        if self._current is None or not self._due or self._due[0][0] > moment:
            self._now = moment
            return
        self._put(self._current, moment)
        self._hub.switch()

    def kill(self, task: Task, death: BaseException) -> None:
        """Raise this in a task where it waits, before time goes on; one that has not begun is not touched."""
        if task is self._current or not task.stack:
            return
        task.doom = death
        self._put(task, self._now)

    def run(self) -> None:
        """Take turns until nobody waits any longer. What a task raises ends it all."""
        while self._due:
            moment, turn, task = heapq.heappop(self._due)
            if task.turn != turn or task.stack.dead:
                continue
            self._now = max(self._now, moment)
            if self._now - START_S > _LONGEST_S:
                raise RuntimeError("somebody waits for ever")
            self._current = task
            try:
                if task.doom is None:
                    task.stack.switch()
                else:
                    doom, task.doom = task.doom, None
                    task.stack.throw(doom)
            finally:
                self._current = None

    def _put(self, task: Task, moment: float) -> None:
        task.turn = next(self._turns)
        heapq.heappush(self._due, (moment, task.turn, task))
