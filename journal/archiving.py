"""Archiving: what is long over is moved into a file of its own, and the journal goes on with the same chain.

    ─▶ where to cut ─▶ .<target>.<random>.part: the facts up to there ─▶ flushed, verified ─▶ <target>
    ─▶ "archived up to fact N" ─▶ in small steps: names noted, facts and rows taken out

What holds here:

1. Two places before none. A fact is taken out only when a whole, flushed and verified archive has it, and the journal
   says so. Whatever is cut off in between can be called again, and goes on.
2. One chain. The archive begins where the one before it ended, and the journal goes on from the archive's last fact:
   each can be verified by itself, and a slip with a head fits into one of them.
3. Nothing that is open is moved, nor anything that began after it. The cut is where everything that began before it
   has ended before it.
4. No name is given twice. What a subject was called stays noted in the journal, and is refused for a new one.
5. Tills may go on meanwhile: each step holds the writer lock for some milliseconds.

The space is used again by what is written later; the file does not become smaller.

We also considered to begin a new file each year. Every till would have to be stopped for it, and a reference of last
year could charge again.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from journal.archives import start_of
from journal.connection import connect_reader
from journal.errors import JournalError, JournalRefused
from journal.fault import words
from journal.handle import WriteHandle
from journal.head import Head
from journal.making import migrate
from journal.moment import iso
from journal.new_file import must_be_free, name_part, part_of
from journal.opening import commit, make_anew
from journal.projection import Projection
from journal.reach import digest_at, head_of
from journal.schema import FACTS_AFTER, INSERT_FACT, ProjectionTable
from journal.side import sync_file
from journal.verification import verify_file

_SPANS = "SELECT min(seq), max(seq) FROM facts WHERE seq > ? GROUP BY subject ORDER BY min(seq)"
_FIRST_SINCE = "SELECT min(seq) FROM facts WHERE seq > ? AND at >= ?"
_ARCHIVES = "SELECT upto, digest, file, at FROM archives WHERE upto = ?"
_NEW_ARCHIVE = "INSERT INTO archives (upto, digest, file, at) VALUES (?, ?, ?, ?)"
_NOTE_NAME = "INSERT OR IGNORE INTO archived_names (name, upto) VALUES (?, ?)"
_TAKE_OUT = "DELETE FROM facts WHERE subject = ?"

_PAGE = 1_000
_STEP = 100
"""Subjects taken out in one atomic write: some milliseconds, for which a payment may have to wait."""

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """What was moved: so many facts of so many subjects, up to this one. All zero when there was nothing to move."""

    facts: int
    subjects: int
    head: Head


def archive(
    path: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    before: datetime,
    projection: Projection,
    now: Callable[[], datetime],
    tell: Tell | None = None,
) -> Archived:
    """Move what was over before a moment out of the journal at ``path``, into the new file ``target``.

    ``tell(done, total)`` hears how many subjects have been taken out. What an earlier call left half taken out is taken
    out first.

    Raises:
        JournalRefused: there is no journal, or it does not fit together, or the target is taken; nothing was moved.
        JournalError: the disk did not take it. Nothing is lost: every fact is in the journal, or in the archive.
    """
    source, place = Path(path).resolve(), Path(target).absolute()
    must_be_free(place)
    table = ProjectionTable(projection)
    try:
        with closing(connect_reader(source)) as reader:  # refuses what is no journal, before anything is made
            handle = WriteHandle(source, table)
            try:
                start = start_of(reader)
                _take_out(handle, reader, table, start, tell)
                cut = _cut(reader, table, start, iso(before))
                if cut == start:
                    return Archived(facts=0, subjects=0, head=start)
                _write(reader, place, table, (start, cut))
                _declare(handle, cut, place.name, iso(now()))
                subjects = _take_out(handle, reader, table, cut, tell)
                return Archived(facts=cut.seq - start.seq, subjects=subjects, head=cut)
            finally:
                handle.close()
    except (sqlite3.Error, OSError) as error:
        raise JournalError(f"the journal could not be archived: {words(error)}; nothing is lost, try again") from error


def _cut(reader: sqlite3.Connection, table: ProjectionTable, start: Head, before: str) -> Head:
    """The last fact up to which everything that began has ended, is settled, and was written before that moment."""
    reader.execute("BEGIN")
    try:
        bounds = [
            head_of(reader).seq + 1,
            *reader.execute(table.first_open).fetchone(),
            *reader.execute(_FIRST_SINCE, (start.seq, before)).fetchone(),
        ]
        limit = min(bound for bound in bounds if bound is not None) - 1
        cut = reach = start.seq
        for first, last in reader.execute(_SPANS, (start.seq,)):
            if first > reach:  # whatever began before this one had ended before it
                cut = reach
            if first > limit:
                break
            reach = max(reach, last)
        seq = reach if reach <= limit else cut
        return start if seq == start.seq else Head(seq=seq, digest=str(digest_at(reader, seq)))
    finally:
        reader.execute("COMMIT")


def _write(reader: sqlite3.Connection, place: Path, table: ProjectionTable, span: tuple[Head, Head]) -> None:
    """Make the archive: a journal file like any other, which nobody is meant to write."""
    start, cut = span
    with part_of(place) as part:
        with closing(sqlite3.connect(part, isolation_level=None)) as writer:
            # Nobody else sees the part, and it is flushed as a whole: a log of its own would only be left over.
            writer.execute("PRAGMA journal_mode = OFF").fetchone()
            writer.execute("BEGIN")
            migrate(writer)
            writer.executemany(_NEW_ARCHIVE, reader.execute(_ARCHIVES, (start.seq,)).fetchall())
            # Page by page: no read stays open, for what is that old does not change.
            after = start.seq
            while after < cut.seq:
                page = reader.execute(FACTS_AFTER, (after, min(_PAGE, cut.seq - after))).fetchall()
                writer.executemany(INSERT_FACT, page)
                after = page[-1][0]
            make_anew(writer, table)
            writer.execute("COMMIT")
        sync_file(part)
        part.chmod(0o400)
        found = verify_file(part, table, cut)
        if found.breaks or found.head != cut.digest:
            raise JournalRefused(
                f"the archive does not fit together ({next(iter(found.breaks), 'it ends elsewhere')}), so it was not "
                "kept, and nothing was moved: verify the journal itself"
            )
        name_part(part, place)


def _declare(handle: WriteHandle, cut: Head, file: str, at: str) -> None:
    """Write down that the facts up to here stand in the archive. From now on the chain begins behind them."""
    with handle.alone():
        connection = handle.ready()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_NEW_ARCHIVE, (cut.seq, cut.digest, file, at))
        commit(connection, handle.side)


def _take_out(
    handle: WriteHandle, reader: sqlite3.Connection, table: ProjectionTable, upto: Head, tell: Tell | None
) -> int:
    """Take out the subjects that stand in an archive whole, in small steps; how many they were."""
    (total,) = reader.execute(table.count_upto, (upto.seq,)).fetchone()
    done = 0
    while taken := _take_out_some(handle, table, upto):
        done += taken
        if tell is not None:
            tell(done, total)
    return done


def _take_out_some(handle: WriteHandle, table: ProjectionTable, upto: Head) -> int:
    with handle.alone():
        connection = handle.ready()
        connection.execute("BEGIN IMMEDIATE")
        # Not those of whom something was written since: they stay whole, beside their older facts in the archive.
        found = connection.execute(table.names_upto, (upto.seq, upto.seq, _STEP)).fetchall()
        for seq, *names in found:
            connection.executemany(_NOTE_NAME, [(name, upto.seq) for name in names if name is not None])
            connection.execute(_TAKE_OUT, (names[0],))
            connection.execute(table.take_out, (seq,))
        commit(connection, handle.side)
        handle.checkpoint()
    return len(found)
