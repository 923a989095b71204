"""The part: calls that fail, bits that flip, files that are not what they were; and the planted faults of each."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from engine import Mode
from tests.prove.disk.acts import ACTS
from tests.prove.disk.aim import bits_of
from tests.prove.disk.bits import Lot, Sorted, lots, sort
from tests.prove.disk.calls import Batch, Point, Tried, play, points_by_name
from tests.prove.disk.injector import Fault, preloaded
from tests.prove.disk.plants import PLANTS
from tests.prove.disk.scenes import SCENES, Visit, visit
from tests.prove.disk.shapes import keep_shapes, shapes
from tests.prove.part import Control, Count, Part, Result, Work

_TASK = 20
"""Points in one task of a worker."""

_LOT = 100
"""Damages in one task of a worker."""

_MOST_TOLD = 20

_MOST_CONTROL_POINTS = 20

_CALL_CONTROLS = {
    "a commit error taken as undone": ("s", Fault.EIO),
    "a commit error taken as done": ("s", Fault.EIO),
    "no ballast on a full disk": ("w", Fault.FULL),
}
"""For each fault that is planted in the journal's care for failing calls of a payment: which ones show it."""

_BIT_CONTROLS = {"the chain is not checked": False, "the end is not marked": True}
"""For each fault that is planted among the bits: whether files that are cut off show it, or bits."""

_INDEX_CONTROLS = {
    "a name that is not found is new": ("closed day", "operations_by_reference"),
    "what is open is asked of one index": ("closed in doubt", "operations_open"),
}
"""For each fault that is planted in what a till believes of a damaged journal: the shape and the index to damage."""

