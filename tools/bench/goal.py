"""A line of the table of goals: a figure, what was promised for it, and whether that was reached."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Bound(StrEnum):
    """On which side of the promised number a figure has to be."""

    AT_MOST = "≤"
    AT_LEAST = "≥"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What was promised for a figure."""

    bound: Bound
    number: float

    def reached_by(self, value: float) -> bool:
        """Whether a figure keeps the promise; no rounding helps it."""
        return value <= self.number if self.bound is Bound.AT_MOST else value >= self.number

    def __str__(self) -> str:
        return f"{self.bound} {self.number:g}"


def at_most(number: float) -> Goal:
    """The figure has to be this small."""
    return Goal(bound=Bound.AT_MOST, number=number)


def at_least(number: float) -> Goal:
    """The figure has to be this large."""
    return Goal(bound=Bound.AT_LEAST, number=number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One figure: what it is, its value, and its unit in words (empty for a ratio).

    Without a ``goal`` it is told beside the others, to make them understandable. ``why`` is a sentence or two on what
    keeps a figure from its goal, with what was measured of that in the same run; told only where it is not reached.
    """

    figure: str
    value: float
    unit: str = ""
    goal: Goal | None = None
    why: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the goal was reached; None without one."""
        return None if self.goal is None else self.goal.reached_by(self.value)

    @property
    def told(self) -> str:
        """The value, as it is shown: three digits that count, and never rounded over its goal."""
        return " ".join(filter(None, (_digits(self.value), self.unit)))


def _digits(value: float) -> str:
    size = abs(value)
    decimals = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3  # noqa: PLR2004 - as one reads numbers
    return f"{value:,.{decimals}f}"
