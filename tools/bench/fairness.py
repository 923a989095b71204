"""Fairness between processes: sixteen of them on one journal."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from tools.bench.booth import Booth, booth
from tools.bench.contender import COMMIT, Entry
from tools.bench.goal import Line, at_least
from tools.bench.measurement import Measurement, Result, Work
from tools.bench.samples import Samples

_PROCESSES = 16


def _run(work: Work) -> Result:
    shared = Entry(name="a process on the shared journal", module=COMMIT.module, given=_given(work))
    seconds = 1.0 if work.quick else 8.0
    with ExitStack() as stack:
        booths = [stack.enter_context(booth(shared, work.folder)) for _ in range(_PROCESSES)]
        pool = stack.enter_context(ThreadPoolExecutor(_PROCESSES))

        def all_at_once(for_s: float) -> list[list[float]]:
            return [list(crowd.seconds) for crowd in pool.map(lambda opened: Booth.crowd(opened, for_s), booths)]

        work.tell(0, 2)
        all_at_once(0.5)
        work.tell(1, 2)
        took = all_at_once(seconds)
    samples = Samples([second for each in took for second in each])
    return Result(
        lines=(
            Line(
                figure=f"fairness of {_PROCESSES} processes on one journal: fewest ÷ most operations",
                value=fewest_over_most([len(each) for each in took]),
                goal=at_least(0.6),
            ),
            Line(
                figure="the longest that one of them waited for a commit", value=max(samples.seconds) * 1000, unit="ms"
            ),
        ),
        readings=(samples.reading("one commit", callers=_PROCESSES, per_s=len(samples.seconds) / seconds),),
    )


def _given(work: Work) -> dict[str, object]:
    return {**COMMIT.given, "path": str(work.folder / "shared.journal")}


def fewest_over_most(counts: list[int]) -> float:
    """How many operations whoever got the fewest did, for each one of whoever got the most."""
    return min(counts) / max(counts)


MEASUREMENT = Measurement(
    name="fairness",
    title="Sixteen processes on one journal",
    how="""Each process writes the first durable write of an operation over and over, all of them for eight seconds at
once, and the writer lock lets one in at a time. What the fewest and the most of them got done is compared.""",
    run=_run,
)
