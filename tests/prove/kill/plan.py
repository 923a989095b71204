"""The plan: which till is killed where, by the dice of the run."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from tests.prove.kill.acts import BY_NAME
from tests.prove.kill.calls import changes
from tests.prove.kill.record import Kill, Stops

_CHANGING_FOR_ONE_LOOKING = 5
"""Stops at a call that somebody else could see, for one at a call that nobody could."""

_MOST_RETURNS = 3
"""How often a till is killed at most that comes back, in one trial."""

_PLANTED_TRIES = 250
"""A fault that shows only between two calls shows at one stop in twenty or thirty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be killed where, drawn with the dice of the run."""

    stops: Sequence[Stops]
    points: Sequence[tuple[str, int]]
    """Every stop of every act, in the order in which they are tried."""
    changing: frozenset[tuple[str, int]]
    """Those of them at a call that changes something outside the process, or may."""

    def kills(self, seed: int) -> Iterator[Kill]:
        """Kill at every point; its returns are killed as well, two or three times, at any stop."""
        dice = random.Random(seed)  # noqa: S311 - repeatable
        stops = {each.act: each for each in self.stops}
        for act, stop in self.points:
            # Later returns find less to do, and most of them would be done before a late stop.
            again_at = [dice.randint(1, stops[act].again)]
            again_at += [dice.randint(1, stops[act].settled) for _ in range(dice.randint(1, _MOST_RETURNS - 1))]
            yield Kill(act=act, stop=stop, again_at=tuple(again_at), clock_back=_may_go_back(act, dice))


def plan_of(stops: Sequence[Stops], seed: int) -> Plan:
    """By the dice, but mostly at calls that change something, until all of them have been tried."""
    points = [(each.act, stop) for each in stops for stop in range(1, each.first + 1)]
    random.Random(seed).shuffle(points)  # noqa: S311 - repeatable
    calls = {each.act: each.calls for each in stops}
    changing = [(act, stop) for act, stop in points if changes(calls[act][stop - 1])]
    looking = iter([(act, stop) for act, stop in points if not changes(calls[act][stop - 1])])
    mixed: list[tuple[str, int]] = []
    for number, point in enumerate(changing, 1):
        mixed.append(point)
        if number % _CHANGING_FOR_ONE_LOOKING == 0:
            mixed += islice(looking, 1)
    return Plan(stops=stops, points=[*mixed, *looking], changing=frozenset(changing))


def _may_go_back(act: str, dice: random.Random) -> bool:
    """A clock that is set back: only a journal that has stamps to remember can go on above them."""
    return (BY_NAME[act].warmed or BY_NAME[act].left is not None) and dice.random() < 1 / 2


def planted_kills(stops: Stops, plant: str, seed: int) -> list[Kill]:
    """Places to die for a till with a fault planted."""
    dice = random.Random(f"{seed} {plant}")  # noqa: S311 - repeatable
    return [
        Kill(
            act=stops.act,
            stop=dice.randint(1, stops.first),
            clock_back=_may_go_back(stops.act, dice),
            plant=plant,
        )
        for _ in range(_PLANTED_TRIES)
    ]
