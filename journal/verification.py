"""Checking what stands in a journal file: some of it at every opening, all of it when asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from journal.archives import start_of
from journal.chain import Line, chain_breaks, line_of
from journal.connection import connect_reader
from journal.errors import JournalError
from journal.fault import words
from journal.head import EMPTY, Head
from journal.port import Verification
from journal.reach import digest_at, head_of, mark_breaks
from journal.row import row_breaks
from journal.schema import (
    FACTS_AFTER,
    FACTS_OF,
    SUBJECTS,
    ProjectionTable,
    missing_triggers,
)

TAIL = 3_000
"""Facts that every opening checks, besides those of all who are open: a thousand operations in a fortieth of a second.

A young journal is checked whole, and one of years opens as fast.
"""

_MOST_BREAKS = 100
"""Told at most; a file that lies in ruins would otherwise give a sentence for every fact."""

_TOLD_EACH = 500
"""Facts; some hundredths of a second."""

Tell = Callable[[int, int], None]

_ALL = -1
"""What SQL takes as no limit."""


def _nobody_hears(_: int) -> None:
    """Of how many facts were read."""


def verify_file(path: Path, table: ProjectionTable, mark: Head | str | None, tell: Tell | None = None) -> Verification:
    """Read everything: chain, rows, triggers, mark, and SQLite's own check.

    ``mark`` was read before: it follows each commit, so it can only be behind the snapshot that is taken here.
    ``tell(done, total)`` hears how many facts have been read; each is read twice, for the chain and for its row.

    Raises:
        JournalError: the file cannot even be read.
    """
    try:
        connection = connect_reader(path)
    except (sqlite3.Error, OSError) as error:
        raise JournalError(f"the journal cannot be read: {words(error)}") from error
    counted = _Counted(tell)
    breaks: list[str] = []
    try:
        connection.text_factory = _lenient_text
        connection.execute("BEGIN")  # one snapshot for everything, whoever writes meanwhile
        breaks += islice(_all_breaks(connection, table, mark, counted), _MOST_BREAKS)
    except sqlite3.Error as error:
        breaks.append(f"after fact {counted.head.seq}: the check could not go on: {words(error)}")
    finally:
        connection.close()
    if len(breaks) == _MOST_BREAKS:
        breaks.append("and perhaps more: the check stopped here")
    return Verification(facts=counted.facts, head=counted.head.digest, breaks=tuple(breaks))


def _all_breaks(
    connection: sqlite3.Connection, table: ProjectionTable, mark: Head | str | None, counted: _Counted
) -> Iterator[str]:
    start = start_of(connection)
    counted.expect(head_of(connection).seq - start.seq)
    lines = (line_of(row) for row in connection.execute(FACTS_AFTER, (start.seq, _ALL)))
    yield from chain_breaks(counted.through(lines, after=start), after=start)
    if isinstance(mark, str):
        yield mark
    else:
        yield from mark_breaks(connection, mark)
    yield from missing_triggers(connection)
    yield from projection_breaks(connection, table, counted.read)
    for (told,) in connection.execute("PRAGMA integrity_check(20)"):
        if told != "ok":
            yield f"SQLite: {told}"


def projection_breaks(
    connection: sqlite3.Connection, table: ProjectionTable, read: Callable[[int], None] = _nobody_hears
) -> Iterator[str]:
    """Where the projection's table is not what the facts say; ``read`` hears of how many facts it was folded."""
    found = 0
    for seq, subject in connection.execute(SUBJECTS):
        values = connection.execute(table.by_seq, (seq,)).fetchone()
        stored = None if values is None else dict(zip(table.columns, values, strict=True))
        found += stored is not None
        try:
            facts = [line_of(row).fact() for row in connection.execute(FACTS_OF, (subject,))]
        except JournalError as error:
            yield str(error)
            continue
        except UnicodeEncodeError:  # rot made it a text that cannot even be asked for
            yield f"{table.projection.table}: {subject!r} is no subject that was ever written"
            continue
        read(len(facts))
        yield from row_breaks(table.projection, subject, stored, facts)
    (rows,) = connection.execute(table.count).fetchone()
    if rows != found:
        yield f"{table.projection.table}: {rows - found} of {rows} rows belong to no fact"


def tail_breaks(connection: sqlite3.Connection) -> Iterator[str]:
    """What is wrong with the last facts of the chain."""
    start = start_of(connection)
    after = max(head_of(connection).seq - TAIL, start.seq)
    known = digest_at(connection, after)
    if known is None and after:
        yield f"fact {after}: it is missing"
        return
    if known is not None:
        start = Head(seq=after, digest=known)
    with _lenient(connection):
        yield from chain_breaks((line_of(row) for row in connection.execute(FACTS_AFTER, (after, TAIL))), after=start)


def open_breaks(connection: sqlite3.Connection, table: ProjectionTable) -> Iterator[str]:
    """What is wrong with the facts of those who are open, however old they are: on these somebody will act."""
    with _lenient(connection):
        try:
            rows = connection.execute(table.facts_of_open).fetchall()
        except sqlite3.DatabaseError:  # the table has rotted, which whoever reads it is told; it can be made anew
            return
        first = start_of(connection)
        for *row, before in rows:
            line = line_of(tuple(row))
            start = first if line.seq == first.seq + 1 else Head(seq=line.seq - 1, digest=str(before))
            yield from chain_breaks([line], after=start)


class _Counted:
    """Lines on their way through, counted, and somebody told how far it has come."""

    def __init__(self, tell: Tell | None) -> None:
        self.facts = 0
        self.head = EMPTY
        self._tell = tell
        self._read = 0

    def expect(self, facts: int) -> None:
        self._total = 2 * facts

    def read(self, facts: int) -> None:
        before, self._read = self._read, self._read + facts
        if self._tell is not None and before // _TOLD_EACH < self._read // _TOLD_EACH:
            self._tell(self._read, self._total)

    def through(self, lines: Iterable[Line], *, after: Head) -> Iterator[Line]:
        self.head = after
        for line in lines:
            self.facts += 1
            self.read(1)
            self.head = Head(seq=line.seq, digest=line.digest)
            yield line


@contextmanager
def _lenient(connection: sqlite3.Connection) -> Iterator[None]:
    before, connection.text_factory = connection.text_factory, _lenient_text
    try:
        yield
    finally:
        connection.text_factory = before


def _lenient_text(content: bytes) -> str:
    # Rot can leave bytes that are no UTF-8. The check must name the fact, not stop at it.
    return content.decode("utf-8", "surrogateescape")
