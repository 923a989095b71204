"""Rebuilding: the projection's table, thrown away and made anew from the facts.

    snapshot: chain and mark checked, each row compared ─▶ lock ─▶ BEGIN IMMEDIATE ─▶ the chain goes on from there?
                                                        ─▶ drop, make, fold all ─▶ COMMIT ─▶ unlock

What holds here:

1. Facts are only read. What is not in them cannot get into the table, and nothing gets into them.
2. Only from a chain that fits together. Rows that were folded from changed facts would look as good as any.
3. All or nothing, in one atomic write: whoever reads meanwhile reads the old table, and after a kill it is still there.
4. Nobody else writes meanwhile. A till that wants to store an answer waits until the table is made, and so the checking
   and comparing, which take longer, come before the lock.

We also considered mending only the rows that differ. It would be over sooner, and would leave an index that has rotted
as it is.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from journal.archives import start_of
from journal.chain import Line, chain_breaks, line_of
from journal.connection import connect_reader
from journal.errors import JournalError, JournalRefused
from journal.fault import words
from journal.handle import WriteHandle
from journal.head import Head
from journal.opening import commit, make_anew
from journal.projection import Projection
from journal.reach import digest_at, head_of, mark_breaks, steady_mark
from journal.schema import FACTS_AFTER, ProjectionTable
from journal.side import Side
from journal.verification import projection_breaks

_ALL = -1
"""What SQL takes as no limit."""

_MOST_CHANGES = 100
"""Told at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What was done: from how many facts, into how many rows, and a sentence for each that had been otherwise."""

    facts: int
    rows: int
    changes: tuple[str, ...]


def rebuild(
    path: str | os.PathLike[str], *, projection: Projection, tell: Callable[[int, int], None] | None = None
) -> Rebuilt:
    """Make the projection's table in the journal at ``path`` anew. Others wait meanwhile with what they write.

    ``tell(done, total)`` hears how many subjects have got their row.

    Raises:
        JournalRefused: there is no journal, or its facts do not fit together or cannot be folded; nothing was changed.
        JournalError: the disk did not take it; the table is the old one, or whole and new.
    """
    place, table = Path(path).resolve(), ProjectionTable(projection)
    try:
        seen, changes = _look(place, table)
        handle = WriteHandle(place, table)
        try:
            with handle.alone():
                facts, rows = _make(handle, table, seen, tell)
                handle.checkpoint()
        finally:
            handle.close()
    except (sqlite3.Error, OSError) as error:
        raise JournalError(
            f"the table {projection.table} could not be made anew: {words(error)}; no fact was touched, and it can be "
            "tried again"
        ) from error
    return Rebuilt(facts=facts, rows=rows, changes=changes)


def _look(path: Path, table: ProjectionTable) -> tuple[Head, tuple[str, ...]]:
    """Check the facts in one snapshot, and say what in the table is not what they say."""
    mark = steady_mark(Side(path))
    with closing(connect_reader(path)) as connection:
        connection.execute("BEGIN")
        head = head_of(connection)
        start = start_of(connection)
        for told in (
            *chain_breaks(_lines(connection, start.seq), after=start),
            *mark_breaks(connection, _readable(mark)),
        ):
            raise _refused(path, told)
        return head, tuple(_differences(connection, table))


def _differences(connection: sqlite3.Connection, table: ProjectionTable) -> Iterator[str]:
    name = table.projection.table
    if not table.fits(connection):
        yield f"{name}: the table was missing, or had another shape"
        return
    breaks = projection_breaks(connection, table)
    try:
        yield from islice(breaks, _MOST_CHANGES)
        if next(breaks, None) is not None:
            yield "and more: the comparison stopped here"
    except sqlite3.DatabaseError as error:  # just then it has to be made anew
        yield f"{name}: it could not be read any further: {words(error)}"


def _readable(mark: Head | str | None) -> Head | None:
    return None if isinstance(mark, str) else mark  # a torn one says nothing; the next write renews it


def _lines(connection: sqlite3.Connection, after: int) -> Iterator[Line]:
    return (line_of(row) for row in connection.execute(FACTS_AFTER, (after, _ALL)))


def _make(
    handle: WriteHandle, table: ProjectionTable, seen: Head, tell: Callable[[int, int], None] | None
) -> tuple[int, int]:
    connection = handle.ready()
    connection.execute("BEGIN IMMEDIATE")
    try:
        _must_go_on(connection, seen)
        connection.execute("REINDEX facts")  # an index that has rotted would hide facts from the fold
        make_anew(connection, table, tell)
        (rows,) = connection.execute(table.count).fetchone()
        facts = head_of(connection).seq
        commit(connection, handle.side)
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return facts, rows


def _must_go_on(connection: sqlite3.Connection, seen: Head) -> None:
    """Refuse a chain that is not the one that was checked, with more behind it at most."""
    if seen.seq and digest_at(connection, seen.seq) != seen.digest:
        raise JournalRefused(f"fact {seen.seq} was there a moment ago and is gone: somebody replaced the journal")
    for told in chain_breaks(_lines(connection, seen.seq), after=seen):
        raise JournalRefused(f"{told}; the table was left as it was")


def _refused(path: Path, told: str) -> JournalRefused:
    return JournalRefused(
        f"{path} cannot be trusted: {told}. Its table is left as it is: nothing is made from facts that do not fit "
        "together. Keep this file for whoever has to look into it, and put back a copy"
    )
