"""A journal in memory: the same promises but for the disk, for tests and for trying things out."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from journal.chain import Line, chain_breaks, entry_of, link
from journal.errors import Conflict, LaneBusy
from journal.fact import Draft, Fact, Value
from journal.head import EMPTY, Head
from journal.locks import checked_name
from journal.moment import iso
from journal.port import Number, Verification
from journal.projection import Projection
from journal.row import checked, row_breaks, row_of


class MemoryJournal:
    """Facts and rows in plain lists and dictionaries.

    Closing it forgets nothing: a test that plays a restart hands the same object to the next process. Lanes and
    numbers fall free when their block is left, however it is left.
    """

    def __init__(self, *, projection: Projection, now: Callable[[], datetime]) -> None:
        self._projection = checked(projection)
        self._now = now
        self._lock = threading.Lock()
        self._lines: list[Line] = []
        self._rows: dict[str, Mapping[str, Value]] = {}
        self._lanes: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._holders: dict[str, str] = {}
        self._sequences: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._numbers: dict[str, int] = {}

    def append(self, drafts: Sequence[Draft], *, last_resort: bool = False) -> tuple[Fact, ...]:
        """See ``Journal``. Memory has no full disk, so there is nothing that a last resort could spend."""
        del last_resort
        entries = [entry_of(draft) for draft in drafts]
        with self._lock:
            lines = list(self._lines)
            at = iso(self._now())
            for entry in entries:
                lines.append(link(_head(lines), at, entry))
            rows = dict(self._rows)
            for subject in dict.fromkeys(entry.subject for entry in entries):
                rows[subject] = row_of(self._projection, _facts_of(lines, subject))
                self._must_be_unique(rows, subject)
            # Everything was made on the side: whatever raised above has changed nothing.
            written = lines[len(self._lines) :]
            self._lines, self._rows = lines, rows
        return tuple(line.fact() for line in written)

    def _must_be_unique(self, rows: Mapping[str, Mapping[str, Value]], subject: str) -> None:
        for column in self._projection.unique:
            value = rows[subject][column]
            if value is not None and any(row[column] == value for key, row in rows.items() if key != subject):
                raise Conflict(column, str(value))

    def archived(self, name: str) -> str | None:  # noqa: ARG002 - as the port says
        """See ``Reader``; from memory nothing is moved."""
        return None

    def facts_of(self, subject: str) -> tuple[Fact, ...]:
        """See ``Reader``."""
        with self._lock:
            return _facts_of(self._lines, subject)

    def last_digest(self, subject: str) -> str:
        """See ``Reader``."""
        return next((line.digest for line in reversed(self._lines) if line.subject == subject), "")

    def facts(self, *, after: int = 0) -> Iterator[Fact]:
        """See ``Reader``."""
        with self._lock:
            lines = self._lines[max(after, 0) :]
        return (line.fact() for line in lines)

    def named(self, name: str) -> Mapping[str, Mapping[str, Value]]:
        """See ``Reader``."""
        columns = (self._projection.key, *self._projection.unique)
        with self._lock:
            return {column: dict(row) for row in self._rows.values() for column in columns if row[column] == name}

    def open_rows(self, lane: str | None = None) -> list[Mapping[str, Value]]:
        """See ``Reader``."""
        return [row for row in self._rows_of(lane) if row[self._projection.open] == 1]

    def newest_rows(self, *, lane: str | None = None, limit: int) -> list[Mapping[str, Value]]:
        """See ``Reader``."""
        return self._rows_of(lane)[::-1][: max(limit, 0)]

    def _rows_of(self, lane: str | None) -> list[Mapping[str, Value]]:
        # A dictionary keeps the order in which its keys first came, which is the order of the first facts.
        with self._lock:
            return [dict(row) for row in self._rows.values() if lane is None or row[self._projection.lane] == lane]

    def head(self) -> Head:
        """See ``Reader``."""
        with self._lock:
            return _head(self._lines)

    def verify(self, tell: Callable[[int, int], None] | None = None) -> Verification:
        """See ``Reader``. It takes no time, and nothing is told."""
        del tell
        with self._lock:
            breaks = list(chain_breaks(self._lines))
            for subject in dict.fromkeys(line.subject for line in self._lines):
                breaks += row_breaks(
                    self._projection, subject, self._rows.get(subject), _facts_of(self._lines, subject)
                )
            return Verification(facts=len(self._lines), head=_head(self._lines).digest, breaks=tuple(breaks))

    def close(self) -> None:
        """See ``Reader``. Nothing is forgotten: see the class."""

    @contextmanager
    def lane(self, name: str, *, wait_s: float) -> Iterator[None]:
        """See ``Journal``.

        Raises:
            ValueError: the name cannot be a file name everywhere.
        """
        with self._lock:
            lock = self._lanes[checked_name(name)]
        if not (lock.acquire(timeout=wait_s) if wait_s > 0 else lock.acquire(blocking=False)):
            raise LaneBusy(name, self._holders.get(name, "somebody else"))
        try:
            self._holders[name] = f"{threading.current_thread().name} since {iso(self._now())}"
            yield
        finally:
            self._holders.pop(name, None)
            lock.release()

    @contextmanager
    def rising(self, name: str, *, floor: int) -> Iterator[Number]:
        """See ``Journal``.

        Raises:
            ValueError: the name cannot be a file name everywhere.
        """
        with self._lock:
            lock = self._sequences[checked_name(name)]
        lock.acquire()
        number = _Drawn(lock)
        try:
            number.value = self._numbers[name] = max(floor, self._numbers.get(name, floor - 1) + 1)
            yield number
        finally:
            number.release()

    def advance(self, name: str, *, to: int) -> bool:
        """See ``Journal``.

        Raises:
            ValueError: the name cannot be a file name everywhere.
        """
        with self._lock:
            lock = self._sequences[checked_name(name)]
        with lock:
            if to <= self._numbers.get(name, -1):
                return False
            self._numbers[name] = to
            return True

    def reached(self, name: str) -> int:
        """See ``Journal``.

        Raises:
            ValueError: the name cannot be a file name everywhere.
        """
        return self._numbers.get(checked_name(name), -1)


class _Drawn:
    """A drawn number, which holds the lock of its sequence until it is released."""

    def __init__(self, lock: threading.Lock) -> None:
        self.value = 0
        self._lock: threading.Lock | None = lock

    def release(self) -> None:
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.release()


def _head(lines: Sequence[Line]) -> Head:
    return Head(seq=lines[-1].seq, digest=lines[-1].digest) if lines else EMPTY


def _facts_of(lines: Sequence[Line], subject: str) -> tuple[Fact, ...]:
    return tuple(line.fact() for line in lines if line.subject == subject)
