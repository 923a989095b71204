"""A journal in a file: shared by threads and processes, written in groups, read without waiting."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from journal.batch import Batch
from journal.errors import JournalError, LaneBusy
from journal.fact import Draft, Fact, Value
from journal.group import Group
from journal.head import Head
from journal.locks import LockFile
from journal.moment import iso
from journal.numbers import TRANSLATED, FileNumbers, Handle
from journal.port import Journal, Number, Verification
from journal.projection import Projection
from journal.reader import SqliteReader
from journal.schema import ProjectionTable
from journal.side import Side
from journal.sqlite import SqliteWriter


def open_journal(path: str | os.PathLike[str], *, projection: Projection, now: Callable[[], datetime]) -> Journal:
    """Open a journal file for writing, and make it when there is none.

    ``now`` is an aware clock; its readings become ``Fact.at``. The last 3,000 facts, those of all
    who are open, and the mark are checked, and a projection of another shape is made anew from the facts.

    On a disk without room for the ballast it opens all the same, so that what is open can be settled; but then only
    appends of last resort are taken.

    Raises:
        JournalRefused: the file cannot be trusted, or not be used; the message says why and what to do.
    """
    # Without links: the side folder must be the same one, by whatever path somebody comes.
    return FileJournal(Path(path).resolve(), projection=projection, now=now)


class FileJournal:
    """A writer, a reader, and the locks of the side folder."""

    def __init__(self, path: Path, *, projection: Projection, now: Callable[[], datetime]) -> None:
        table = ProjectionTable(projection)
        self._now = now
        self._pid = os.getpid()
        self._lanes = Side(path).lane_locks()
        self._numbers = FileNumbers(path)
        self._in_use: set[str] = set()
        self._group = Group(self._write, in_use=self._in_use.__len__)
        self._turn = threading.Lock()  # closing waits for whoever writes
        self._closed = False
        self._writer = SqliteWriter(path, table, now)
        try:
            # Reads have a connection of their own, so that they do not wait for a flush.
            self._reader = SqliteReader(path, table)
        except BaseException:
            self._writer.close()
            raise

    def append(self, drafts: Sequence[Draft], *, last_resort: bool = False) -> tuple[Fact, ...]:
        """See ``Journal``."""
        self._must_be_usable()
        batch = Batch(drafts, last_resort=last_resort)
        if not batch.entries:
            return ()
        self._group.write(batch)
        return batch.result()

    def _write(self, batches: Sequence[Batch]) -> None:
        with self._turn:
            self._must_be_usable()
            self._writer.write(batches)

    @contextmanager
    def lane(self, name: str, *, wait_s: float) -> Iterator[None]:
        """See ``Journal``.

        Raises:
            ValueError: the name cannot be a file name everywhere.
        """
        self._must_be_usable()
        with Handle(self._lanes, name) as lock:
            with TRANSLATED:
                free = lock.try_acquire(wait_s)
            if not free:
                raise LaneBusy(name, _holder(lock))
            # For whoever finds it busy. A full disk must not keep anybody from settling what is open.
            with suppress(OSError):
                lock.write(f"pid {os.getpid()} since {iso(self._now())}\n".encode())
            self._in_use.add(name)
            try:
                yield
            finally:
                self._in_use.discard(name)
                with suppress(OSError, ValueError):  # in a forked child it is closed
                    lock.clear()

    def rising(self, name: str, *, floor: int) -> AbstractContextManager[Number]:
        """See ``Journal``.

        Raises:
            ValueError: the name cannot be a file name everywhere.
        """
        self._must_be_usable()
        return self._numbers.rising(name, floor=floor)

    def advance(self, name: str, *, to: int) -> bool:
        """See ``Journal``.

        Raises:
            ValueError: the name cannot be a file name everywhere.
        """
        self._must_be_usable()
        return self._numbers.advance(name, to=to)

    def reached(self, name: str) -> int:
        """See ``Journal``.

        Raises:
            ValueError: the name cannot be a file name everywhere.
        """
        self._must_be_usable()
        return self._numbers.reached(name)

    def facts_of(self, subject: str) -> tuple[Fact, ...]:
        """See ``Reader``."""
        return self._reader.facts_of(subject)

    def last_digest(self, subject: str) -> str:
        """See ``Reader``."""
        return self._reader.last_digest(subject)

    def facts(self, *, after: int = 0) -> Iterator[Fact]:
        """See ``Reader``."""
        return self._reader.facts(after=after)

    def archived(self, name: str) -> str | None:
        """See ``Reader``."""
        return self._reader.archived(name)

    def named(self, name: str) -> Mapping[str, Mapping[str, Value]]:
        """See ``Reader``."""
        return self._reader.named(name)

    def open_rows(self, lane: str | None = None) -> list[Mapping[str, Value]]:
        """See ``Reader``."""
        return self._reader.open_rows(lane)

    def newest_rows(self, *, lane: str | None = None, limit: int) -> list[Mapping[str, Value]]:
        """See ``Reader``."""
        return self._reader.newest_rows(lane=lane, limit=limit)

    def head(self) -> Head:
        """See ``Reader``."""
        return self._reader.head()

    def verify(self, tell: Callable[[int, int], None] | None = None) -> Verification:
        """See ``Reader``."""
        return self._reader.verify(tell)

    def close(self) -> None:
        """See ``Reader``. Harmless when called twice."""
        if self._pid != os.getpid():
            return  # everything belongs to the parent
        with self._turn:
            if not self._closed:
                self._closed = True
                self._lanes.close()
                self._numbers.close()
                self._reader.close()  # first: the writer, as the last connection, then checkpoints
                self._writer.close()

    def _must_be_usable(self) -> None:
        if self._closed:
            raise JournalError("the journal is closed")
        if self._pid != os.getpid():
            raise JournalError(f"the journal was opened by process {self._pid}: open it anew in a forked process")


def _holder(lock: LockFile) -> str:
    try:
        text = lock.read(100).decode("ascii", "replace").partition("\n")[0]
    except OSError:  # Windows lets nobody else read what is locked
        text = ""
    return text or "somebody else"
