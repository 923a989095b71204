"""The writer of a journal in a SQLite file.

What holds here, whatever happens:

 1. One writer. Over all threads and processes, whoever opens, writes, checkpoints or closes holds ``writer.lock`` in
    the side folder, from before BEGIN IMMEDIATE until after the mark. Many SQLites lose committed facts when one
    process writes while another checkpoints (``journal/library.py``); and SQLite's own waiting starves some.
 2. Durable before told. A batch counts as stored when COMMIT has returned, with WAL and synchronous=FULL, both read
    back when the connection was made.
 3. Facts and rows together. A batch's facts and the rows folded from them are in the same atomic write.
 4. Each for itself. A conflict, or a history that the projection refuses, undoes that batch and no other one of its
    group: it is found before the batch writes anything, or in a savepoint where the batch has several subjects.
 5. A failed COMMIT is unknown, not undone. The same connection would deny a fact that a restart then finds. So the
    connection is closed, a new one looks, and what it sees decides between "not stored" and "perhaps".
 6. Nothing is built on bytes whose flush failed. A kernel reports a failed flush once and then calls the pages clean:
    later commits would succeed and vanish with the hole before them. A file named ``doubt`` keeps every process from
    writing until the log has been written over itself, flushed, emptied into the main file and begun anew. What a dead
    process may have left unflushed is flushed at the opening, before it is read.
 7. The mark follows the commit and never goes before it: it is at most too old.
 8. The ballast is for answers. Only a batch of last resort may spend it, and while it does not stand no other batch
    is written: nothing is begun whose end might find no room.
 9. The file at the path is the one that was opened, and still holds the last fact that this process saw in it.
10. Nobody outside sees an error of SQLite.

    lock ─▶ ready? ─▶ BEGIN IMMEDIATE ─▶ head ─▶ batches ─▶ COMMIT ─▶ mark ─▶ checkpoint when due ─▶ unlock
              │              │   any error         │           │
              ▼              ▼                     ▼           ▼ any error
          NotStored      ROLLBACK: NotStored    refused      close, reopen, look: absent ─▶ NotStored
                         (disk full: ballast,                                     else   ─▶ PerhapsStored
                          once more)
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from journal.archives import start_of
from journal.batch import Batch, fail_unsettled
from journal.chain import Entry, Line, line_of, link
from journal.errors import Conflict, JournalError, NotStored, PerhapsStored
from journal.fact import Fact, Value
from journal.fault import broken_unique_column, is_disk_full, words
from journal.handle import WriteHandle
from journal.head import Head
from journal.moment import iso
from journal.reach import digest_at, head_of
from journal.row import row_of
from journal.schema import DIGEST_AT, FACTS_OF, INSERT_FACT, ProjectionTable

CHECKPOINT_FACTS = 200
"""Facts between two checkpoints: about 1,000 pages of log.

