"""The statistics."""

from __future__ import annotations

import pytest

from tools.bench.goal import Goal, Line, at_least, at_most
from tools.bench.samples import Samples


@pytest.mark.parametrize(
    ("seconds", "median"),
    [([3.0, 1.0, 2.0], 2.0), ([4.0, 1.0, 3.0, 2.0], 2.5), ([5.0], 5.0), ([1.0, 1.0, 1.0, 1000.0], 1.0)],
)
def test_the_median_is_the_middle_one_or_between_the_two(seconds: list[float], median: float) -> None:
    """One operation that took for ever does not move it."""
    assert Samples(seconds).median_s == median


@pytest.mark.parametrize(
    ("number", "p99"), [(1, 1.0), (2, 2.0), (99, 99.0), (100, 99.0), (101, 100.0), (200, 198.0), (1000, 990.0)]
)
def test_p99_is_the_nearest_rank(number: int, p99: float) -> None:
    """Of 1 to N it is the smallest that at least 99 of 100 do not exceed, and one that was really measured."""
    assert Samples([float(n) for n in reversed(range(1, number + 1))]).p99_s == p99


def test_a_ratio_is_that_of_the_medians() -> None:
    """Not that of the means, which a single hiccup decides."""
    assert Samples([3.0, 3.0, 900.0]).over(Samples([2.0, 1.5, 1.0])) == 2.0


def test_nothing_comes_of_nothing() -> None:
    """A contender that did not do a single operation has no figures."""
    with pytest.raises(ValueError, match="nothing was measured"):
        Samples([])


def test_a_reading_tells_milliseconds_and_a_rate() -> None:
    """A lone caller's rate follows from the median; that of a crowd is counted and handed in."""
    alone = Samples([0.002, 0.001, 0.004]).reading("raw")
    assert (alone.median_ms, alone.p99_ms, alone.per_s, alone.samples, alone.callers) == (2.0, 4.0, 500.0, 3, 1)
    assert Samples([0.002]).reading("raw", callers=32, per_s=9_000.0).per_s == 9_000.0


@pytest.mark.parametrize(
    ("goal", "value", "reached"),
    [
        (at_most(1.5), 1.5, True),
        (at_most(1.5), 1.5000001, False),
        (at_least(4), 4.0, True),
        (at_least(4), 3.9999999, False),
    ],
)
def test_a_goal_is_reached_or_missed_without_rounding(goal: Goal, value: float, reached: bool) -> None:  # noqa: FBT001
    """What looks like 4.00 and is less has not reached 4."""
    assert Line(figure="", value=value, goal=goal).reached is reached


def test_without_a_goal_nothing_is_reached() -> None:
    """Such a line is there to make others understandable."""
    assert Line(figure="", value=1.0).reached is None


@pytest.mark.parametrize(
    ("value", "told"), [(0.2345, "0.234"), (1.5, "1.50"), (23.46, "23.5"), (1234.5, "1,234"), (0.0, "0.000")]
)
def test_a_value_is_told_with_the_digits_that_count(value: float, told: str) -> None:
    """Three of them, and no more than were measured."""
    assert Line(figure="", value=value, unit="ms").told == f"{told} ms"
