"""Locks of the operating system on files: one holder at a time, over all threads and processes.

The kernel frees such a lock when its holder dies, however it dies: there are no leases to expire and no stale lock
files to clear away. On POSIX this is ``flock``, which belongs to an *open file*; two handles of one process exclude
each other, and so threads do as well. (The older ``fcntl`` locks belong to the process: there, closing any handle of
the file frees the lock, and threads do not exclude each other.)

The price of ``flock``: a child made by a bare fork shares its parent's open files, and so keeps a lane held when the
parent dies before it. Processes started with ``subprocess`` or ``spawn`` inherit nothing.

portalocker is imported where something is locked, and not here: it takes long to load, and whoever only looks into a
journal locks nothing.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

_POLL_S = 0.01


class LockFile:
    """A file that is there to be locked. One handle; who needs a second one, opens a second one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)

    def acquire(self) -> None:
        """Wait for the lock, as long as it takes.

        The kernel queues the waiters, so nobody starves; SQLite's own busy handler only polls. Windows has no such
        wait: there the call gives up after ten seconds and is repeated.

        Raises:
            OSError: the lock cannot be taken, or the file is no longer the one at its path.
        """
        import portalocker  # noqa: PLC0415 - see above

        while True:
            try:
                portalocker.lock(self._file, portalocker.LockFlags.EXCLUSIVE)
            except portalocker.AlreadyLocked:
                continue
            except portalocker.LockException as error:
                raise OSError(f"{self._path} cannot be locked: {error}") from error
            break
        self._must_stand()

    def try_acquire(self, wait_s: float) -> bool:
        """Try for ``wait_s`` seconds; 0 tries once.

        Raises:
            OSError: as ``acquire``.
        """
        import portalocker  # noqa: PLC0415 - see above

        at_once = portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING
        deadline = time.monotonic() + wait_s
        while True:
            try:
                portalocker.lock(self._file, at_once)
            except portalocker.AlreadyLocked:
                left_s = deadline - time.monotonic()
                if left_s <= 0:
                    return False
                time.sleep(min(_POLL_S, left_s))
                continue
            except portalocker.LockException as error:
                raise OSError(f"{self._path} cannot be locked: {error}") from error
            break
        self._must_stand()
        return True

    def _must_stand(self) -> None:
        # Somebody may tidy up the side folder while we run. A lock on a deleted file excludes nobody: the next
        # process would make a new file, lock that, and write at the same time as we do.
        try:
            if os.path.samestat(os.fstat(self._file.fileno()), self._path.stat()):
                return
        except FileNotFoundError:
            pass
        self.release()
        raise FileNotFoundError(f"{self._path} was deleted or replaced; open the journal again")

    def release(self) -> None:
        """Let the next one in."""
        import portalocker  # noqa: PLC0415 - see above

        portalocker.unlock(self._file)

    def read(self, size: int) -> bytes:
        """The first bytes of the file."""
        self._file.seek(0)
        return self._file.read(size)

    def write(self, content: bytes) -> None:
        """Put ``content`` at the start of the file, not flushed."""
        self._file.seek(0)
        while content:  # a disk that fills up may take a part of it
            content = content[self._file.write(content) :]

    def clear(self) -> None:
        """Empty the file."""
        self._file.truncate(0)

    def close(self) -> None:
        """Close the handle, which frees the lock."""
        self._file.close()
