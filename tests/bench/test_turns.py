"""Taking turns."""

from __future__ import annotations

from functools import partial

import pytest

from tools.bench.turns import middle, take_slices, take_turns


class _Script:
    """Contenders who write down when it was their turn, and take as many seconds as turns have been."""

    def __init__(self) -> None:
        self.order: list[str] = []

    def turn(self, name: str) -> float:
        self.order.append(name)
        return float(len(self.order))


def test_every_round_has_one_turn_of_each_in_the_order_given() -> None:
    """Raw, ours, peer, raw, ours, peer: never two operations of one contender after each other."""
    script = _Script()
    turns = {name: partial(script.turn, name) for name in ("raw", "ours", "peer")}
    take_turns(turns, rounds=2, warm=1, tell=lambda *_: None)
    assert script.order == ["raw", "ours", "peer"] * 3


def test_the_first_rounds_do_not_count() -> None:
    """Files and caches are cold in them; each keeps its own seconds, in order."""
    script = _Script()
    took = take_turns(
        {name: partial(script.turn, name) for name in ("raw", "ours")}, rounds=2, warm=2, tell=lambda *_: None
    )
    assert {name: samples.seconds for name, samples in took.items()} == {"raw": [5.0, 7.0], "ours": [6.0, 8.0]}


def test_slices_take_turns_as_well_and_the_first_of_each_does_not_count() -> None:
    """What lasts longer is interleaved in the same way."""
    script = _Script()
    told = take_slices({name: partial(script.turn, name) for name in "ab"}, rounds=2, tell=lambda *_: None)
    assert script.order == ["a", "b"] * 3
    assert told == {"a": [3.0, 5.0], "b": [4.0, 6.0]}


def test_progress_is_told_after_each_round() -> None:
    """Warm-up included: somebody is waiting for it."""
    heard: list[tuple[int, int]] = []
    take_turns({"raw": lambda: 1.0}, rounds=2, warm=1, tell=lambda done, total: heard.append((done, total)))
    assert heard == [(1, 3), (2, 3), (3, 3)]


def test_no_round_is_no_measurement() -> None:
    """A typing mistake must not make an empty table."""
    with pytest.raises(ValueError, match="nothing was measured"):
        take_turns({"raw": lambda: 1.0}, rounds=0, warm=3, tell=lambda *_: None)


def test_the_middle_of_rates_is_their_median() -> None:
    """One slice in which the neighbour compiled something does not decide."""
    assert middle([900.0, 1000.0, 10.0]) == 900.0
