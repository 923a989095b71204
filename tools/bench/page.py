"""The page ``docs/benchmarks.md``, made from the records and from nothing else."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from tools.bench.contender import PEERS, UNSYNCED
from tools.bench.figures import FIGURES
from tools.bench.goal import Line
from tools.bench.machine import BUSY
from tools.bench.measurement import MEASUREMENTS
from tools.bench.proof import durable
from tools.bench.record import Record

PAGE = "benchmarks.md"

_WIDTH = 120

_HEAD = """# Benchmarks

<!-- Written by `make bench` from benchmarks.json; do not edit. -->

How fast it is, measured operation by operation beside what it is compared with, in turn and in one run; the figures are
ratios of medians, so that whatever disturbs a machine disturbs both sides. A goal that was not reached says so.

`make bench` measures all of it again and writes this page; it takes about ten minutes. `make bench
BENCH="--only peers"` measures one part anew and leaves the others as they are, `--quick` tries a little of everything
and keeps nothing. What the figures mean for a shop stands in [capacity.md](capacity.md).
"""

_REPEAT = """## How it was measured

Every contender does one operation when it is told to, and its time is taken where it runs: in a process of its own
wherever others would disturb it. In each round every contender has one turn, always in the same order; what needs many
callers takes turns in slices of a second or two. The first rounds warm up and do not count. The median is the usual
one; p99 is a value that was really measured, the nearest rank. *Load* is how many others wanted a core in the minute
before: on a busy machine a flush waits for a core rather than for the disk, all contenders come out alike, and the
figures say little.
"""

_YES, _NO, _NOTHING = "yes", "**no**", "not measured"


def page(records: Mapping[str, Record]) -> str:
    """The page, from the records."""
    known = {name: records[name] for name in MEASUREMENTS if name in records}
    lines = [_HEAD, *_goals(known), *_peers(known), *_pictures(known), _REPEAT, *_sections(known)]
    return "\n".join(lines).rstrip() + "\n"


def _goals(records: Mapping[str, Record]) -> Iterator[str]:
    yield "## The goals\n"
    yield "| part | figure | measured | goal | reached |"
    yield "|---|---|---|---|---|"
    for name, record in records.items():
        for line in record.result.lines:
            if line.goal is not None:
                yield f"| [{name}](#{name}) | {line.figure} | {line.told} | {line.goal} | {_reached(line)} |"
    yield ""
    yield from _whys(records)
    busiest = max((record.load for record in records.values()), default=0.0)
    if busiest > BUSY:
        yield f"*Measured on a busy machine (load up to {busiest:.1f}): what is said below of the load holds here.*\n"
    for record in records.values():
        yield from (f"- *not measured:* {told}" for told in record.result.not_measured)
        yield from (f"- **proof failed:** {told}" for told in record.result.failures)
    yield ""


def _whys(records: Mapping[str, Record]) -> Iterator[str]:
    """What was not reached, by its reason: several figures may share one."""
    missed: dict[str, list[str]] = {}
    for record in records.values():
        for line in record.result.lines:
            if line.reached is False:
                missed.setdefault(line.why, []).append(f"*{line.figure}* ({line.told})")
    if missed:
        yield "## What was not reached, and why\n"
    for why, figures in missed.items():
        yield from textwrap.wrap(
            f"- {'; '.join(figures)}: {why}", _WIDTH, subsequent_indent="  ", break_on_hyphens=False
        )
    yield ""


def _reached(line: Line) -> str:
    return _YES if line.reached else _NO


def _peers(records: Mapping[str, Record]) -> Iterator[str]:
    record = records.get("peers")
    if record is None:
        return
    result = record.result
    flushes_of = {**(records["flushes"].result.flushes if "flushes" in records else {}), **result.flushes}
    told = {(reading.who, reading.callers): reading for reading in result.readings}
    yield "## The peers\n"
    yield "Two durable writes an operation. Medians of one caller; operations a second of all callers together.\n"
    yield "| | flushes an operation | durable | one caller, ms | p99, ms | a second | 32 callers, a second |"
    yield "|---|---|---|---|---|---|---|"
    for who in dict.fromkeys([*(reading.who for reading in result.readings), *result.flushes]):
        if who == UNSYNCED.label:
            continue
        one, many = told.get((who, 1)), told.get((who, 32))
        flushes = flushes_of.get(who)
        yield (
            "| "
            + " | ".join(
                (
                    who,
                    _NOTHING if flushes is None else f"{flushes:.2f}",
                    _NOTHING if flushes is None else "yes" if durable(flushes) else "**not durable**",
                    *(
                        (f"{one.median_ms:.2f}", f"{one.p99_ms:.2f}", f"{one.per_s:,.0f}")
                        if one
                        else (_NOTHING, _NOTHING, _NOTHING)
                    ),
                    f"{many.per_s:,.0f}" if many else _NOTHING,
                )
            )
            + " |"
        )
    yield ""
    absent = [peer.name for peer in PEERS if not any(reading.who.startswith(peer.name) for reading in result.readings)]
    if absent:
        yield f"Not compared: {', '.join(absent)}.\n"


def _pictures(records: Mapping[str, Record]) -> Iterator[str]:
    for figure in FIGURES:
        if figure.needs in records:
            yield f"![{figure.caption}]({figure.file})\n"


def _sections(records: Mapping[str, Record]) -> Iterator[str]:
    for name, record in records.items():
        yield f'<a id="{name}"></a>\n\n## {record.title}\n'
        yield f"{textwrap.fill(record.how, _WIDTH)}\n"
        yield f"*{record.date}, {record.took_s} s, load {record.load:.1f}; {record.machine}*\n"
        for line in record.result.lines:
            goal = (
                "" if line.goal is None else f" (goal {line.goal}: {'reached' if line.reached else '**not reached**'})"
            )
            yield f"- {line.figure}: **{line.told}**{goal}"
        for told in record.result.notes:
            yield f"- {told}"
        yield ""
        yield from _readings(record)


def _readings(record: Record) -> Iterator[str]:
    if not record.result.readings:
        return
    yield "| | callers | median, ms | p99, ms | a second | measured |"
    yield "|---|---|---|---|---|---|"
    for reading in record.result.readings:
        yield (
            f"| {reading.who} | {reading.callers} | {reading.median_ms:.3f} | {reading.p99_ms:.3f} | "
            f"{reading.per_s:,.0f} | {reading.samples:,} |"
        )
    yield ""
