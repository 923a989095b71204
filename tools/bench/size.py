"""How much room a journal takes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tools.bench.booth import booth
from tools.bench.contender import OPERATION, Entry
from tools.bench.goal import Line, at_most
from tools.bench.measurement import Measurement, Result, Work

_KIB = 1024.0
_FEW, _MANY = 1_000, 4_000

_BARE = replace(OPERATION, given={**OPERATION.given, "receipts": False})

# Pages of a table with what is free in them; a SQLite that was built without it cannot tell.
_FREE = "SELECT sum(unused) FROM dbstat"


def _run(work: Work) -> Result:
    few, many = work.rounds(_FEW), work.rounds(_MANY)
    contents = [(entry, operations) for entry in (_BARE, OPERATION) for operations in (few, many)]
    taken = []
    for place, (entry, operations) in enumerate(contents):
        work.tell(place, len(contents))
        with _journal(entry, operations, work) as path:
            taken.append(_taken(path))
    bare, full = _growth(*taken[:2], more=many - few), _growth(*taken[2:], more=many - few)
    lines = [
        Line(
            figure="journal of one operation, receipts and log of the communication excluded",
            value=bare.whole / _KIB,
            unit="KiB",
            goal=at_most(1.5),
        ),
        Line(
            figure="the same with the two receipts of the simulated terminal",
            value=full.whole / _KIB,
            unit="KiB",
        ),
    ]
    if full.free is None:
        return Result(lines=tuple(lines), not_measured=("the room left free in pages: this SQLite has no dbstat",))
    free = Line(figure="of that, room left free in pages", value=full.free / _KIB, unit="KiB")
    return Result(lines=(*lines, free))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """The bytes of a journal's pages, those that are still in its log included, and of what is free in them."""

    whole: float
    free: float | None


def _growth(few: _Taken, many: _Taken, *, more: int) -> _Taken:
    """What each operation more has taken."""
    free = None if few.free is None or many.free is None else (many.free - few.free) / more
    return _Taken(whole=(many.whole - few.whole) / more, free=free)


@contextmanager
def _journal(entry: Entry, operations: int, work: Work) -> Iterator[Path]:
    """The closed journal of so many payments."""
    before = set(work.folder.iterdir())
    with booth(entry, work.folder) as opened:
        opened.many(operations)
    (place,) = set(work.folder.iterdir()) - before
    yield place / "shop.journal"


def _taken(path: Path) -> _Taken:
    with closing(sqlite3.connect(path)) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
        try:
            (free,) = connection.execute(_FREE).fetchone()
        except sqlite3.OperationalError:
            free = None
    return _Taken(whole=pages * page_bytes, free=free)


MEASUREMENT = Measurement(
    name="size",
    title="The room that a journal takes",
    how="""Two journals, of 1,000 and of 4,000 payments through the whole engine, at a terminal that sends no receipts:
the difference of their files for each payment more, with indexes, digests and the row of the operation. And two with
the receipts of the simulated terminal: they are the guest's paper, and as long as a terminal likes.""",
    run=_run,
)
