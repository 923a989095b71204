"""The memory of a till that has been running for months."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tools.bench.booth import booth
from tools.bench.contender import OPERATION
from tools.bench.goal import Line, at_most
from tools.bench.measurement import Measurement, Result, Series, Work

_FIRST = 1_000
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
_MIB = 1024.0


def _run(work: Work) -> Result:
    operations = [_FIRST, *range(10 * _FIRST, work.rounds(100_000) + 1, 10 * _FIRST)]
    with tempfile.TemporaryDirectory(prefix="bench-", dir=_IN_MEMORY if _IN_MEMORY.is_dir() else work.folder) as folder:
        resident = _resident(Path(folder), operations, work)
    return Result(
        lines=(
            Line(
                figure=f"memory of a till after {operations[-1]:,} operations ÷ after {_FIRST:,}",
                value=resident[-1] / resident[0],
                goal=at_most(1.1),
            ),
            Line(figure=f"memory of a till after {operations[-1]:,} operations", value=resident[-1] / _MIB, unit="MiB"),
        ),
        series=(Series(name="resident memory, MiB", x=operations, y=[kib / _MIB for kib in resident]),),
    )


def _resident(folder: Path, operations: list[int], work: Work) -> list[float]:
    resident, done = [], 0
    with booth(OPERATION, folder) as opened:
        for number in operations:
            work.tell(done, operations[-1])
            while done < number:
                opened.many(_FIRST)
                done += _FIRST
            resident.append(opened.figure("resident_kib"))
    return resident


MEASUREMENT = Measurement(
    name="memory",
    title="The memory of a till",
    how="""One process, which does nothing but pay: engine, journal, log of the communication, and a terminal in memory
that keeps no ledger. Its resident memory is read from the kernel. The journal lies in a file in memory, so that 100,000
payments take a minute or two; what a process holds does not depend on the disk.""",
    run=_run,
)
