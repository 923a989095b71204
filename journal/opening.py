"""What happens between the first look at a path and the first write: make, check, bring up to date."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

from journal.chain import line_of
from journal.connection import must_be_writable
from journal.errors import JournalError, JournalRefused
from journal.fault import is_disk_full
from journal.head import Head
from journal.reach import head_of, mark_breaks
from journal.row import row_of
from journal.schema import FACTS_OF, SUBJECT_COUNT, SUBJECTS, VERSION, ProjectionTable, version_of
from journal.side import Side, make_private_folder, sync_folder
from journal.verification import open_breaks, tail_breaks


def make_file(path: Path, side: Side) -> None:
    """Make an empty file for a new journal, for its owner only; leave an existing one alone.

    Not left to SQLite, which would give it the rights that the umask allows: with 022 everybody could read it. Its
    log takes over the rights of the file.

    Raises:
        JournalRefused: there was a journal here, and its file is gone.
    """
    if path.exists():
        mark = side.read_mark()
        if path.stat().st_size == 0 and isinstance(mark, Head) and mark.seq:
            # SQLite takes it for a new file, and throws away a log that may hold the last facts.
            raise JournalRefused(
                f"{path} is empty, though {mark.seq} facts had been written. Delete nothing, -wal least of all; put "
                f"the newest copy back, or, to begin a new journal without it, move it, {side.path} and {path}-wal away"
            )
        return
    if side.tells_of_facts():
        # Over an empty file SQLite would throw the log away, and with it perhaps the last facts there are.
        raise JournalRefused(
            f"{path} is missing, though a journal was written here. Delete nothing, -wal least of all; put its file "
            f"back, or, to begin a new journal without it, move {side.path} and {path}-wal away"
        )
    make_private_folder(path.parent)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        if hasattr(os, "fchmod"):
            os.fchmod(file, 0o600)
    finally:
        os.close(file)
    sync_folder(path.parent)


def must_be_usable(path: Path) -> None:
    """Refuse what can be seen from outside, before anything is made beside it."""
    if path.exists():
        must_be_writable(path)


def prepare(connection: sqlite3.Connection, path: Path, table: ProjectionTable, side: Side) -> Head:
    """Check the facts, bring the tables up to date, note the mark; the last fact. Call with the writer lock held.

    Raises:
        JournalRefused: the facts are not what had been written, or cannot be folded.
        sqlite3.Error: the file cannot be read or written.
    """
    # A log alone says nothing here: a till that dies while it makes the tables leaves a part of one, and no mark.
    if version_of(connection) or (side.read_mark() is not None and side.tells_of_facts()):
        _must_be_whole(connection, path, side)
    connection.execute("BEGIN IMMEDIATE")
    try:
        if version_of(connection) != VERSION:
            _migrate(connection)
        if not table.fits(connection):
            make_anew(connection, table)
        commit(connection, side)
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    _must_hold(open_breaks(connection, table), path)
    # A torn mark is left as it is until the next write, so that a verification can still tell of it.
    head = head_of(connection)
    if side.read_mark() is None:
        side.write_mark(head)
    return head


def _migrate(connection: sqlite3.Connection) -> None:
    from journal.making import migrate  # noqa: PLC0415 - heavy, and most openings find everything made

    migrate(connection)


def make_anew(
    connection: sqlite3.Connection, table: ProjectionTable, tell: Callable[[int, int], None] | None = None
) -> None:
    """Make the projection's table anew, and fold every subject into it. Call inside an atomic write.

    ``tell(done, total)`` hears how many subjects have got their row.

    Raises:
        JournalRefused: there are facts that cannot be folded.
        sqlite3.Error: the file cannot be read or written.
    """
    from journal.making import make  # noqa: PLC0415 - as above

    make(connection, table)
    _fold_everything(connection, table, tell)


def commit(connection: sqlite3.Connection, side: Side) -> None:
    """Commit what is no batch of facts.

    Raises:
        sqlite3.Error: nobody knows what a restart finds, the old or the new; every process is told to mend the log.
    """
    try:
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        if not is_disk_full(error):
            side.set_doubt()  # a whole commit may lie in the log, of which the disk lacks a part
        raise


def _must_be_whole(connection: sqlite3.Connection, path: Path, side: Side) -> None:
    _must_hold(tail_breaks(connection), path)
    mark = side.read_mark()
    for told in mark_breaks(connection, None if isinstance(mark, str) else mark):
        raise JournalRefused(
            f"{path} cannot be trusted: {told}. Put back the newest copy, and delete nothing, -wal least of all. Only "
            f"when what is missing has been made good by hand, move {side.mark_path} away to go on without it"
        )


def _must_hold(breaks: Iterable[str], path: Path) -> None:
    for told in breaks:
        raise JournalRefused(
            f"{path} cannot be trusted: {told}. Delete nothing, -wal least of all; keep all of it for whoever has to "
            "look into it, and put back the newest copy"
        )


def _fold_everything(
    connection: sqlite3.Connection, table: ProjectionTable, tell: Callable[[int, int], None] | None
) -> None:
    (total,) = connection.execute(SUBJECT_COUNT).fetchone()
    # One at a time: all of them at once would be 200 MiB for a million operations.
    for done, (seq, subject) in enumerate(connection.execute(SUBJECTS), start=1):
        facts = [line_of(row).fact() for row in connection.execute(FACTS_OF, (subject,))]
        try:
            row = row_of(table.projection, facts)
            connection.execute(table.upsert, (seq, *row.values()))
        except sqlite3.IntegrityError as error:
            raise JournalRefused(f"the table {table.projection.table} cannot be made anew: {error}") from error
        except (JournalError, ValueError, TypeError, LookupError) as error:
            raise JournalRefused(f"the facts of {subject!r} cannot be folded by this release: {error}") from error
        if tell is not None:
            tell(done, total)
