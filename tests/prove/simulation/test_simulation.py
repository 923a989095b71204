"""The simulation itself: it repeats, it notices, it cuts down, and its doubts need a cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.prove.plants import blind_retry
from tests.prove.simulation.performance import findings_of, performance
from tests.prove.simulation.script import DEEDS, What, script_of
from tests.prove.simulation.shrink import Shrinker, as_text, from_text
from tests.prove.simulation.story import story
from tests.prove.simulation.timeline import START_S, Timeline


def test_a_seed_is_the_same_story_every_time(tmp_path: Path) -> None:
    """To the last effect; otherwise a failing seed could not be told again."""
    script = script_of(5).only({number: (0, 1) for number in range(4) if len(script_of(5).deeds[number].mishaps) > 1})
    told = []
    for _ in range(2):
        with performance(script, tmp_path) as (play, _found):
            told.append(list(story(play)))
    assert told[0] == told[1]
    assert len(told[0]) > DEEDS // 10


def test_a_planted_blunder_is_found_and_cut_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A blind retry charges twice; a deed or two with a mishap or two are enough to show it."""
    script = script_of(0).only(
        {number: tuple(range(len(script_of(0).deeds[number].mishaps))) for number in range(9, 12)}
    )
    assert findings_of(script, tmp_path).problems == []
    blind_retry(monkeypatch)
    kept = Shrinker(script, lambda fewer: bool(findings_of(fewer, tmp_path).charged_twice)).shrunk()
    assert len(kept) <= 2
    assert sum(map(len, kept.values())) <= 4
    assert findings_of(script.only(from_text(as_text(kept))), tmp_path).charged_twice


def test_a_till_may_count_from_its_reading_of_the_clock(tmp_path: Path) -> None:
    """Which it wrote down a moment later: so it was ten seconds since, and not yet ten since the writing."""
    kept = from_text("0:2 1:2,3,4,5 3:6 6:0,3 8:2 15:1,2,3,5 16:0,1,2,3")
    found = findings_of(script_of(20_002_721).only(kept), tmp_path)
    assert found.problems == []
    assert found.doubts["empty, unsure"] == 2


def test_the_folder_of_a_seed_is_gone_afterwards(tmp_path: Path) -> None:
    """A million payments must not fill the memory of the machine."""
    findings_of(script_of(1).only({0: ()}), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_tasks_take_turns_by_their_moments_and_the_dead_do_not() -> None:
    """Who waits less goes first, and who is killed while he waits wakes up dead, at once."""
    timeline = Timeline()
    seen: list[tuple[str, float]] = []

    def wait(name: str, *moments: float) -> None:
        for moment in moments:
            timeline.advance(moment)
            seen.append((name, timeline.now() - START_S))

    def die() -> None:
        try:
            wait("never", 10)
        except KeyboardInterrupt:
            seen.append(("dead", timeline.now() - START_S))

    victim = timeline.start(die, carries=None)
    timeline.start(lambda: wait("a", 1, 2), carries=None)
    timeline.start(lambda: (wait("b", 2), timeline.kill(victim, KeyboardInterrupt()), wait("b", 2)), carries=None)  # type: ignore[arg-type, func-returns-value]
    timeline.run()
    assert seen == [("a", 1), ("b", 2), ("dead", 2), ("a", 3), ("b", 4)]


def test_every_mishap_and_every_scene_is_drawn() -> None:
    """Nothing that is claimed to go wrong is left out by accident."""
    scripts = [script_of(seed) for seed in range(120)]
    kinds = {mishap.what for script in scripts for deed in script.deeds for mishap in deed.mishaps}
    assert kinds == set(What)
    assert {script.scene.release for script in scripts} == {"1", "2.0", "2.1", "2.2"}
    assert {(script.scene.tills, script.scene.journals) for script in scripts} == {(1, 1), (2, 1), (2, 2)}
