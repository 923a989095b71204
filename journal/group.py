"""Group commit: many callers share a flush, because one of them writes for all who have queued.

    queue ─▶ nobody leads? then lead ─▶ write for all who queue ─▶ hand the lead to the next ─▶ wake those written for
          └▶ somebody does? then sleep until written for, or until the lead comes here

Where many lanes are in use, who leads lets others come first, as long as every moment brings one. A disk that
flushes fast would else be asked for each of them alone; and a commit has a price besides its flush, in calls that give
the interpreter's lock away and get it back after thirty others. The guests of so many terminals do not notice.

A lone caller leads at once and waits for nobody. Each sleeper has a bell of its own: with one lock for all, every one
of them would have to be let through it, one after the other, only to find that its batch is settled. And the lead is
handed on before the others are woken, so that the next flush is under way while they go about their business.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import SimpleQueue

from journal.batch import Batch

_MANY = 8
"""Lanes in use from which on others are let come. With fewer, the next one to write is seconds away."""

_MOMENT_S = 0.002
_LONGEST_S = 0.01


class _Place:
    """A caller's place in the queue."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.leads = False
        # It may be rung twice, and before anybody listens; a lock would have to be asked first how it is.
        self.bell: SimpleQueue[None] = SimpleQueue()


class Group:
    """The queue in front of a writer. ``write`` is called by one thread at a time, and settles what it is given.

    ``in_use`` says how many lanes are in use: each of their holders may soon have something to write.
    """

    def __init__(self, write: Callable[[Sequence[Batch]], None], *, in_use: Callable[[], int]) -> None:
        self._write = write
        self._in_use = in_use
        self._mutex = threading.Lock()
        self._waiting: deque[_Place] = deque()
        self._led = False

    def write(self, batch: Batch) -> None:
        """Have a batch written, by this thread or by another one; it is settled then.

        Raises:
            BaseException: this thread was interrupted. If nobody had begun to write the batch, nobody will.
        """
        place = _Place(batch)
        try:
            with self._mutex:
                self._waiting.append(place)
                if not self._led:
                    place.leads = self._led = True  # in this order: a lead that nobody has would stop everybody
            if not place.leads:
                place.bell.get()
            if place.leads:
                self._lead(place)
        except BaseException:
            with self._mutex, suppress(ValueError):
                self._waiting.remove(place)
            raise
        finally:
            self._hand_on(place)

    def _lead(self, place: _Place) -> None:
        if self._in_use() >= _MANY:
            self._let_others_come()
        with self._mutex:
            group = list(self._waiting)
            self._waiting.clear()
        try:
            self._write([each.batch for each in group])
        finally:
            self._hand_on(place)
            for each in group:
                each.bell.put(None)

    def _let_others_come(self) -> None:
        here, longest = 0, time.monotonic() + _LONGEST_S
        while len(self._waiting) > here and time.monotonic() < longest:
            here = len(self._waiting)
            time.sleep(_MOMENT_S)

    def _hand_on(self, place: _Place) -> None:
        """Give the lead away, if it is here. Done twice where an interrupt came in between, which does no harm."""
        with self._mutex:
            if not place.leads:
                return
            if self._waiting:
                following = self._waiting[0]
                following.leads = True
                following.bell.put(None)
            else:
                self._led = False
            place.leads = False