_PLACE_CONTROLS = {
    "no mark outside the file": "from_yesterday",
    "any file at the path will do": "replaced_while_it_runs",
    "strangers are passed over": "from_yesterday_with_its_side_folder",
}
"""For each fault that is planted in what a journal notices of the world: the scene that shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    """What one of the three trials gives to the result."""

    count: Count
    problems: list[str]
    controls: list[Control]
    figures: dict[str, str]


def run(work: Work) -> Result:
    """Calls, then bits, then places; and what was planted in each."""
    # The processes are started when they are first needed, so all of it is under the library.
    with preloaded(work.folder):
        calls, bits, places = _try_calls(work), _try_bits(work), _try_places(work)
    return Result(
        counts=(calls.count, bits.count, places.count),
        never={
            "failing calls that ended wrong": len(calls.problems),
            "damages that nobody noticed": len(bits.problems),
            "misplaced journals that nobody noticed": len(places.problems),
        },
        controls=(*calls.controls, *bits.controls, *places.controls),
        figures={**calls.figures, **bits.figures, **places.figures},
        problems=tuple(problem for trial in (calls, bits, places) for problem in trial.problems[:_MOST_TOLD]),
    )


def _try_calls(work: Work) -> _Finding:
    """Every point in full; a sample, drawn by the seed, in quick."""
    began = time.monotonic()
    names = [(act.name, work.folder) for act in ACTS]
    every = [point for found in work.spread(points_by_name, names, total=len(names)) for point in found]
    every.sort(key=lambda point: (point.act, point.call, point.fault, point.for_ever))
    chosen = Random(work.seed).sample(every, min(len(every), work.amount(quick=90, full=1_000_000)))  # noqa: S311
    walked = _played(work, chosen)
    rate = len(walked) / (time.monotonic() - began)
    struck = [tried for tried in walked if tried.struck]
    told = Counter(tried.told for tried in struck)
    return _Finding(
        # A full disk does not strike where nothing grows any more, and that is not counted.
        count=Count(
            what="failing calls, each recovered from", number=len(struck), least=work.amount(quick=60, full=8_000)
        ),
        problems=[problem for tried in walked for problem in tried.problems],
        controls=[_planted_call(work, every, plant) for plant in _CALL_CONTROLS],
        figures={
            "the callers heard": ", ".join(f"{name} {times:,}" for name, times in told.most_common()),
            "calls that could fail": f"{len(every):,} ways in {len(ACTS)} acts, {len(walked):,} tried, "
            f"{len(walked) - len(struck):,} of them without effect; {rate:,.0f}/s",
        },
    )


def _played(work: Work, points: Iterable[Point]) -> list[Tried]:
    acts: dict[str, list[Point]] = {}
    for point in points:
        acts.setdefault(point.act, []).append(point)
    tasks = [
        Batch(act=name, points=tuple(its[start : start + _TASK]), folder=work.folder)
        for name, its in acts.items()
        for start in range(0, len(its), _TASK)
    ]
    return [tried for found in work.spread(play, tasks, total=len(tasks)) for tried in found]


def _planted_call(work: Work, every: Sequence[Point], plant: str) -> Control:
    kind, fault = _CALL_CONTROLS[plant]
    points = [
        replace(point, plant=plant)
        for point in every
        if (point.act, point.kind, point.fault) == ("a payment", kind, fault)
    ]
    some = points[:: -(-len(points) // _MOST_CONTROL_POINTS)] if points else []
    return _control(plant, (problem for tried in _played(work, some) for problem in tried.problems))


def _try_bits(work: Work) -> _Finding:
    began = time.monotonic()
    keep_shapes(work.folder)
    number = work.amount(quick=1_000, full=100_000, long=1_000_000)
    fates: Counter[str] = Counter()
    problems: list[str] = []
    for found in _sorted(work, number):
        fates += found.fates
        problems += found.problems
    took_s = time.monotonic() - began
    return _Finding(
        count=Count(what="different flipped bits and cut files", number=fates.total(), least=number),
        problems=problems,
        controls=[
            *(_planted_bits(work, plant) for plant in _BIT_CONTROLS),
            *(_planted_index(work, plant) for plant in _INDEX_CONTROLS),
        ],
        figures={
            "what became of the damages": ", ".join(f"{fate} {times:,}" for fate, times in fates.most_common()),
            "damages": f"in {len(shapes(work.folder))} shapes of journals; {fates.total() / took_s:,.0f}/s",
        },
    )


def _sorted(work: Work, number: int) -> Iterator[Sorted]:
    tasks = lots(work.folder, number, _LOT, Random(work.seed))  # noqa: S311
    return work.spread(sort, tasks, total=len(tasks))


def _planted_bits(work: Work, plant: str) -> Control:
    """The same damages as without the plant, but only those that must go unnoticed with it."""
    cuts = _BIT_CONTROLS[plant]
    tasks = []
    for lot in lots(work.folder, 4_000 if cuts else 700, 4_000, Random(work.seed)):  # noqa: S311
        chosen = tuple(damage for damage in lot.damages if (damage.bit is None) == cuts and (damage.in_log or not cuts))
        tasks.append(replace(lot, damages=chosen[:30], plant=plant))
    found = work.spread(sort, tasks, total=len(tasks))
    return _control(plant, (problem for each in found for problem in each.problems))


def _planted_index(work: Work, plant: str) -> Control:
    """Every bit of the one index that must not be believed alone."""
    name, index = _INDEX_CONTROLS[plant]
    kept = shapes(work.folder)
    place = next(place for place, shape in enumerate(kept) if shape.name == name)
    damages = bits_of(kept[place], index)
    tasks = [
        Lot(folder=work.folder, shape=place, damages=damages[start : start + _LOT], plant=plant)
        for start in range(0, len(damages), _LOT)
    ]
    found = work.spread(sort, tasks, total=len(tasks))
    return _control(plant, (problem for each in found for problem in each.problems))


def _try_places(work: Work) -> _Finding:
    payments = range(1, work.amount(quick=2, full=13))
    visits = [
        Visit(scene=scene, payments=number, mode=mode, folder=work.folder)
        for scene in SCENES
        for mode in Mode
        for number in payments
    ]
    seen = list(work.spread(visit, visits, total=len(visits)))
    return _Finding(
        count=Count(
            what="visits to journals that are not what they were",
            number=len(seen),
            least=work.amount(quick=26, full=312),
        ),
        problems=[problem for each in seen for problem in each.problems],
        controls=[_planted_place(work, plant) for plant in _PLACE_CONTROLS],
        figures={"ways in which a journal was not what it was": f"{len(SCENES)}"},
    )


def _planted_place(work: Work, plant: str) -> Control:
    task = Visit(scene=_PLACE_CONTROLS[plant], payments=2, mode=Mode.SYNC, folder=work.folder, plant=plant)
    found = work.spread(visit, [task], total=1)
    return _control(plant, (problem for each in found for problem in each.problems))


def _control(plant: str, problems: Iterable[str]) -> Control:
    """Caught only by a problem that says what the plant must have caused."""
    told = [problem for problem in problems if PLANTS[plant].words in problem]
    return Control(fault=plant, caught=bool(told), by=told[0] if told else "")


PART = Part(
    name="disk",
    claim="Whatever call of the disk fails, once or for ever, whatever bit flips, whatever file is put in its "
    "place: nothing is sent that is not on record, no answer is lost, nothing is damaged in silence, and a till that "
    "pays at a damaged journal charges nobody twice.",
    run=run,
    needs=("cc",),
)
