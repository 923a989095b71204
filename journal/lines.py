"""A log of text lines beside a journal: one file for each day (UTC), for people and not for the engine.

    shop.journal.wire/           readable by its owner only
        2026-11-24.jsonl
        2026-11-25.jsonl

What this file promises:

1. A line is whole: it is one write on a descriptor that appends, so that threads and processes do not mix theirs. (On
   Windows an append is a seek and a write, and there only threads are kept apart.) What a full disk or a power cut has
   torn is closed with a line break by whoever writes next, and costs one line and no more.
2. A line that is appended survives the death of its process. It is not flushed, so a power cut may take the last
   seconds: the truth of an operation is in the journal, which is flushed. This is evidence for people, and two more
   flushes for each exchange would cost more than all the rest of it.
3. Appending never raises: a log must not stop a payment. What could not be written is counted.

It must not know what the lines mean.
"""

from __future__ import annotations

import errno
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from journal.errors import JournalError
from journal.fault import words
from journal.side import make_private_folder

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\.jsonl", re.ASCII)
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)


class DayLines:
    """Appends lines to the file of the day. Safe to share between threads; open one for each process.

    ``now`` is an aware clock. Nothing is made before the first line.
    """

    def __init__(self, folder: Path, *, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._now = now
        self._turn = threading.Lock()
        self._day = ""
        self._file: int | None = None
        self._end = 0  # of the last line that was written here
        self._lost = 0
        self._failure = ""

    def append(self, text: str) -> None:
        """Append one line. Never raises for a disk that does not take it: see ``lost``.

        A line break in the text becomes a blank, and what has no UTF-8 an escape.
        """
        line = text.replace("\n", " ").encode(errors="backslashreplace") + b"\n"
        with self._turn:
            try:
                self._write(line)
            except OSError as error:
                self._lost += 1
                self._failure = words(error)
                self._shut()

    @property
    def lost(self) -> int:
        """How many lines this object could not write."""
        return self._lost

    @property
    def failure(self) -> str:
        """Why the last of them could not be written, as a sentence; empty while none is lost."""
        return self._failure

    def close(self) -> None:
        """Close the file; a later line opens it again."""
        with self._turn:
            self._shut()

    def _write(self, line: bytes) -> None:
        file, size = self._opened(f"{self._now().astimezone(UTC):%Y-%m-%d}")
        # Where nobody else has written since, the file ends with a line of ours.
        if size not in (0, self._end) and _last_byte(file) != b"\n":
            line = b"\n" + line
        if os.write(file, line) != len(line):
            raise OSError(errno.ENOSPC, "there was room for a part of the line only")
        self._end = size + len(line)

    def _opened(self, day: str) -> tuple[int, int]:
        """The file of the day, and its size; opened anew on another day, and when somebody has deleted it."""
        if self._file is not None and day == self._day:
            found = os.fstat(self._file)
            if found.st_nlink:
                return self._file, found.st_size
        self._shut()
        make_private_folder(self._folder)
        file = self._file = os.open(self._folder / f"{day}.jsonl", _FLAGS, 0o600)
        self._day, self._end = day, 0
        if hasattr(os, "fchmod"):  # not on Windows, where the folder's owner has to do
            os.fchmod(file, 0o600)  # the umask may have taken from the owner, too
        return file, os.fstat(file).st_size

    def _shut(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):  # nothing is flushed here, so nothing is lost
                os.close(file)


def _last_byte(file: int) -> bytes:
    """The file's last byte. If another process is at work, at worst an empty line comes of it, which nobody reads."""
    os.lseek(file, -1, os.SEEK_END)
    return os.read(file, 1)


def read_days(folder: Path, *, day: date | None = None) -> Iterator[str]:
    """Every line, oldest first; of one day (UTC), or of all. None when there is no such folder or day.

    A last line without an end is left out: it is torn, or just being written. A line that was torn in the middle of a
    file is handed out as it is, because only the reader knows what a whole one looks like.

    Raises:
        JournalError: a file cannot be read.
    """
    try:
        for path in _files(folder):
            if day is None or path.stem == day.isoformat():
                yield from _read(path)
    except OSError as error:
        raise JournalError(f"the log in {folder} cannot be read: {words(error)}") from error


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if _DAY.fullmatch(path.name))
    except FileNotFoundError:
        return []


def _read(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n") and line != b"\n":
                yield line[:-1].decode(errors="replace")
