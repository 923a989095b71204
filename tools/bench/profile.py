"""Where the time of an operation goes: the profile behind the figures, and the reason where a goal was missed."""

from __future__ import annotations

import cProfile
import pstats
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tools.bench.contender import JOURNAL, OPERATION, Entry, open_contender
from tools.bench.goal import Line
from tools.bench.measurement import Measurement, Result, Work

_HOME = Path(__file__).resolve().parents[2]
_PROFILED = (OPERATION, JOURNAL)
_MOST = 12
_MS = 1000.0
_WARM = 200

_NOISE = re.compile(r"^[<{]|built-in method |method |function | at 0x[0-9a-f]+|[>}]$", re.ASCII)
"""What Python writes around the name of a built-in call."""


def _run(work: Work) -> Result:
    operations = work.rounds(1500)
    lines: list[Line] = []
    for number, entry in enumerate(_PROFILED):
        work.tell(number, len(_PROFILED))
        lines += _lines(entry, _profiled(entry, work.folder / str(number), operations), operations)
    return Result(lines=tuple(lines))


def _profiled(entry: Entry, folder: Path, operations: int) -> Counter[str]:
    folder.mkdir()
    contender = open_contender(entry.module, folder, callers=1, given=entry.given)
    profiler = cProfile.Profile()
    try:
        for _ in range(_WARM):
            contender.operate(0)
        profiler.enable()
        for _ in range(operations):
            contender.operate(0)
        profiler.disable()
    finally:
        contender.close()
    return by_place(pstats.Stats(profiler))


def _lines(entry: Entry, spent: Counter[str], operations: int) -> Iterator[Line]:
    whole_s = sum(spent.values())
    for place, seconds in spent.most_common(_MOST):
        yield Line(
            figure=f"{entry.name}: {place} ({seconds / whole_s:.0%})",
            value=seconds / operations * _MS,
            unit="ms an operation",
        )


def by_place(stats: pstats.Stats) -> Counter[str]:
    """The seconds spent in each file of ours, each library, and each built-in; what they call is counted there."""
    told: dict[tuple[str, int, str], tuple[int, int, float, float, object]] = stats.stats  # type: ignore[attr-defined] # typeshed leaves it out
    spent: Counter[str] = Counter()
    for (file, _, function), (_, _, own_s, _, _) in told.items():
        spent[_place(file, function)] += own_s  # type: ignore[assignment] # a Counter of seconds
    return spent


def _place(file: str, function: str) -> str:
    if file == "~":  # built in: the name of the call is all there is
        return _NOISE.sub("", function)
    path = Path(file)
    if path.is_relative_to(_HOME) and "site-packages" not in path.parts:
        return str(path.relative_to(_HOME))
    if "site-packages" in path.parts:
        return path.parts[path.parts.index("site-packages") + 1]
    return f"Python's {path.stem if path.parent.name.startswith('python3') else path.parent.name}"


MEASUREMENT = Measurement(
    name="profile",
    title="Where the time goes",
    how="""The operation without HTTP, and the journal alone, once more under Python's own profiler: the time
spent in each file of ours, in each library and in each built-in call, without what it calls. The profiler makes
Python's calls dearer than they are and the built-in ones not, so this shows where to look, and not how long it takes.
The flushes are in `execute`; the terminal in memory is `tools/bench` and `tools/simulator`.""",
    run=_run,
)
