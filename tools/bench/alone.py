"""Everything of an operation but HTTP, against the floor: two raw appends, each flushed."""

from __future__ import annotations

import time
from contextlib import ExitStack

from tools.bench.booth import booth
from tools.bench.contender import JOURNAL, OPERATION, PLAIN, RAW, Entry, contenders_here
from tools.bench.goal import Line, at_most
from tools.bench.measurement import Measurement, Result, Work
from tools.bench.turns import Turn, take_turns

_GOAL = 1.5
"""Then what is computed takes half as long as the two flushes: as long as one of them."""

_LOGGING = Entry(
    name=f"{OPERATION.name}, and its line in a log file",
    module=OPERATION.module,
    given={**OPERATION.given, "log": True},
)


def _run(work: Work) -> Result:
    rounds = work.rounds(2000)
    with contenders_here((RAW, OPERATION, JOURNAL, PLAIN), work.folder) as turns:
        warm = take_turns(turns, rounds=rounds, warm=100, tell=work.tell)
        computing_s = _computing_s(turns[OPERATION.name], rounds // 4)
    with ExitStack() as stack:
        booths = [stack.enter_context(booth(entry, work.folder)) for entry in (RAW, OPERATION, _LOGGING)]
        cold = take_turns(
            {opened.entry.name: opened.one for opened in booths}, rounds=rounds // 4, warm=50, tell=work.tell
        )
    sqlite = warm[PLAIN.name].over(warm[RAW.name])
    flush_ms = 1000 * (warm[OPERATION.name].median_s - warm[RAW.name].median_s)
    return Result(
        lines=(
            Line(
                figure="everything of an operation but HTTP ÷ two raw append + fdatasync",
                value=warm[OPERATION.name].over(warm[RAW.name]),
                goal=at_most(_GOAL),
                why=f"""two commits of plain sqlite3 with nothing else around them take {sqlite:.2f} times as long as
the two raw appends, and Python computes for {1000 * computing_s:.2f} ms in each operation; the [profile](#profile)
shows on what, and that no part of it stands out. The ratio is one to a disk that flushes in
{1000 * warm[RAW.name].median_s / 2:.2f} ms: with the same computing the goal is reached where a flush takes
{flush_ms:.1f} ms, as it does on many a disk without a battery.""",
            ),
            Line(figure="two commits of plain sqlite3 ÷ the same", value=sqlite),
            Line(figure="computing time of an operation", value=computing_s * 1000, unit="ms of a core"),
            Line(figure="flush from which on the goal is reached, with this computing", value=flush_ms, unit="ms"),
            Line(figure="of the whole, the journal alone", value=warm[JOURNAL.name].over(warm[RAW.name])),
            Line(
                figure="the whole again, by processes that sleep between two operations",
                value=cold[OPERATION.name].over(cold[RAW.name]),
            ),
            Line(
                figure="the same, with the line of each operation in a log file",
                value=cold[_LOGGING.name].over(cold[RAW.name]),
            ),
        ),
        readings=(
            *(samples.reading(name) for name, samples in warm.items()),
            *(samples.reading(f"{name}, between sleeps") for name, samples in cold.items()),
        ),
    )


def _computing_s(turn: Turn, operations: int) -> float:
    """What an operation takes of a core, without waiting; the little that the terminal in memory takes is in it.

    The one figure that a busy machine does not spoil.
    """
    began = time.process_time()
    for _ in range(operations):
        turn()
    return (time.process_time() - began) / operations


MEASUREMENT = Measurement(
    name="alone",
    title="An operation without HTTP",
    how="""`till.pay()` as it is shipped, journal and log of the communication in files, at a terminal in memory that
answers at once; what the terminal takes for its answer (a signed reply with both receipts) is left out. Against two
appends to a file of what is written of an operation, without receipts, each followed by fdatasync. Both in one process,
turn by turn. A till sleeps between two guests and then finds its caches cold: that is measured as well.""",
    run=_run,
)
