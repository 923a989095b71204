"""The group commit: many threads, one journal, against one connection with a lock."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial

from tools.bench.booth import Booth, Crowd, booth
from tools.bench.contender import COMMIT, LOCKED, NEVER_FLUSHED, Entry
from tools.bench.goal import Line, at_least, at_most
from tools.bench.measurement import Measurement, Result, Series, Work
from tools.bench.samples import Samples
from tools.bench.turns import middle, take_slices

_MANY = 32
_CALLERS = (1, 2, 4, 8, 16, _MANY)
_CONTENDERS = (COMMIT, LOCKED, NEVER_FLUSHED)


def _run(work: Work) -> Result:
    told: dict[tuple[str, int], list[Crowd]] = {}
    for place, callers in enumerate(_CALLERS):
        work.tell(place, len(_CALLERS))
        told |= {(name, callers): crowds for name, crowds in _slices(work, callers).items()}
    rates = {key: middle([crowd.per_s for crowd in crowds]) for key, crowds in told.items()}
    samples = {key: Samples([second for crowd in crowds for second in crowd.seconds]) for key, crowds in told.items()}
    ours, theirs, never = ((entry.name, _MANY) for entry in _CONTENDERS)
    most = rates[never] / rates[theirs]
    return Result(
        lines=(
            Line(
                figure="32 threads, journal only: commits a second ÷ one connection with a lock",
                value=rates[ours] / rates[theirs],
                goal=at_least(4),
                why=f"""the same connection with its lock does {most:.2f} times as many commits when it never flushes at
all: more than that no sharing of flushes can gain on this disk, and ours chains and folds besides.""",
            ),
            Line(figure="the same lock without any flush ÷ with its flushes: the most to be gained", value=most),
            Line(
                figure="p99 of one commit ÷ its median, 32 threads",
                value=samples[ours].p99_s / samples[ours].median_s,
                goal=at_most(10),
            ),
        ),
        readings=tuple(
            samples[name, callers].reading(name, callers=callers, per_s=rates[name, callers]) for name, callers in told
        ),
        series=tuple(_curve(entry, rates) for entry in _CONTENDERS),
    )


def _slices(work: Work, callers: int) -> dict[str, list[Crowd]]:
    rounds = work.rounds(6) if callers == _MANY else 2
    crowd = partial(Booth.crowd, seconds=0.3 if work.quick else 1.2)
    with ExitStack() as stack:
        booths = [stack.enter_context(booth(entry, work.folder, callers=callers)) for entry in _CONTENDERS]
        slices = {opened.entry.name: partial(crowd, opened) for opened in booths}
        return dict(take_slices(slices, rounds=rounds, tell=lambda *_: None))


def _curve(entry: Entry, rates: dict[tuple[str, int], float]) -> Series:
    return Series(name=entry.name, x=_CALLERS, y=[rates[entry.name, callers] for callers in _CALLERS])


MEASUREMENT = Measurement(
    name="group",
    title="Many threads, one journal",
    how="""Each caller is a thread that writes the first durable write of an operation over and over: two facts and
their row. Against one sqlite3 connection with a lock, WAL and synchronous=FULL, which writes the same rows into the
same tables, but neither chains nor folds them. Slices of 1.2 seconds, in turn.""",
    run=_run,
)
