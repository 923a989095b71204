"""First of all: how often ours really flush, counted by the kernel."""

from __future__ import annotations

from functools import partial

from tools.bench.booth import Booth
from tools.bench.contender import JOURNAL, OPERATION, RAW, UNSYNCED, Entry
from tools.bench.counting import NoTrace, flushes_per_operation, must_trace
from tools.bench.goal import Line, at_most
from tools.bench.measurement import Measurement, Result, Work
from tools.bench.proof import broken_proofs, flushes_alone

_TILLS = 32
_CROWD_S = 4.0
_UNIT = "flushes an operation"


def _run(work: Work) -> Result:
    try:
        must_trace()
    except NoTrace as why:
        return Result(not_measured=(f"flushes, and with them the proof that we really sync: {why}",))
    contenders = (UNSYNCED, RAW, JOURNAL, OPERATION)
    steps = len(contenders) + 2
    counted = {}
    for number, entry in enumerate(contenders):
        work.tell(number, steps)
        counted[entry.name] = flushes_alone(entry, work, operations=work.rounds(1000))
    busy = _crowded(OPERATION, work)
    work.tell(steps - 1, steps)
    bare = _crowded(JOURNAL, work)
    return Result(
        lines=(
            Line(figure="one till", value=counted[OPERATION.name], unit=_UNIT, goal=at_most(2.05)),
            Line(figure=f"{_TILLS} busy terminals", value=busy, unit=_UNIT, goal=at_most(0.25), why=_why(bare)),
            Line(figure=f"{_TILLS} threads, journal only", value=bare, unit=_UNIT),
        ),
        flushes=counted,
        failures=tuple(broken_proofs(counted, [RAW.name, JOURNAL.name, OPERATION.name])),
    )


def _why(bare: float) -> str:
    return f"""the journal shares its flushes: {_TILLS} threads that do nothing but write need {bare:.3f} for two
writes. Around them an operation computes, one thread at a time in Python, and longer than a flush takes; so when a
flush begins, fewer wait for it than there are tills."""


def _crowded(entry: Entry, work: Work) -> float:
    crowd = partial(Booth.crowd, seconds=_CROWD_S / 4 if work.quick else _CROWD_S)
    return flushes_per_operation(
        entry, work.folder, callers=_TILLS, do=lambda opened: sum(crowd(opened).each), warm=crowd
    )


MEASUREMENT = Measurement(
    name="flushes",
    title="Flushes, counted by the kernel",
    how="""Each contender runs under strace, which counts fsync, fdatasync and their kin in all threads, between two
marks, after a warm-up. A contender that never flushes is planted, and must be seen as one. *Busy* means terminals in
memory that answer at once, so that all 32 tills always want to write. Each flush is stopped by strace for some 50 µs,
which lets a few more callers join a group than without.""",
    run=_run,
)
