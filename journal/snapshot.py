"""A journal as it stood in one moment, read from its beginning to its end without ever being held in memory."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from journal.archives import archives_with, start_of
from journal.chain import line_of
from journal.connection import connect_reader
from journal.errors import JournalError
from journal.fact import Fact, Value
from journal.fault import words
from journal.head import Head
from journal.projection import Projection
from journal.reach import head_of
from journal.schema import FACTS_AFTER, ProjectionTable

Ranges: TypeAlias = Mapping[str, tuple[str | None, str | None]]
"""For some columns of text: from which value on, and up to which one but without it; None is no limit."""

_PAGE = 500
_ALL = -1
"""What SQL takes as no limit."""


@contextmanager
def read_snapshot(path: str | os.PathLike[str], *, projection: Projection) -> Iterator[Snapshot]:
    """Look at the journal at ``path`` as it is now, whoever writes meanwhile.

    Leave the block soon: while it is open, the log of the journal cannot be emptied, and so it grows. Nothing that a
    person or another program can hold up belongs into it.

    Raises:
        JournalRefused: there is no journal there, or this release cannot read it.
        JournalError: it cannot be read.
    """
    try:
        connection = connect_reader(Path(path).resolve())
    except (sqlite3.Error, OSError) as error:
        raise _unreadable(error) from error
    try:
        connection.execute("BEGIN")
        yield Snapshot(connection, ProjectionTable(projection))
    finally:
        connection.close()


class Snapshot:
    """What stood in the journal when it was first asked; in the order in which things began, if not said otherwise."""

    def __init__(self, connection: sqlite3.Connection, table: ProjectionTable) -> None:
        self._connection = connection
        self._table = table
        try:
            self.head: Head = head_of(connection)  # the first read, with which the moment is chosen
            self.start: Head = start_of(connection)
            (self.rows_in_all,) = connection.execute(table.count).fetchone()
        except sqlite3.Error as error:
            raise _unreadable(error) from error

    def facts(self) -> Iterator[Fact]:
        """All facts that stand in this file and in no archive."""
        return (line_of(row).fact() for row in self._ask(FACTS_AFTER, (self.start.seq, _ALL)))

    def rows(self, within: Ranges | None = None) -> Iterator[Mapping[str, Value]]:
        """The rows whose columns are within these ranges; else all of them.

        Raises:
            JournalError: there is no such column.
        """
        conditions, values = self._conditions(within or {})
        return self._ask_rows(self._table.rows_where(conditions), values)

    def rows_before(self, seq: int) -> Iterator[Mapping[str, Value]]:
        """The rows of what began before this fact, backwards from there; nothing is read that is not taken."""
        return self._ask_rows(self._table.rows_before, (seq,))

    def archives_with(self, moment: str) -> list[str]:
        """The archives in which facts of this moment, or of a later one, may stand; see ``journal/archives.py``."""
        try:
            return archives_with(self._connection, moment)
        except sqlite3.Error as error:
            raise _unreadable(error) from error

    def _ask_rows(self, sql: str, values: Sequence[Value]) -> Iterator[Mapping[str, Value]]:
        return (dict(zip(self._table.columns, row, strict=True)) for row in self._ask(sql, values))

    def _conditions(self, within: Ranges) -> tuple[list[str], list[str]]:
        conditions, values = [], []
        for column, limits in within.items():
            if column not in self._table.columns:
                raise JournalError(f"there is no column {column!r}; there are {', '.join(self._table.columns)}")
            for sign, limit in zip((">=", "<"), limits, strict=True):
                if limit is not None:
                    conditions.append(f"{column} {sign} ?")
                    values.append(limit)
        return conditions, values

    def _ask(self, sql: str, values: Sequence[Value]) -> Iterator[tuple[Any, ...]]:
        try:
            cursor = self._connection.execute(sql, values)
            while page := cursor.fetchmany(_PAGE):
                yield from page
        except (sqlite3.Error, UnicodeError) as error:
            raise _unreadable(error) from error


def _unreadable(error: sqlite3.Error | OSError | UnicodeError) -> JournalError:
    told = str(error) if isinstance(error, UnicodeError) else words(error)
    return JournalError(f"the journal cannot be read: {told}")
