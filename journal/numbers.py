"""The rising sequences of a journal: files of the side folder, each with the last number in it and a lock on it.

They need the side folder and nothing else. So whoever only asks a terminal something can draw from the same sequence
as the tills do while the journal itself is damaged, or full, or may not be written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from journal.errors import JournalError
from journal.fault import words
from journal.locks import LockFile
from journal.port import Number
from journal.side import Side


class FileNumbers:
    """The sequences of the journal at ``path``. The side folder must be there; it is not made.

    ``wait_s`` is how long a number is waited for, in seconds; without it, as long as it takes.
    """

    def __init__(self, path: Path, *, wait_s: float | None = None) -> None:
        self._side = Side(path)
        self._wait_s = wait_s

    @contextmanager
    def rising(self, name: str, *, floor: int) -> Iterator[Number]:
        """See ``Journal``.

        Raises:
            ValueError: the name cannot be a file name everywhere.
        """
        with opened(lambda: self._side.number_file(name)) as file:
            with translated():
                self._lock(file, name)
                last = _number_in(file)
                value = floor if last is None else max(floor, last + 1)
                _put_number(file, value)
            yield _Drawn(value, file)

    def advance(self, name: str, *, to: int) -> bool:
        """See ``Journal``.

        Raises:
            ValueError: the name cannot be a file name everywhere.
        """
        with opened(lambda: self._side.number_file(name)) as file, translated():
            self._lock(file, name)
            last = _number_in(file)
            if to <= (-1 if last is None else last):
                return False
            _put_number(file, to)
            return True

    def reached(self, name: str) -> int:
        """See ``Journal``.

        Raises:
            ValueError: the name cannot be a file name everywhere.
        """
        with opened(lambda: self._side.number_file(name)) as file, translated():
            self._lock(file, name)
            last = _number_in(file)
            return -1 if last is None else last

    def _lock(self, file: LockFile, name: str) -> None:
        if self._wait_s is None:
            file.acquire()
        elif not file.try_acquire(self._wait_s):
            raise JournalError(f"somebody has held the sequence {name!r} for {self._wait_s:.0f} s: is a till hanging?")


_DIGITS = 20


def _number_in(file: LockFile) -> int | None:
    """The last number; None in a new file, or an unreadable one, which is what a power cut may leave."""
    last = file.read(_DIGITS + 1).removesuffix(b"\n")
    return int(last) if last.isdigit() else None


def _put_number(file: LockFile, number: int) -> None:
    file.write(b"%0*d\n" % (_DIGITS, number))


class _Drawn:
    """A drawn number, which holds the lock of its sequence."""

    def __init__(self, value: int, file: LockFile) -> None:
        self._value = value
        self._file = file

    @property
    def value(self) -> int:
        return self._value

    def release(self) -> None:
        self._file.close()


@contextmanager
def opened(make: Callable[[], LockFile]) -> Iterator[LockFile]:
    """A lock file, closed afterwards, which frees its lock.

    Raises:
        JournalError: it cannot be opened.
    """
    with translated():
        file = make()
    try:
        yield file
    finally:
        file.close()


@contextmanager
def translated() -> Iterator[None]:
    """What a lock of the side folder cannot do, as an error of the journal."""
    try:
        yield
    except OSError as error:
        raise JournalError(f"a lock in the side folder cannot be used: {words(error)}") from error
