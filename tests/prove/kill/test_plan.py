"""The plan leaves no stop out, and takes those first that matter."""

from __future__ import annotations

from itertools import islice

from tests.prove.kill.acts import ACTS
from tests.prove.kill.plan import plan_of, planted_kills
from tests.prove.kill.record import Stops

_PWRITE64, _NEWFSTATAT = 18, 262

_STOPS = [
    Stops(act=act.name, plant=None, calls=(_PWRITE64,) * 4 + (_NEWFSTATAT,) * 40, first=44, again=9, settled=5)
    for act in ACTS
]


def test_every_stop_of_every_act_is_tried_once() -> None:
    """The long slice leaves nothing out."""
    places = [(kill.act, kill.stop) for kill in plan_of(_STOPS, seed=1).kills(seed=1)]
    assert sorted(places) == sorted((act.name, stop) for act in ACTS for stop in range(1, 45))


def test_calls_that_change_something_come_first() -> None:
    """Five of six, until there are no more."""
    plan = plan_of(_STOPS, seed=1)
    assert len(plan.changing) == 4 * len(ACTS)
    first = [(kill.act, kill.stop) for kill in islice(plan.kills(seed=1), 4 * len(ACTS) * 6 // 5)]
    assert sum(place in plan.changing for place in first) >= 4 * len(ACTS) - 5


def test_the_same_dice_give_the_same_kills() -> None:
    """A seed is enough to see it again; another one kills elsewhere."""
    kills = [list(islice(plan_of(_STOPS, seed=seed).kills(seed), 50)) for seed in (1, 1, 2)]
    assert kills[0] == kills[1] != kills[2]
    assert planted_kills(_STOPS[1], "a fault", 1) == planted_kills(_STOPS[1], "a fault", 1)


def test_returns_are_killed_within_their_stops() -> None:
    """The first return has more to do than those after it."""
    for kill in islice(plan_of(_STOPS, seed=1).kills(seed=1), 200):
        first, *later = kill.again_at
        assert 1 <= first <= 9
        assert 1 <= len(later) <= 2
        assert all(1 <= stop <= 5 for stop in later)
