"""The run and its search: what a short one finds at the shipped till, and that a leak would be told once and surely."""

from __future__ import annotations

from pathlib import Path

from tests.prove.security.careless import CARELESS, keys_are_kept, try_careless
from tests.prove.security.gossip import Mood
from tests.prove.security.leaks import search_a_run


def test_a_short_run_leaves_nothing_behind(tmp_path: Path) -> None:
    """Everything was searched, the journal among it, and nothing was found, though the umask allows everybody."""
    found = search_a_run(tmp_path / "shop", 0o000, moods=(Mood.CHATTY,))
    assert (found.leaks, found.rights) == ([], [])
    assert found.places > 100
    assert found.paths > 8


def test_a_planted_leak_is_found(tmp_path: Path) -> None:
    """The same run at a till that keeps keys."""
    control = try_careless(CARELESS.index(keys_are_kept), tmp_path / "shop")
    assert control.caught
    assert "key" in control.by
