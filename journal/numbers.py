"""The rising sequences of a journal: files of the side folder, each with the last number in it and a lock on it.

They need the side folder and nothing else. So whoever only asks a terminal something can draw from the same sequence
as the tills do while the journal itself is damaged, or full, or may not be written.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from journal.errors import JournalError
from journal.fault import words
from journal.locks import LockFile, LockFolder, checked_name
from journal.port import Number
from journal.side import Side


class FileNumbers:
    """The sequences of the journal at ``path``. The side folder must be there; it is not made.

    ``wait_s`` is how long a number is waited for, in seconds; without it, as long as it takes.
    """

    def __init__(self, path: Path, *, wait_s: float | None = None) -> None:
        self._files = Side(path).number_files()
        self._wait_s = wait_s

    @contextmanager
    def rising(self, name: str, *, floor: int) -> Iterator[Number]:
        """See ``Journal``.

        Raises:
            ValueError: the name cannot be a file name everywhere.
        """
        with Handle(self._files, name) as file:
            with TRANSLATED:
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
        with Handle(self._files, name) as file, TRANSLATED:
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
        with Handle(self._files, name) as file, TRANSLATED:
            self._lock(file, name)
            last = _number_in(file)
            return -1 if last is None else last

    def close(self) -> None:
        """Close the files."""
        self._files.close()

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
        self._file.release()


class Handle:
    """While it is entered, a handle on a lock of the side folder; whoever locked it lets go of it at the end.

    A class and no generator, here and below: a payment comes by a dozen times.

    Raises:
        ValueError: the name cannot be a file name everywhere.
        JournalError: it cannot be opened.
    """

    __slots__ = ("_file", "_folder", "_name")

    def __init__(self, folder: LockFolder, name: str) -> None:
        self._folder = folder
        self._name = checked_name(name)

    def __enter__(self) -> LockFile:
        with TRANSLATED:
            self._file = self._folder.take(self._name)
        return self._file

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if error is None:
            self._folder.put_back(self._name, self._file)
        else:
            self._file.close()  # whatever had happened to it


class _Translated:
    """What a lock of the side folder cannot do, as an error of the journal."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, OSError):
            raise JournalError(f"a lock in the side folder cannot be used: {words(error)}") from error


TRANSLATED = _Translated()
