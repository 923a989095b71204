"""Stopping a checkpoint between two instructions finds the bug where it is, and nothing where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from journal import sqlite_report
from tests.prove.stress.between import PLACES, POSSIBLE, Stop, commit_between
from tests.prove.stress.plants import Plant
from tests.prove.stress.scene import Scene

pytestmark = pytest.mark.skipif(not POSSIBLE, reason="needs ptrace(2), and a machine whose numbers are known")

_STOPS = [Stop(calls=calls, instructions=instructions) for calls in (1, 2) for instructions in range(200, 420, 20)]


def _scene(folder: Path, plant: Plant) -> Scene:
    return Scene(name="one", folder=folder, seed=1, crew=(), commits=0, largest=4_000, plant=plant)


def test_nothing_is_lost_with_the_lock(tmp_path: Path) -> None:
    """The same places, and the writer waits at those that are in a checkpoint."""
    found = commit_between(_scene(tmp_path, Plant.NOTHING), _STOPS)
    assert found.problems == ()
    assert found.deeds[PLACES] == len(_STOPS)
    assert found.account.commits == 3 * len(_STOPS)


@pytest.mark.skipif(not sqlite_report().wal_reset_bug, reason="this SQLite does not lose commits")
def test_commits_are_lost_without_the_lock(tmp_path: Path) -> None:
    """And it is told at which place."""
    found = commit_between(_scene(tmp_path, Plant.NO_LOCK), _STOPS)
    assert "instructions after its system call" in found.problems[0]
