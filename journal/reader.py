"""Reading a journal file, beside any number of writers, without the right to change it.

A monitor looks every minute and finds nothing unsettled. It is told so by rows, so what reads facts and what checks
them is loaded where that is asked for.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from journal.archives import archive_of, start_of
from journal.connection import connect_reader
from journal.errors import JournalError, JournalRefused
from journal.fault import words
from journal.reach import head_of, mark_breaks, steady_mark
from journal.schema import FACTS_AFTER, FACTS_OF, LAST_DIGEST_OF, ProjectionTable
from journal.side import Side

if TYPE_CHECKING:
    from journal.fact import Fact, Value
    from journal.head import Head
    from journal.port import Reader, Verification
    from journal.projection import Projection

_Found = TypeVar("_Found")

_REBUILD = "Begin nothing; `tillproof journal rebuild` makes the indexes anew from the facts"

_PAGE = 500
"""Facts fetched at once. No read stays open between two pages, because an open read holds up every checkpoint."""


def read_journal(path: str | os.PathLike[str], *, projection: Projection, unverified: bool = False) -> Reader:
    """Open a journal file for reading only. It is never created, changed or checkpointed.

    ``unverified`` opens also one whose end has vanished: to find out what is wrong with it, and for nothing else.

    Raises:
        JournalRefused: there is no journal there, or this release cannot read it.
    """
    place = Path(path).resolve()
    table = ProjectionTable(projection)
    # Before the facts: it follows each commit, so it can only be behind what is read later.
    mark = steady_mark(Side(place))
    reader = SqliteReader(place, table)
    try:
        reader.must_be_usable(None if unverified else mark)
    except BaseException:
        reader.close()
        raise
    return reader


class SqliteReader:
    """A read-only connection, shared by all threads of one process."""

    def __init__(self, path: Path, table: ProjectionTable) -> None:
        self._path = path
        self._table = table
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self._connection: sqlite3.Connection | None
        try:
            self._connection = connect_reader(path)
        except (sqlite3.Error, OSError) as error:
            raise JournalRefused(
                f"{path} cannot be opened for reading: {words(error)}. Its folder must be writable, because SQLite "
                "keeps a file beside the journal while it is read: copy an archived journal elsewhere first"
            ) from error

    def must_be_usable(self, mark: Head | str | None) -> None:
        """Refuse a file that does not reach as far as the mark says that it did, or has another release's table.

        Raises:
            JournalRefused: it is one of these, or cannot be read.
        """
        with self._lock:
            try:
                missing = list(mark_breaks(self._usable(), None if isinstance(mark, str) else mark))
                fits = self._table.fits(self._usable())
            except sqlite3.Error as error:
                raise JournalRefused(
                    f"{self._path} cannot be read: {words(error)}. Put back the newest copy"
                ) from error
        for told in missing:
            raise JournalRefused(f"{self._path} cannot be trusted: {told}. Put back the newest copy")
        if not fits:
            raise JournalRefused(
                f"the table {self._table.projection.table} in {self._path} is of another release: open the journal for "
                "writing once, which makes it anew"
            )

    def facts_of(self, subject: str) -> tuple[Fact, ...]:
        """See ``Reader``."""
        from journal.chain import line_of  # noqa: PLC0415 - see above

        return tuple(line_of(row).fact() for row in self._ask(FACTS_OF, (subject,)))

    def last_digest(self, subject: str) -> str:
        """See ``Reader``."""
        return str(next(iter(self._ask(LAST_DIGEST_OF, (subject,))), ("",))[0])

    def facts(self, *, after: int = 0) -> Iterator[Fact]:
        """See ``Reader``."""
        from journal.chain import line_of  # noqa: PLC0415 - see above

        after = max(after, self._look(start_of).seq)
        while page := self._ask(FACTS_AFTER, (after, _PAGE)):
            for row in page:
                yield line_of(row).fact()
            after = page[-1][0]

    def archived(self, name: str) -> str | None:
        """See ``Reader``."""
        return self._look(partial(archive_of, name=name))

    def named(self, name: str) -> Mapping[str, Mapping[str, Value]]:
        """See ``Reader``."""
        found = {index: row for index, *row in self._ask(self._table.named, (name,))}
        for column, again in self._table.again.items():
            if again in found and column not in found:
                raise JournalError(f"the journal knows {name!r} and does not find it: an index is damaged. {_REBUILD}")
        return {column: self._row(found[column]) for column in self._table.singles if column in found}

    def open_rows(self, lane: str | None = None) -> list[Mapping[str, Value]]:
        """See ``Reader``."""
        rows = self._ask_rows(self._table.open_rows, ())
        return [row for row in rows if lane is None or row[self._table.projection.lane] == lane]

    def newest_rows(self, *, lane: str | None = None, limit: int) -> list[Mapping[str, Value]]:
        """See ``Reader``."""
        at_most = max(limit, 0)  # SQL takes a negative limit for none at all
        if lane is None:
            return self._ask_rows(self._table.newest, (at_most,))
        return self._ask_rows(self._table.newest_of_lane, (lane, at_most))

    def head(self) -> Head:
        """See ``Reader``."""
        return self._look(head_of)

    def verify(self, tell: Callable[[int, int], None] | None = None) -> Verification:
        """See ``Reader``. Runs on a connection of its own, so that others can go on reading."""
        from journal.verification import verify_file  # noqa: PLC0415 - see above

        with self._lock:
            self._usable()
        return verify_file(self._path, self._table, steady_mark(Side(self._path)), tell)

    def close(self) -> None:
        """See ``Reader``."""
        with self._lock:
            # In a forked child the connection is the parent's; closing it here would meddle with the parent's file.
            if self._connection is not None and self._pid == os.getpid():
                self._connection.close()
                self._connection = None

    def _usable(self) -> sqlite3.Connection:
        if self._connection is None:
            raise JournalError("the journal is closed")
        if self._pid != os.getpid():
            raise JournalError(f"the journal was opened by process {self._pid}: open it anew in a forked process")
        return self._connection

    def _ask_rows(self, sql: str, values: Sequence[Value]) -> list[Mapping[str, Value]]:
        return [self._row(row) for row in self._ask(sql, values)]

    def _row(self, values: Sequence[Value]) -> Mapping[str, Value]:
        return dict(zip(self._table.columns, values, strict=True))

    def _ask(self, sql: str, values: Sequence[Value]) -> list[tuple[Any, ...]]:
        return self._look(lambda connection: connection.execute(sql, values).fetchall())

    def _look(self, question: Callable[[sqlite3.Connection], _Found]) -> _Found:
        with self._lock:
            try:
                return question(self._usable())
            except (sqlite3.Error, UnicodeError) as error:
                told = words(error) if isinstance(error, sqlite3.Error) else str(error)
                raise JournalError(f"the journal cannot be read: {told}") from error
