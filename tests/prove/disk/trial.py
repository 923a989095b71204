"""The part: calls that fail, bits that flip, files that are not what they were; and the planted faults of each."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from random import Random

import pytest

from tests.prove.disk.acts import ACTS
from tests.prove.disk.bits import Damages, damage, journals
from tests.prove.disk.calls import Batch, Point, Tried, play, points_by_name
from tests.prove.disk.injector import Fault, preloaded
from tests.prove.disk.places import PLACES
from tests.prove.disk.plants import PLANTS
from tests.prove.part import Control, Count, Part, Result, Work

_TASK = 20
"""Points in one task of a worker."""

_FLIPS = 250
"""Damages in one task of a worker."""

_MOST_TOLD = 20

_CONTROL_POINTS = {
    "a commit error taken as undone": ("a payment", (Fault.EIO,)),
    "a commit error taken as done": ("a payment", (Fault.EIO,)),
    "no ballast on a full disk": ("a payment", (Fault.FULL,)),
}
"""For each fault that is planted in the journal's care for failing calls: the act and the failures that show it."""


def run(work: Work) -> Result:
    """Calls, then bits, then places; and what was planted in each."""
    began = time.monotonic()
    with preloaded(work.folder):
        walked, every = _walk(work)
        controls = list(_planted_calls(work, every))
    calls_took_s = time.monotonic() - began
    shapes = journals(work.folder / "shapes")
    noticed, silent = _flip(work, shapes)
    controls += _planted_bits(work, shapes)
    misplaced = [problem for name in PLACES for problem in _place(work.folder, name)]
    controls += _planted_places(work.folder)
    wrong = [problem for tried in walked for problem in tried.problems]
    told = Counter(tried.told for tried in walked)
    return Result(
        counts=(
            Count(what="failing calls, each recovered from", number=len(walked), least=min(len(every), _least(work))),
            Count(
                what="flipped bits and cut files", number=noticed.total(), least=work.amount(quick=2_000, full=100_000)
            ),
            Count(what="files that are not what they were", number=len(PLACES), least=6),
        ),
        never={
            "failing calls that ended wrong": sum(1 for tried in walked if tried.problems),
            "damages that nobody noticed": len(silent),
            "misplaced journals that nobody noticed": len(misplaced),
        },
        controls=tuple(controls),
        figures={
            "the callers heard": ", ".join(f"{name} {times:,}" for name, times in told.most_common()),
            "calls that could fail": f"{len(every):,} of {len(ACTS)} acts; rate {len(walked) / calls_took_s:,.0f}/s",
            **{f"damage {how}": f"{times:,}" for how, times in noticed.most_common()},
        },
        problems=(*wrong[:_MOST_TOLD], *silent[:_MOST_TOLD], *misplaced),
    )


def _least(work: Work) -> int:
    return work.amount(quick=60, full=1_000_000)


def _walk(work: Work) -> tuple[list[Tried], list[Point]]:
    """Every point in full; a sample, drawn by the seed, in quick."""
    names = [(act.name, work.folder) for act in ACTS]
    every = [point for found in work.spread(points_by_name, names, total=len(names)) for point in found]
    chosen = sorted(Random(work.seed).sample(every, min(len(every), _least(work))), key=lambda point: point.act)  # noqa: S311
    tasks = _batches(work.folder, chosen)
    return [tried for found in work.spread(play, tasks, total=len(tasks)) for tried in found], every


def _batches(folder: Path, points: Sequence[Point]) -> list[Batch]:
    acts = {act.name: [point for point in points if point.act == act.name] for act in ACTS}
    return [
        Batch(act=name, points=tuple(some), folder=folder) for name, its in acts.items() for some in _by(its, _TASK)
    ]


def _by(points: Sequence[Point], size: int) -> Iterator[Sequence[Point]]:
    return (points[start : start + size] for start in range(0, len(points), size))


def _planted_calls(work: Work, every: Sequence[Point]) -> Iterator[Control]:
    for name, (act, faults) in _CONTROL_POINTS.items():
        points = [replace(point, plant=name) for point in every if point.act == act and point.fault in faults]
        tasks = _batches(work.folder, points)
        found = chain.from_iterable(work.spread(play, tasks, total=len(tasks)))
        yield _control(name, (problem for tried in found for problem in tried.problems))


def _flip(work: Work, shapes: Sequence[Path]) -> tuple[Counter[str], list[str]]:
    number = work.amount(quick=2_000, full=100_000, long=1_000_000) // _FLIPS
    tasks = [_damages(work, shapes[task % len(shapes)], str(task)) for task in range(number)]
    noticed: Counter[str] = Counter()
    silent: list[str] = []
    for found, problems in work.spread(damage, tasks, total=number):
        noticed += found
        silent += problems
    return noticed, silent


def _damages(work: Work, journal: Path, seed: str, plant: str | None = None) -> Damages:
    return Damages(journal=journal, seed=f"{work.seed}/{seed}", number=_FLIPS, folder=work.folder, plant=plant)


def _planted_bits(work: Work, shapes: Sequence[Path]) -> Iterator[Control]:
    for plant in ("the chain is not checked", "no mark outside the file"):
        tasks = [_damages(work, shape, shape.parent.parent.name, plant) for shape in shapes]
        found = work.spread(damage, tasks, total=len(tasks))
        yield _control(plant, (problem for _, problems in found for problem in problems))


def _place(folder: Path, name: str, plant: str | None = None) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        if plant is not None:
            PLANTS[plant](patch)
        where = folder / f"{name}-{plant}".replace(" ", "-")
        return [f"{name}: {problem}" for problem in PLACES[name](where)]


def _planted_places(folder: Path) -> Iterator[Control]:
    for plant, name in (
        ("another file under its name is not noticed", "replaced"),
        ("no mark outside the file", "put back"),
    ):
        yield _control(f"{plant}, at a journal that is {name}", iter(_place(folder, name, plant)))


def _control(fault: str, problems: Iterator[str]) -> Control:
    """Caught by the first problem; the rest of the work is still done, so that no worker is left over."""
    told = list(problems)
    return Control(fault=fault, caught=bool(told), by=told[0] if told else "")


PART = Part(
    name="disk",
    claim="Whatever call of the disk fails, once or for ever, whatever bit flips, whatever file is put in its "
    "place: nothing is sent that is not on record, no answer is lost, and nothing is damaged in silence.",
    run=run,
    needs=("cc",),
)
