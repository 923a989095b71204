"""Samples: how long each of many operations took, and what that comes to."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

_MS = 1000.0


@dataclass(frozen=True, slots=True)
class Samples:
    """Seconds, one for each operation, in the order in which they were measured."""

    seconds: Sequence[float]

    def __post_init__(self) -> None:
        if not self.seconds:
            raise ValueError("nothing was measured, so nothing can be said")

    @property
    def median_s(self) -> float:
        """Half of them took longer."""
        return statistics.median(self.seconds)

    @property
    def p99_s(self) -> float:
        """One in a hundred took longer: the nearest rank, which is a value that was really measured."""
        ordered = sorted(self.seconds)
        return ordered[math.ceil(0.99 * len(ordered)) - 1]

    def over(self, other: Samples) -> float:
        """The ratio of the medians: how many times as long as the other."""
        return self.median_s / other.median_s

    def reading(self, who: str, *, callers: int = 1, per_s: float | None = None) -> Reading:
        """What is kept of them; ``per_s`` where many callers worked at once."""
        return Reading(
            who=who,
            median_ms=self.median_s * _MS,
            p99_ms=self.p99_s * _MS,
            samples=len(self.seconds),
            callers=callers,
            per_s=1 / self.median_s if per_s is None else per_s,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one contender came to. ``per_s`` is how many operations were done in a second, by all callers together."""

    who: str
    median_ms: float
    p99_ms: float
    per_s: float
    samples: int
    callers: int = 1
