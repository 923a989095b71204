"""The trial: every fault at every operation in both modes, the environment, and the planted mistakes."""

from __future__ import annotations

import itertools
import logging
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import structlog

from tests.prove.network import environment
from tests.prove.network.cells import ALL, MODES, TARGETS, Cell, Judged, judged
from tests.prove.network.planted import PLANTED, Planted
from tests.prove.network.stopwatch import GRACE_S, Stopwatch
from tests.prove.part import Control, Count, Part, Result, Slice, Work

_BATCH = 12
_AT_ONCE = 4
"""Most of a cell is waiting; more at once on two cores would make the stopwatch measure the trial itself."""

_FAULTS = tuple(dict.fromkeys(cell.fault for cell in ALL))


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Some cells, or without any the environment; under a planted mistake, or none."""

    cells: tuple[Cell, ...] = ()
    planted: int | None = None
    folder: Path


_NOT_TRIED = environment.Tried(payments=0, complaints=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What came of a task."""

    task: Task
    judged: tuple[Judged, ...] = ()
    environment: environment.Tried = _NOT_TRIED

    @property
    def complaints(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.environment.complaints, *(told for each in self.judged for told in each.problems))


def do(task: Task) -> Found:
    """Do a task; the mistake is planted in this process only, and only for that long."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    stopwatch = Stopwatch()
    with nullcontext() if task.planted is None else PLANTED[task.planted].plant(), stopwatch.running():
        if not task.cells:
            return Found(task=task, environment=environment.tried(task.folder))
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            done = [
                pool.submit(judged, cell, task.folder / str(number), stopwatch)
                for number, cell in enumerate(task.cells)
            ]
            return Found(task=task, judged=tuple(each.result() for each in done))


def run(work: Work) -> Result:
    """Try them all, or each fault once."""
    cells = _sample(work.seed) if work.slice is Slice.QUICK else list(ALL)
    tasks = list(_tasks(cells, work.folder))
    found = list(work.spread(do, tasks, total=len(tasks)))
    plain = [each for each in found if each.task.planted is None]
    planted = {each.task.planted: each for each in found if each.task.planted is not None}
    done = [each for one in plain for each in one.judged]
    latest_s = max(each.late_s for each in done)
    return Result(
        counts=(
            Count(what="scripted faults", number=len({each.cell.fault for each in done}), least=24),
            Count(
                what="distinct cells of fault, operation and mode, each at real sockets",
                number=len({each.cell for each in done}),
                least=work.amount(quick=len(_FAULTS), full=len(_FAULTS) * len(TARGETS) * len(MODES)),
            ),
            Count(what="exchanges timed against their deadlines", number=sum(each.exchanges for each in done)),
            Count(
                what="payments with proxies and authorities in the environment",
                number=sum(each.environment.payments for each in plain),
                least=4,
            ),
        ),
        never={"cell with a wrong ending, a second order or a call that did not end": _bad(plain)},
        controls=tuple(_control(mistake, planted.get(number)) for number, mistake in enumerate(PLANTED)),
        doubts=Counter(_shortened(reason) for each in done for reason in each.doubts),
        figures={"latest end of an exchange": f"{latest_s:+.2f} s after its deadline; {GRACE_S} s are allowed"},
        problems=tuple(told for each in plain for told in each.complaints),
    )


def _tasks(cells: Iterable[Cell], folder: Path) -> Iterator[Task]:
    for number, mistake in enumerate(PLANTED):
        chosen = () if mistake.cell is None else (mistake.cell,)
        yield Task(cells=chosen, planted=number, folder=folder / f"planted-{number}")
    yield Task(folder=folder / "environment")
    for number, batch in enumerate(_batches(cells)):
        yield Task(cells=batch, folder=folder / f"cells-{number}")


def _batches(cells: Iterable[Cell]) -> Iterator[tuple[Cell, ...]]:
    remaining = iter(cells)
    while batch := tuple(itertools.islice(remaining, _BATCH)):
        yield batch


def _sample(seed: int) -> list[Cell]:
    """Every fault once; operations and modes come round, in an order of the seed."""
    pairs = list(itertools.product(TARGETS, MODES))
    dice = random.Random(seed)  # noqa: S311 - repeatable, nothing secret hangs on it
    dice.shuffle(pairs)
    return [
        Cell(fault=fault, target=target, mode=mode)
        for fault, (target, mode) in zip(_FAULTS, itertools.cycle(pairs), strict=False)
    ]


def _bad(found: Iterable[Found]) -> int:
    return sum(bool(each.problems) for one in found for each in one.judged)


def _control(mistake: Planted, found: Found | None) -> Control:
    """Caught is only the complaint that was foreseen."""
    told = found.complaints if found is not None else ()
    fitting = [complaint for complaint in told if mistake.gives_away in complaint]
    return Control(fault=mistake.name, caught=bool(fitting), by=(fitting or list(told) or ["nothing"])[0])


def _shortened(reason: str) -> str:
    """Why it stays in doubt, without what happened to the order itself."""
    return reason.partition("after that, ")[2] or reason


PART = Part(
    name="network",
    claim=(
        "Whatever a network, a program at the wrong address, a restart or a neighbour does to any exchange of any "
        "operation in either mode, over real sockets: once the line is sound, every ending in the journal is the one "
        "in the terminal's ledger, no order left twice, and no call outlived its deadline by more than 0.5 s."
    ),
    run=run,
)
