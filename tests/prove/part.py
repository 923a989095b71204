"""What a part of the proof is, what it is given, and what it gives back."""

from __future__ import annotations

import importlib.util
import logging
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from enum import StrEnum
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import structlog

PARTS = (
    "model",
    "simulation",
    "kill",
    "power",
    "disk",
    "stress",
    "network",
    "crowd",
    "fuzz",
    "mutation",
    "security",
)
"""In the order of the report; each is a folder whose face gives ``PART``."""

Task = TypeVar("Task")
Found = TypeVar("Found")


def be_quiet() -> None:
    """Thousands of stories are told; their log lines are not."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


class Slice(StrEnum):
    """How much is tried."""

    QUICK = "quick"
    """A few minutes for all parts: with every ``make test``."""
    FULL = "full"
    """What ``make prove`` does: eighty-eight minutes on two cores, by a Python that was built with optimisation."""
    LONG = "long"
    """Once in a while, by the part; its report stays until the next one with the same seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How often something was tried. Fewer than ``least`` is a failure of the trial."""

    what: str
    number: int
    least: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A fault that was planted on purpose, and whether the trial noticed; ``by`` is the sentence that gave it away."""

    fault: str
    caught: bool
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a trial.

    ``never`` is what must not happen, and how often it did. ``doubts`` is how many operations stayed in doubt, by
    reason. ``figures`` are rates and times, in words. ``problems`` are sentences that tell how to see it again.
    """

    counts: tuple[Count, ...] = ()
    never: Mapping[str, int] = field(default_factory=dict)
    controls: tuple[Control, ...] = ()
    doubts: Mapping[str, int] = field(default_factory=dict)
    figures: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    not_measured: tuple[str, ...] = ()

    @property
    def complaints(self) -> tuple[str, ...]:
        """Everything that keeps it from being green, in sentences; what was not measured is told apart."""
        few = [
            f"only {count.number:,} {count.what}, and {count.least:,} were promised"
            for count in self.counts
            if count.number < count.least
        ]
        happened = [f"{what}: {times:,}" for what, times in self.never.items() if times]
        missed = [
            f"the planted fault {control.fault!r} was not caught" for control in self.controls if not control.caught
        ]
        return (*self.problems, *happened, *few, *missed)


class Crew:
    """The processes that work for a part: started when first needed, and kept, because starting them is dear."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._pool: ProcessPoolExecutor | None = None

    @property
    def pool(self) -> ProcessPoolExecutor:
        """They take over the environment as it is when they are first needed."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self.size, mp_context=get_context("spawn"), initializer=be_quiet)
        return self._pool

    def dismiss(self) -> None:
        """Wait for what they still do, and end them."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a part is given: how much to do, with which dice, where, and whom to tell how far it has come."""

    slice: Slice
    seed: int
    folder: Path
    """An empty folder of its own, in memory where the machine has such a place; gone afterwards."""
    crew: Crew
    tell: Callable[[int, int], None]
    """``tell(done, total)``: how far it has come."""

    @property
    def workers(self) -> int:
        """How many work at a time."""
        return self.crew.size

    def amount(self, *, quick: int, full: int, long: int | None = None) -> int:
        """The number for this slice; a part without a longer run does its full one."""
        match self.slice:
            case Slice.QUICK:
                return quick
            case Slice.FULL:
                return full
            case Slice.LONG:
                return full if long is None else long

    def spread(self, work_on: Callable[[Task], Found], tasks: Iterable[Task], *, total: int) -> Iterator[Found]:
        """Do tasks in several processes, and give what each found, as they end; ``total`` of them are announced.

        ``work_on`` is a function of a module, and what it takes and gives can be pickled. An error in a task ends all.
        """
        remaining = iter(tasks)
        running: set[Future[Found]] = set()
        done = 0
        try:
            while True:
                while len(running) < 2 * self.workers and (task := next(remaining, None)) is not None:
                    running.add(self.crew.pool.submit(work_on, task))
                if not running:
                    return
                ended, running = wait(running, return_when=FIRST_COMPLETED)
                for future in ended:
                    done += 1
                    self.tell(done, total)
                    yield future.result()
        finally:
            for future in running:
                future.cancel()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the proof. It needs programs, or modules; where one of them is missing, it is *not measured*."""

    name: str
    claim: str
    run: Callable[[Work], Result]
    needs: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()

    def try_it(self, work: Work) -> Result:
        """Run it, if the machine has what it needs."""
        missing = [program for program in self.needs if shutil.which(program) is None]
        missing += [module for module in self.modules if importlib.util.find_spec(module) is None]
        if missing:
            return Result(not_measured=(f"{self.name}: needs {', '.join(missing)}, not on this machine",))
        return self.run(work)
