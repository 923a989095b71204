"""Locks of the operating system on files: one holder at a time, over all threads and processes.

The kernel frees such a lock when its holder dies, however it dies: there are no leases to expire and no stale lock
files to clear away. On POSIX this is ``flock``, which belongs to an *open file*; two handles of one process exclude
each other, and so threads do as well. (The older ``fcntl`` locks belong to the process: there, closing any handle of
the file frees the lock, and threads do not exclude each other.)

The price of ``flock``: a child made by a bare fork shares its parent's open files, and would keep a lane held when
the parent dies before it. So a child that Python forks begins with closing them, which frees nothing of its parent's.
Processes started with ``subprocess`` or ``spawn`` inherit nothing.
"""

from __future__ import annotations

import os
import re
import threading
import time
from pathlib import Path
from weakref import WeakSet

from journal import system_lock

_POLL_S = 0.01
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)


class LockFile:
    """A file that is there to be locked. One handle; who needs a second one, opens a second one.

    A ``lasting`` one goes on with the file that is at its path when it is locked, also if the one that it had opened
    was deleted meanwhile; any other is refused then.
    """

    def __init__(self, path: Path, *, lasting: bool = False) -> None:
        self._path = path
        self._lasting = lasting
        self._held = False
        self._open()
        _OPEN.add(self)

    def _open(self) -> None:
        self._file = os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
        self._identity = os.fstat(self._file.fileno())

    def acquire(self) -> None:
        """Wait for the lock, as long as it takes.

        Raises:
            OSError: the lock cannot be taken, or the file is no longer the one at its path.
        """
        self._take(wait=True)

    def try_acquire(self, wait_s: float) -> bool:
        """Try for ``wait_s`` seconds; 0 tries once.

        Raises:
            OSError: as ``acquire``.
        """
        deadline = time.monotonic() + wait_s
        while not self._take(wait=False):
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return False
            time.sleep(min(_POLL_S, left_s))
        return True

    def _take(self, *, wait: bool) -> bool:
        try:
            self._held = system_lock.SYSTEM.take(self._file, wait=wait)
        except OSError as error:
            raise OSError(f"{self._path} cannot be locked: {error}") from error
        if not self._held or self._stands():
            return self._held
        # Somebody has tidied up the side folder while we run. A lock on a deleted file excludes nobody: the next
        # process would make a new file, lock that, and write at the same time as we do.
        self.release()
        if not self._lasting:
            raise FileNotFoundError(f"{self._path} was deleted or replaced; open the journal again")
        self._file.close()
        self._open()
        return self._take(wait=wait)

    def _stands(self) -> bool:
        """Whether this is still the file at its path."""
        try:
            return os.path.samestat(self._identity, self._path.stat())
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Let the next one in; harmless where the lock is not held."""
        if self._held and not self._file.closed:
            self._held = False
            system_lock.SYSTEM.give_back(self._file)

    def read(self, size: int) -> bytes:
        """The first bytes of the file."""
        if hasattr(os, "pread"):  # one call instead of two, and each lets go of the interpreter
            return os.pread(self._file.fileno(), size, 0)
        self._file.seek(0)
        return self._file.read(size)

    def write(self, content: bytes) -> None:
        """Put ``content`` at the start of the file, not flushed."""
        written = 0
        while written < len(content):  # a disk that fills up may take a part of it
            written += self._write(content[written:], written)

    def _write(self, content: bytes, at: int) -> int:
        if hasattr(os, "pwrite"):
            return os.pwrite(self._file.fileno(), content, at)
        self._file.seek(at)
        return self._file.write(content)

    def clear(self) -> None:
        """Empty the file."""
        self._file.truncate(0)

    def close(self) -> None:
        """Close the handle, which frees the lock."""
        self._file.close()


def checked_name(name: str) -> str:
    """The name, when it can be a file name everywhere.

    Raises:
        ValueError: it cannot.
    """
    if _NAME.fullmatch(name) is None or name in (".", ".."):
        raise ValueError(f"{name!r} cannot name a lane or a sequence: use 1 to 64 of A-Z a-z 0-9 _ . -")
    return name


class LockFolder:
    """A folder of lock files. They are kept open for the next who takes the same one: opening costs more than locking.

    Whoever takes one has a handle of his own, so that it excludes the other threads as well.
    """

    def __init__(self, path: Path, *, suffix: str = "") -> None:
        self._path = path
        self._suffix = suffix
        self._mutex = threading.Lock()
        self._kept: dict[str, list[LockFile]] = {}
        self._closed = False

    def take(self, name: str) -> LockFile:
        """A handle on the lock of this name, not locked yet; ``put_back`` it, or close it.

        Raises:
            OSError: it cannot be opened.
        """
        with self._mutex:
            kept = self._kept.get(name)
            if kept:
                return kept.pop()
        return LockFile(self._path / f"{name}{self._suffix}", lasting=True)

    def put_back(self, name: str, file: LockFile) -> None:
        """Release a handle, and keep it for the next."""
        file.release()
        with self._mutex:
            if not self._closed:
                self._kept.setdefault(name, []).append(file)
                return
        file.close()

    def close(self) -> None:
        """Close the handles that nobody has; the others are closed when they come back."""
        with self._mutex:
            self._closed = True
            for kept in self._kept.values():
                for file in kept:
                    file.close()
            self._kept.clear()


_OPEN: WeakSet[LockFile] = WeakSet()


def _let_go() -> None:
    for file in list(_OPEN):
        file.close()


if hasattr(os, "register_at_fork"):  # pragma: no branch - Windows has no fork
    os.register_at_fork(after_in_child=_let_go)
