"""Waiting: how long somebody's patience lasts, and the pauses between two rounds of questions."""

from __future__ import annotations

from engine import Clock, within_s
from recovery.evidence import Patience

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 2.0
"""The vendor asks for one question after the other, not for a hurry; a guest takes seconds."""


class Waiting:
    """One wait, from now on, for at most about ``patience_s`` seconds."""

    def __init__(self, clock: Clock, patience_s: float) -> None:
        self._clock = clock
        self._patience_s = patience_s
        self._began = clock.moment()
        self._pause_s = _FIRST_PAUSE_S

    @property
    def patience(self) -> Patience:
        """Whether there is time for another round."""
        left = within_s(self._began, self._clock.moment(), self._patience_s)
        return Patience.LEFT if left else Patience.OUT

    def pause(self) -> None:
        """Let some time pass, a little more each time."""
        self._clock.sleep(self._pause_s)
        self._pause_s = min(self._pause_s * 1.5, _LONGEST_PAUSE_S)
