"""What a measurement is, what it is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools.bench.goal import Line
from tools.bench.samples import Reading
from tools.bench.turns import Tell

MEASUREMENTS = (
    "flushes",
    "alone",
    "loopback",
    "crowd",
    "group",
    "peers",
    "fairness",
    "settling",
    "starting",
    "growth",
    "size",
    "memory",
    "profile",
)
"""In the order of the page; each is a module of this folder that gives ``MEASUREMENT``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A curve: numbers over numbers."""

    name: str
    x: Sequence[float]
    y: Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was measured.

    ``lines`` go into the table of goals, ``readings`` into the measurement's own table, ``series`` into a figure.
    ``flushes`` are the kernel's counts, by contender and per operation. ``not_measured`` and ``failures`` are
    sentences; a failure is a proof of durability that did not hold, and no figure is worth anything then.
    """

    lines: tuple[Line, ...] = ()
    readings: tuple[Reading, ...] = ()
    series: tuple[Series, ...] = ()
    flushes: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    not_measured: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a measurement is given: where, how much of it, and whom to tell how far it has come.

    ``folder`` is empty, its own, on the disk that is measured, and gone afterwards.
    """

    folder: Path
    quick: bool
    tell: Tell

    def rounds(self, number: int) -> int:
        """How many; a quick run does a tenth, and its figures are no figures."""
        return max(2, number // 10) if self.quick else number


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One measurement: ``how`` says in a few sentences what is compared with what, for the page."""

    name: str
    title: str
    how: str
    run: Callable[[Work], Result]
