"""The profile: whose time is whose."""

from __future__ import annotations

import cProfile
import json
import pstats
from collections import Counter

import click

from tools.bench import goal
from tools.bench.profile import by_place


def _profiled() -> Counter[str]:
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(1000):
        goal.at_most(1.0).reached_by(2.0)
        json.dumps({"a": [1, 2, 3]}, indent=1)
        sorted([3, 2, 1])
    click.style("x")
    profiler.disable()
    return by_place(pstats.Stats(profiler))


def test_time_is_told_by_our_files_by_libraries_and_by_builtin_calls() -> None:
    """A reader of the profile wants to know which of our files to open, and not where Python was installed."""
    spent = _profiled()
    assert {"tools/bench/goal.py", "click", "Python's json", "builtins.sorted"} <= set(spent)
    assert all(seconds >= 0.0 for seconds in spent.values())
    assert not [place for place in spent if "0x" in place or place.startswith(("/", "<", "{"))]
