"""Power that can be cut at any effect: a write to the journal, an exchange with the terminal, a wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum


class Cut(StrEnum):
    """Where in an effect the power goes."""

    BEFORE = "before"
    DURING = "during"
    """The request is out, and its reply is still to come. For effects that take no time: the same as after."""
    AFTER = "after"


class PowerCut(BaseException):
    """The process is dead. Not an Exception: nothing that still runs may believe that it can handle this."""


class Power:
    """Counts effects, and cuts the power at the one that was chosen.

    Once cut, every further effect is cut as well: a dead process writes nothing on its way out.
    """

    def __init__(self) -> None:
        self.effects = 0
        self._at: int | None = None
        self._cut = Cut.BEFORE
        self._dead = False

    def arm(self, at: int, cut: Cut) -> None:
        """Cut at the ``at``-th effect from now on, counting from 1."""
        self.effects = 0
        self._at = at
        self._cut = cut
        self._dead = False

    def restore(self) -> None:
        """The power is back, and stays."""
        self.effects = 0
        self._at = None
        self._dead = False

    @contextmanager
    def effect(self) -> Iterator[bool]:
        """Around one effect; gives whether the power goes in the middle of it."""
        self.effects += 1
        chosen = self.effects == self._at
        if self._dead or (chosen and self._cut is Cut.BEFORE):
            self._die()
        yield chosen and self._cut is Cut.DURING
        if chosen:
            self._die()

    def _die(self) -> None:
        self._dead = True
        raise PowerCut
