"""Taking turns: contenders one after the other, one operation each, over and over."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from tools.bench.samples import Samples

Told = TypeVar("Told")

Turn = Callable[[], float]
"""Carries out one operation and gives the seconds that it took."""

Tell = Callable[[int, int], None]
"""``tell(done, total)``: how far it has come."""


def take_turns(turns: Mapping[str, Turn], *, rounds: int, warm: int, tell: Tell) -> Mapping[str, Samples]:
    """Let each do one operation in every round, in the order given; the ``warm`` first rounds do not count.

    What disturbs the machine for a while then disturbs all of them alike.
    """
    seconds: dict[str, list[float]] = {name: [] for name in turns}
    for number, (name, took_s) in _each(turns, warm + rounds, tell):
        if number >= warm:
            seconds[name].append(took_s)
    return {name: Samples(measured) for name, measured in seconds.items()}


def take_slices(slices: Mapping[str, Callable[[], Told]], *, rounds: int, tell: Tell) -> Mapping[str, list[Told]]:
    """The same for what lasts a second or two; the first round only warms up."""
    told: dict[str, list[Told]] = {name: [] for name in slices}
    for number, (name, heard) in _each(slices, 1 + rounds, tell):
        if number:
            told[name].append(heard)
    return told


def _each(turns: Mapping[str, Callable[[], Told]], rounds: int, tell: Tell) -> Iterator[tuple[int, tuple[str, Told]]]:
    for number in range(rounds):
        for name, turn in turns.items():
            yield number, (name, turn())
        tell(number + 1, rounds)


def middle(values: list[float]) -> float:
    """The median of a few rates."""
    return statistics.median(values)