Counted in facts and not by the size of the log: a log that has been checkpointed is written again from its start and
keeps its size, on purpose. Writing over blocks that the file already has takes half the time of making it longer, and
needs no room on a disk that has meanwhile become full.
"""


class SqliteWriter:
    """Writes groups of batches. Its caller lets in one thread at a time."""

    def __init__(self, path: Path, table: ProjectionTable, now: Callable[[], datetime]) -> None:
        self._table = table
        self._now = now
        self._handle = WriteHandle(path, table)
        self._side = self._handle.side
        self._seen = self._handle.opened_at
        self._facts_since_checkpoint = 0

    def close(self) -> None:
        """Close the file."""
        self._handle.close()

    def write(self, batches: Sequence[Batch]) -> None:
        """Write a group of batches in one commit, and settle every one of them."""
        try:
            with self._handle.alone():
                self._write_alone(batches)
        except OSError as error:  # the lock is gone
            fail_unsettled(batches, _not_stored(words(error), error))
        except BaseException:
            # The thread that writes for all carries its interrupt on; the others must not wait for ever.
            fail_unsettled(
                batches, PerhapsStored("the write was interrupted: send nothing, see what the journal holds")
            )
            raise

    def _write_alone(self, batches: Sequence[Batch]) -> None:
        try:
            self._write_or_spend_ballast(self._with_ballast_behind_them(batches))
        except (NotStored, PerhapsStored) as error:
            fail_unsettled(batches, error)
        except (sqlite3.Error, OSError) as error:
            fail_unsettled(batches, _not_stored(words(error), error))
        if self._facts_since_checkpoint >= CHECKPOINT_FACTS:
            self._facts_since_checkpoint = 0
            self._handle.checkpoint()

    def _with_ballast_behind_them(self, batches: Sequence[Batch]) -> Sequence[Batch]:
        if self._side.ballast_stands():
            return batches
        try:
            self._side.set_ballast()
        except OSError as error:
            if not is_disk_full(error):
                raise
            ordinary = [batch for batch in batches if not batch.last_resort]
            fail_unsettled(ordinary, _not_stored("the disk is too full to begin anything: make room", error))
        return [batch for batch in batches if not batch.settled]

    def _write_or_spend_ballast(self, batches: Sequence[Batch]) -> None:
        try:
            self._write_once(batches)
        except NotStored as error:
            cause = error.__cause__
            last = [batch for batch in batches if batch.last_resort and not batch.settled]
            if not last or cause is None or not is_disk_full(cause) or not self._side.free_ballast():
                raise
            self._write_once(last)
            fail_unsettled(batches, error)

    def _write_once(self, batches: Sequence[Batch]) -> None:
        connection = self._handle.ready()
        refused: dict[Batch, Exception] = {}
        try:
            connection.execute("BEGIN IMMEDIATE")
            head = self._head(connection)
            for batch in batches:
                head = self._enter(connection, batch, head, refused)
            if len(refused) == len(batches):
                connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            self._roll_back(connection)
            raise _not_stored(words(error)) from error
        except BaseException as error:
            self._roll_back(connection)
            if not isinstance(error, NotStored):
                fail_unsettled(batches, _not_stored("the write was interrupted"))
            raise
        if len(refused) < len(batches):
            self._commit(connection, head)
        # Only now: a conflict may be one with a batch of the same group, and without a commit neither of them exists.
        for batch in batches:
            if batch in refused:
                batch.failed(refused[batch])
            else:
                batch.stored()

    def _head(self, connection: sqlite3.Connection) -> Head:
        head = head_of(connection)  # asked of the file each time: another process may have written
        if head == self._seen or not self._seen.seq:
            return head
        # Others have written. What this process saw stored must still be under what they built.
        if self._seen.seq >= start_of(connection).seq and digest_at(connection, self._seen.seq) != self._seen.digest:
            raise _not_stored(
                f"fact {self._seen.seq}, which had been written, is no longer in the journal: an older copy was put in "
                "its place, or the disk lost it; verify it, put the newest copy back and open it anew"
            )
        return head

    def _enter(self, connection: sqlite3.Connection, batch: Batch, head: Head, refused: dict[Batch, Exception]) -> Head:
        subjects = dict.fromkeys(entry.subject for entry in batch.entries)
        try:
            lines = _linked(batch.entries, iso(self._now()), head)
            batch.facts = tuple(line.fact() for line in lines)
            # Where one row is refused nothing has been written yet; of several, some might be there.
            with _savepoint(connection) if len(subjects) > 1 else nullcontext():
                for subject in subjects:
                    self._fold(connection, subject, batch.facts)
                connection.executemany(INSERT_FACT, map(_values, lines))
        except sqlite3.Error:
            raise
        except Exception as error:  # noqa: BLE001  -- the caller's projection may raise anything, and gets it back
            refused[batch] = error
            return head
        return Head(seq=lines[-1].seq, digest=lines[-1].digest)

    def _fold(self, connection: sqlite3.Connection, subject: str, new: Sequence[Fact]) -> None:
        earlier = [line_of(row).fact() for row in connection.execute(FACTS_OF, (subject,))]
        facts = [*earlier, *(fact for fact in new if fact.subject == subject)]
        row = row_of(self._table.projection, facts)
        if not earlier:
            self._must_be_new(connection, row)
        try:
            connection.execute(self._table.upsert, (facts[0].seq, *row.values()))
        except sqlite3.IntegrityError as error:
            column = broken_unique_column(error)
            if column is None:
                raise
            raise Conflict(column, str(row[column])) from None

    def _must_be_new(self, connection: sqlite3.Connection, row: Mapping[str, Value]) -> None:
        """A name that stands in an archive is taken: under the same one nobody may begin anything again."""
        names = {column: row[column] for column in self._table.singles}
        taken = {name for (name,) in connection.execute(self._table.archived, tuple(names.values()))}
        for column, name in names.items():
            if name in taken:
                raise Conflict(column, str(name))

    def _commit(self, connection: sqlite3.Connection, head: Head) -> None:
        try:
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._judge(error, head)
        self._facts_since_checkpoint += head.seq - self._seen.seq
        self._seen = head
        self._side.write_mark(head)

    def _judge(self, error: sqlite3.Error, head: Head) -> NoReturn:
        """Find out what a failed COMMIT left behind, and raise the verdict."""
        full = is_disk_full(error)  # then the last page, which makes a commit of it, was never written whole
        if not full:
            self._side.set_doubt()
        try:
            found = self._handle.connect().execute(DIGEST_AT, (head.seq,)).fetchone()
        except (sqlite3.Error, OSError, JournalError) as unreadable:
            raise _perhaps_stored(error) from unreadable
        if found is not None and found[0] == head.digest:
            self._handle.begin_log_anew()
            raise _perhaps_stored(error) from error
        # Absent to this connection, but its bytes may lie in the log, where a restart would find them. Only an
        # emptied log makes the absence certain.
        if not full and not self._handle.begin_log_anew():
            raise _perhaps_stored(error) from error
        raise _not_stored(words(error)) from error

    def _roll_back(self, connection: sqlite3.Connection) -> None:
        try:
            if connection.in_transaction:  # after some errors SQLite has already rolled back by itself
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            self._handle.drop()  # nothing of an atomic write without COMMIT outlives its connection


@contextmanager
def _savepoint(connection: sqlite3.Connection) -> Iterator[None]:
    """Undo what a batch wrote when it is refused. COMMIT releases it; an error of SQLite undoes the whole group."""
    connection.execute("SAVEPOINT batch")
    try:
        yield
    except sqlite3.Error:
        raise
    except Exception:
        connection.execute("ROLLBACK TO batch")
        raise


def _linked(entries: Sequence[Entry], at: str, head: Head) -> tuple[Line, ...]:
    lines = []
    for entry in entries:
        line = link(head, at, entry)
        head = Head(seq=line.seq, digest=line.digest)
        lines.append(line)
    return tuple(lines)


def _values(line: Line) -> tuple[int, str, str, str, str, str]:
    return line.seq, line.at, line.subject, line.kind, line.body, line.digest


def _not_stored(reason: str, cause: BaseException | None = None) -> NotStored:
    error = NotStored(f"{reason}; nothing was written")
    error.__cause__ = cause
    return error


def _perhaps_stored(error: sqlite3.Error) -> PerhapsStored:
    return PerhapsStored(
        f"the commit failed ({words(error)}) and it is unknown what a restart will find: send nothing, and see what "
        "the journal holds"
    )
