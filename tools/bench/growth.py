"""Whether the journal stays flat: opening it, listing what is unsettled, and writing, after years as after a day."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from engine import OPERATIONS
from journal import Reader, open_journal, read_journal
from tools.bench.booth import booth
from tools.bench.contender import Entry
from tools.bench.goal import Line, at_most
from tools.bench.measurement import Measurement, Result, Work
from tools.bench.samples import Samples
from tools.bench.turns import take_turns
from tools.bench.years import UNSETTLED, write_years

_FEW, _MANY = 1_000, 5_000_000
_ROOM_EACH = 2_500
"""Bytes of free disk that a payment needs while the indexes are made."""


class NotFlat(Exception):
    """The list of the unsettled is not what was written; what reading it takes says nothing."""


def _run(work: Work) -> Result:
    many = 100_000 if work.quick else _MANY
    if shutil.disk_usage(work.folder).free < many * _ROOM_EACH:
        return Result(
            not_measured=(f"a journal of {many:,} operations: it takes {many * _ROOM_EACH >> 30} GiB of disk",)
        )
    paths = {operations: work.folder / f"{operations}.journal" for operations in (_FEW, many)}
    for operations, path in paths.items():
        write_years(path, operations, tell=work.tell)
    opened, written = _open(paths, work), _write(paths, work)
    return Result(
        lines=(
            _line("open for reading and list the unsettled (a status)", opened, _READING, many, goal=1.5),
            _line("open for writing and list the unsettled (a till)", opened, _WRITING, many, goal=1.5),
            _line("the two durable writes of an operation", written, _APPENDING, many, goal=1.15),
        ),
        readings=tuple(samples.reading(name) for name, samples in {**opened, **written}.items()),
    )


_READING, _WRITING, _APPENDING = "read {:,} operations", "open {:,} operations", "write after {:,} operations"


def _line(what: str, measured: Mapping[str, Samples], name: str, many: int, *, goal: float) -> Line:
    ratio = measured[name.format(many)].over(measured[name.format(_FEW)])
    return Line(figure=f"{what}: {many:,} operations ÷ {_FEW:,}", value=ratio, goal=at_most(goal))


def _open(paths: Mapping[int, Path], work: Work) -> Mapping[str, Samples]:
    turns = {}
    for operations, path in paths.items():
        turns[_READING.format(operations)] = partial(_listed, partial(read_journal, path, projection=OPERATIONS))
        turns[_WRITING.format(operations)] = partial(_listed, partial(_opened, path))
    return take_turns(turns, rounds=work.rounds(100), warm=5, tell=work.tell)


def _opened(path: Path) -> Reader:
    return open_journal(path, projection=OPERATIONS, now=lambda: datetime.now(UTC))


def _listed(opens: Callable[[], Reader]) -> float:
    began = time.perf_counter()
    with closing(opens()) as reader:
        found = len(reader.open_rows())
    took_s = time.perf_counter() - began
    if found != UNSETTLED:
        raise NotFlat(f"{found} operations are unsettled where {UNSETTLED} were written")
    return took_s


def _write(paths: Mapping[int, Path], work: Work) -> Mapping[str, Samples]:
    module = "tools.bench.contenders.facts"
    with ExitStack() as stack:
        turns = {}
        for operations, path in paths.items():
            entry = Entry(name=_APPENDING.format(operations), module=module, given={"path": str(path)})
            turns[entry.name] = stack.enter_context(booth(entry, work.folder)).one
        return take_turns(turns, rounds=work.rounds(2_000), warm=100, tell=work.tell)


MEASUREMENT = Measurement(
    name="growth",
    title="A journal of years",
    how="""Two journals, of 1,000 and of 5,000,000 payments with ten in doubt among them, which are made in bulk: their
tables, facts, rows and chain are those that the payments themselves would leave. In turn they are opened, for reading
and for writing, and what is unsettled is listed; then two processes write an operation each in turn, durably. The files
are in the machine's cache as far as there is room for them.""",
    run=_run,
)
