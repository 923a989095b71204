"""Journals of several shapes, as files: what bits are flipped in, and what everybody must still read in them."""

from __future__ import annotations

import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from engine import OPERATIONS, Kind, Mode, Money, TerminalUnsettled
from journal import Fact, Journal, Projection, Reader, Value, open_journal
from tests.journal.things import THINGS, Clock, draft
from tests.prove.disk.desk import Desk
from tools.simulator import FaultPlan, Guest

_LONG = 12_000
"""Characters of a fact that needs several pages."""

_ALL = 1_000_000

PROJECTIONS: Mapping[str, Projection] = {"operations": OPERATIONS, "things": THINGS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything that anyone can read in a journal."""

    facts: tuple[Fact, ...]
    rows: tuple[Mapping[str, Value], ...]
    lookups: tuple[object, ...]
    """The same once more, by every way that a question can take: subject, unique columns, lane, what is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A journal as it may lie on a disk after its till was killed or closed."""

    name: str
    projection: str
    main: bytes
    log: bytes
    mark: bytes
    reading: Reading

    def put(self, path: Path, main: bytes, log: bytes) -> None:
        """Make it so at this path, with these contents of the file and its log. The folder beside it may be there."""
        path.write_bytes(main)
        path.with_name(path.name + "-wal").write_bytes(log)
        path.with_name(path.name + "-shm").unlink(missing_ok=True)
        side = path.with_name(path.name + ".side")
        side.mkdir(exist_ok=True)
        (side / "mark").write_bytes(self.mark)
        (side / "doubt").unlink(missing_ok=True)
        shutil.rmtree(side / "rising", ignore_errors=True)  # a stamp of an hour that is not played would be too new

    def opened(self, path: Path) -> Journal:
        """Open it as a till does."""
        return open_journal(path, projection=PROJECTIONS[self.projection], now=Clock())


def read(journal: Reader, projection: str) -> Reading:
    """Read everything.

    Raises:
        JournalError: something cannot be read.
    """
    columns = PROJECTIONS[projection]
    rows = tuple(journal.newest_rows(limit=_ALL))
    lanes = dict.fromkeys(str(row[columns.lane]) for row in rows)
    looked_up = (
        *(journal.facts_of(str(row[columns.key])) for row in rows),
        *(journal.named(str(row[name])) for row in rows for name in (columns.key, *columns.unique)),
        *(journal.newest_rows(lane=lane, limit=_ALL) for lane in lanes),
        *(journal.open_rows(lane) for lane in (*lanes, None)),
        journal.head(),
    )
    return Reading(facts=tuple(journal.facts()), rows=rows, lookups=looked_up)


def keep_shapes(folder: Path) -> None:
    """Make all shapes, for the workers to read."""
    (folder / "shapes").write_bytes(pickle.dumps([_made(name, make) for name, make in _MAKERS.items()]))


@cache
def shapes(folder: Path) -> list[Shape]:
    """The shapes that were kept."""
    kept: list[Shape] = pickle.loads((folder / "shapes").read_bytes())  # noqa: S301 - our own
    return kept


def _made(name: str, make: Callable[[Path], Iterator[tuple[str, Path]]]) -> Shape:
    place = Path(tempfile.mkdtemp())
    try:
        with contextmanager(make)(place) as (projection, path):
            main, log = path.read_bytes(), path.with_name(path.name + "-wal")
            mark = path.with_name(path.name + ".side") / "mark"
            found = (main, log.read_bytes() if log.exists() else b"", mark.read_bytes())
        return _read_once(name, projection, found)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _read_once(name: str, projection: str, found: tuple[bytes, bytes, bytes]) -> Shape:
    place = Path(tempfile.mkdtemp())
    empty = Reading(facts=(), rows=(), lookups=())
    main, log, mark = found
    shape = Shape(name=name, projection=projection, main=main, log=log, mark=mark, reading=empty)
    try:
        shape.put(place / "j", main, log)
        journal = shape.opened(place / "j")
        reading = read(journal, projection)
        if journal.verify().breaks or not reading.facts:
            raise RuntimeError(f"the shape {name!r} is not sound to begin with")
        journal.close()
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return Shape(name=name, projection=projection, main=main, log=log, mark=mark, reading=reading)


def _desk(place: Path, **settings: Any) -> Desk:
    return Desk(place, guest=Guest(takes_s=4.0, weights={"Approved": 3.0, "Declined": 1.0}), latency_s=0.4, **settings)


def _killed_young(place: Path) -> Iterator[tuple[str, Path]]:
    """Everything is in the log, and next to nothing in the file."""
    desk = _desk(place)
    with desk.till() as till:
        for number in range(4):
            till.pay(f"bill-{number}")
        yield "operations", desk.path


def _closed_day(place: Path) -> Iterator[tuple[str, Path]]:
    """Everything is in the file, and there is no log."""
    desk = _desk(place)
    with desk.till() as till:
        for number in range(8):
            till.pay(f"bill-{number}", mode=Mode.ASYNC if number % 2 else Mode.SYNC)
        till.do(Kind.REFUND, "refund-1", amount=Money.parse("10.00", "NOK"))
        till.do(Kind.REVERSAL, "undo-1", target_receipt="000001")
        till.do(Kind.CAPTURE, "day-1")
    yield "operations", desk.path


def _killed_on_the_second_day(place: Path) -> Iterator[tuple[str, Path]]:
    """Half in the file, half in the log."""
    desk = _desk(place)
    for day in range(2):
        with desk.till() as till:
            for number in range(5):
                till.pay(f"bill-{day}/{number}")
            if day:
                yield "operations", desk.path


def _log_written_over(place: Path) -> Iterator[tuple[str, Path]]:
    """The log was moved into the file and begun anew, and old pages still lie behind the new ones."""
    desk = _desk(place)
    with desk.till() as till:
        for number in range(6):
            till.pay(f"bill-{number}")
        desk.journal._writer._handle.checkpoint()  # type: ignore[attr-defined]
        till.pay("bill-new")
        yield "operations", desk.path


def _full_of_doubt(place: Path) -> Iterator[tuple[str, Path]]:
    """Orders whose answers were lost, some settled and some not."""
    desk = _desk(place, plan=FaultPlan(rate=0.6, seed=5), patience_s=1.0)
    with desk.till() as till:
        for number in range(8):
            with suppress(TerminalUnsettled):
                till.pay(f"bill-{number}")
        yield "operations", desk.path


def _closed_in_doubt(place: Path) -> Iterator[tuple[str, Path]]:
    """Everything is in the file, and nobody knows what became of the last guest."""
    desk = _desk(place, plan=FaultPlan(script={5: "dropped_while_paying"}))
    with desk.till() as till:
        for number in range(5):
            till.pay(f"bill-{number}", patience_s=0.0)
    yield "operations", desk.path


def _many_days(place: Path) -> Iterator[tuple[str, Path]]:
    """Trees of several levels, and free pages."""
    desk = _desk(place)
    with desk.till() as till:
        for number in range(45):
            till.pay(f"bill-{number}")
    yield "operations", desk.path


def _long_facts(place: Path) -> Iterator[tuple[str, Path]]:
    """Facts that need several pages each."""
    path = place / "j"
    journal = open_journal(path, projection=THINGS, now=Clock())
    for number in range(6):
        journal.append([draft(f"thing-{number}", label=f"label-{number}", lane="north", told="æ" * _LONG)])
        journal.append([draft(f"thing-{number}", "Done" if number % 2 else "Told", reply="r" * 700)])
    yield "things", path
    journal.close()


_MAKERS: Mapping[str, Callable[[Path], Iterator[tuple[str, Path]]]] = {
    make.__name__.strip("_").replace("_", " "): make
    for make in (
        _killed_young,
        _closed_day,
        _killed_on_the_second_day,
        _log_written_over,
        _full_of_doubt,
        _closed_in_doubt,
        _many_days,
        _long_facts,
    )
}
