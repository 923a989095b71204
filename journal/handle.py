"""The handle on a journal file: the one connection of this process that may write, and the lock around it.

Everything here is done with ``writer.lock`` held: opening, reconnecting, checkpointing, closing. Closing too, because
the last connection to close checkpoints. Why that matters is said in ``journal/sqlite.py``.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from journal.connection import connect_writer
from journal.errors import JournalRefused, NotStored
from journal.fault import words
from journal.opening import make_file, must_be_usable, prepare
from journal.schema import ProjectionTable
from journal.side import Side, renew_file, sync_file, sync_folder
from journal.views import renew_views


class WriteHandle:
    """A journal file that is open for writing. It may be without a connection for a while, after a failure."""

    def __init__(self, path: Path, table: ProjectionTable) -> None:
        self.side = Side(path)
        self._path = path
        self._log = path.with_name(path.name + "-wal")
        self._connection: sqlite3.Connection | None = None
        try:
            must_be_usable(path)
            self.side.make()
            self._lock = self.side.writer_lock()
            try:
                with self.alone():
                    self._open(table)
            except BaseException:
                self.close()
                raise
        except (sqlite3.Error, OSError) as error:
            raise JournalRefused(f"{path} cannot be opened for writing: {words(error)}") from error

    def _open(self, table: ProjectionTable) -> None:
        make_file(self._path, self.side)
        self._identity = self._path.stat()
        self._flush_what_was_left()
        try:
            self.opened_at = prepare(self.connect(), self._path, table, self.side)
        except sqlite3.Error:
            # On a full disk SQLite cannot even make its shared-memory file. What is open must still be settled.
            self.drop()
            if not self.side.free_ballast():
                raise
            self.opened_at = prepare(self.connect(), self._path, table, self.side)
        if self.side.in_doubt():
            self.begin_log_anew()
        else:
            self.checkpoint()
        if not self.side.ballast_stands():
            with suppress(OSError):  # then only batches of last resort are written, until there is room
                self.side.set_ballast()
        self._renew_views(table)

    def _renew_views(self, table: ProjectionTable) -> None:
        # They must not take the last room of a disk, nor be built on bytes that it may lack.
        if self._connection is not None and self.side.ballast_stands() and not self.side.in_doubt():
            renew_views(self._connection, table.projection, self.side)
            if self.side.in_doubt():
                self.drop()  # after a commit that failed this connection cannot be believed

    def _flush_what_was_left(self) -> None:
        """Flush the log of a process that may have died before its own flush: SQLite takes what it reads for durable.

        Not left to the checkpoint, whose failure says nothing: a flush that fails is reported once, and the next one
        "succeeds" over the hole.
        """
        try:
            if self._log.exists():
                sync_file(self._log)
                sync_folder(self._log.parent)
        except OSError:
            self.side.set_doubt()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the lock of the one writer.

        Raises:
            OSError: there is no such lock any more.
        """
        self._lock.acquire()
        try:
            yield
        except BaseException:
            # Nobody knows where an interrupt has hit. What is not committed goes with the connection, and it goes
            # here, where the lock is still held.
            self.drop()
            raise
        finally:
            self._lock.release()

    def ready(self) -> sqlite3.Connection:
        """The connection, after a look at whether anything may be written with it.

        Raises:
            NotStored: the file is another one, or its log must not be built upon.
        """
        try:
            same = os.path.samestat(self._path.stat(), self._identity)
        except FileNotFoundError:
            same = False
        if not same:
            raise NotStored(
                f"{self._path} was deleted or replaced while it was in use; put it back and open it anew; "
                "nothing was written"
            )
        try:
            connection = self._connection or self.connect()
        except JournalRefused as error:
            raise NotStored(f"{error}; nothing was written") from error
        if self.side.in_doubt() and not self.begin_log_anew():
            raise NotStored(
                "an earlier write failed on this disk and could not be made good: check the disk; nothing was written"
            )
        return connection

    def connect(self) -> sqlite3.Connection:
        """Make a connection in place of the one that there was.

        Raises:
            JournalRefused: the file is not a journal that can be written.
            sqlite3.Error: it cannot be opened.
        """
        self.drop()
        self._connection = connect_writer(self._path)
        return self._connection

    def drop(self) -> None:
        """Close the connection; an atomic write without COMMIT does not outlive it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    def begin_log_anew(self) -> bool:
        """Move the log's content into the main file, flush that, and empty the log; whether all of it succeeded.

        First the log itself is made durable. A power cut in the middle leaves the main file half changed, and then the
        log must have the rest of it; without that the whole journal is lost.
        """
        if self._connection is None:
            return False
        try:
            renew_file(self._log)
            busy, _, _ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                return False
            sync_file(self._log)
            self.side.clear_doubt()
        except (sqlite3.Error, OSError):
            return False
        return True

    def checkpoint(self) -> None:
        """Move what can be moved from the log into the main file.

        PASSIVE waits for no reader. And never an error: what was committed is durable in the log, which only grows.
        """
        with suppress(sqlite3.Error):
            if self._connection is not None:
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def close(self) -> None:
        """Close everything."""
        with suppress(OSError), self.alone():
            self.drop()
        self.drop()  # without the lock when the side folder is gone: there is nothing left to wait for
        self.side.close()
        self._lock.close()
