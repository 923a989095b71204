"""The part: commits between the instructions of a checkpoint, and crews by the hundred thousand commits."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from journal import sqlite_report
from tests.prove.part import Control, Count, Part, Result, Slice, Work
from tests.prove.stress.between import PLACES, POSSIBLE, Stop, commit_between
from tests.prove.stress.plants import Plant
from tests.prove.stress.scene import Found, Scene, play

_CREW = ("write", "write", "pay", "come", "back", "look", "browse", "program")
_SMALL, _LARGE = 400, 16_000
"""The longest text of a note: short ones for many commits; of a log of many pages more can be lost."""

_CALLS = 10
"""System calls of a checkpoint, its lock included; after fewer of them it is over."""

_INSTRUCTIONS = 480
"""After each of them; the dangerous stretch, on the SQLite that was looked at, ends before 400."""

_STOPS = 60
"""In one journal."""

_LUCK_S = 60.0

_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """A scene, and the stops at which it is played; without any, the crew plays it."""

    scene: Scene
    stops: tuple[Stop, ...] = ()


def run(work: Work) -> Result:
    """The controls, then everything else in one go."""
    controls, figures = _plant(work)
    least = work.amount(quick=4_000, full=2_000_000, long=10_000_000)
    tasks = [*(_between(work) if POSSIBLE else ()), *_rounds(work, least)]
    began = time.monotonic()
    found = sum(work.spread(_do, tasks, total=len(tasks)), Found())
    figures["rate"] = f"{found.account.commits / (time.monotonic() - began):,.0f} commits/s, everything included"
    return _result(work, least, found, controls, figures)


def _do(task: _Task) -> Found:
    return commit_between(task.scene, task.stops) if task.stops else play(task.scene)


def _between(work: Work) -> Iterator[_Task]:
    every = work.amount(quick=40, full=1)
    stops = [
        Stop(calls=calls, instructions=instructions)
        for calls in range(_CALLS)
        for instructions in range(0, _INSTRUCTIONS, every)
    ]
    for first in range(0, len(stops), _STOPS):
        scene = _scene(work, f"between-{first}", largest=4_000)
        yield _Task(scene=scene, stops=tuple(stops[first : first + _STOPS]))


def _rounds(work: Work, least: int) -> Iterator[_Task]:
    """As many as the promise takes; some are of the shape in which the bug shows by itself."""
    commits = work.amount(quick=1_800, full=80_000)
    left, number = least, 0
    while left > 0:
        number += 1
        yield _Task(scene=_scene(work, f"round-{number}", crew=_CREW, commits=commits))
        left -= commits * _CREW.count("write")
        if number % 2:
            commits_biting = work.amount(quick=500, full=5_000)
            yield _Task(scene=_biting(work, f"biting-{number}", commits_biting))
            left -= commits_biting


def _scene(work: Work, name: str, *, crew: Sequence[str] = (), commits: int = 0, largest: int = _SMALL) -> Scene:
    return Scene(name=name, folder=work.folder, seed=work.seed, crew=tuple(crew), commits=commits, largest=largest)


def _biting(work: Work, name: str, commits: int) -> Scene:
    return _scene(work, name, crew=("write", "checkpoint"), commits=commits, largest=_LARGE)


def _plant(work: Work) -> tuple[list[Control], dict[str, str]]:
    """Let each trial find what is planted in it."""
    undone = _scene(work, "undone", crew=("write", "write"), commits=300)
    controls = [_control(Plant.UNDONE, play(replace(undone, plant=Plant.UNDONE)))]
    report = sqlite_report()
    figures = {"SQLite": f"{report.version}, {'with' if report.wal_reset_bug else 'without'} the WAL-reset bug"}
    if report.wal_reset_bug and POSSIBLE:
        unlocked = replace(_scene(work, "unlocked", largest=4_000), plant=Plant.NO_LOCK)
        stops = [Stop(calls=calls, instructions=20 * step) for calls in range(4) for step in range(_INSTRUCTIONS // 20)]
        controls.append(_control(Plant.NO_LOCK, commit_between(unlocked, stops)))
    if report.wal_reset_bug and work.slice is not Slice.QUICK:
        figures["the lock does nothing, and nobody stops anything"] = _by_luck(work)
    return controls, figures


def _control(plant: Plant, found: Found) -> Control:
    return Control(fault=str(plant), caught=bool(found.problems), by=found.problems[0] if found.problems else "")


def _by_luck(work: Work) -> str:
    """How long it takes until the bug shows by itself; it may not, and so this is no control."""
    began, attempt = time.monotonic(), 0
    while (passed_s := time.monotonic() - began) < _LUCK_S:
        attempt += 1
        work.tell(round(passed_s), round(_LUCK_S))
        found = play(replace(_biting(work, f"luck-{attempt}", 4_000), plant=Plant.NO_LOCK))
        if found.problems:
            return f"shown after {time.monotonic() - began:.0f} s by {found.problems[0]!r}"
    return f"not shown in {_LUCK_S:.0f} s"


def _result(work: Work, least: int, found: Found, controls: Sequence[Control], figures: Mapping[str, str]) -> Result:
    affected = sqlite_report().wal_reset_bug
    gaps = [
        *(() if affected else ("stress: this SQLite has no WAL-reset bug, so nothing here shows what the lock does",)),
        *(() if POSSIBLE else ("stress: nothing is stopped between two instructions on this kind of machine",)),
        *(() if shutil.which("sqlite3") else ("stress: there is no sqlite3 program to read with",)),
    ]
    places = Count(
        what="places in a checkpoint at which another process committed, or waited for the lock",
        number=found.deeds[PLACES],
        least=work.amount(quick=40, full=2_000),
    )
    return Result(
        counts=(
            Count(what="commits, by several processes at once", number=found.account.commits, least=least),
            *((places,) if POSSIBLE else ()),
        ),
        never={"commits lost, or journals damaged": len(found.problems)},
        controls=tuple(controls),
        figures={**figures, **{what: f"{times:,}" for what, times in sorted(found.deeds.items())}},
        problems=found.problems[:_SHOWN],
        not_measured=tuple(gaps),
    )


PART = Part(
    name="stress",
    claim="On a SQLite that loses commits when one process writes while another checkpoints, several of our processes "
    "on one journal lose none.",
    run=run,
)
