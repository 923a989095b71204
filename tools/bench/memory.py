"""The memory of a till that has been running for months."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tools.bench.booth import booth
from tools.bench.contender import OPERATION
from tools.bench.goal import Line, at_most
from tools.bench.measurement import Measurement, Result, Series, Work

_FIRST = 1_000
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
_ROOM_BYTES = 4 * 1024**3
"""Twice what journal and log of the communication take."""

_MIB = 1024.0


def _run(work: Work) -> Result:
    operations = [_FIRST, *range(10 * _FIRST, work.rounds(100_000) + 1, 10 * _FIRST)]
    with tempfile.TemporaryDirectory(prefix="bench-", dir=_place(work)) as folder:
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


def _place(work: Work) -> Path:
    """In memory, if there is room for it."""
    roomy = _IN_MEMORY.is_dir() and shutil.disk_usage(_IN_MEMORY).free > _ROOM_BYTES
    return _IN_MEMORY if roomy else work.folder


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
