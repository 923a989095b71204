"""The lock of the operating system on an open file, as two calls: take it, and give it back.

Two ways, one for each family of systems. On POSIX ``flock``, which Python has itself; it is called a dozen times in
every payment. Elsewhere portalocker, which is imported where something is locked, because it takes long to load, and
whoever only looks into a journal locks nothing.
"""

from __future__ import annotations

from types import ModuleType
from typing import IO, Protocol

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # pragma: no cover - Windows
    fcntl = None


class SystemLock(Protocol):
    """Locks open files, each for one holder."""

    def take(self, file: IO[bytes], *, wait: bool) -> bool:
        """Take the lock, as soon as it is free or only at once; whether it was taken.

        Raises:
            OSError: the system refuses; a network share may have no locks.
        """
        ...

    def give_back(self, file: IO[bytes]) -> None:
        """Give the lock back."""
        ...


class Flock:
    """``flock``. The kernel queues those who wait, so nobody starves; SQLite's own busy handler only polls."""

    def __init__(self, system: ModuleType) -> None:
        self._flock = system.flock
        self._wait = system.LOCK_EX
        self._at_once = system.LOCK_EX | system.LOCK_NB
        self._free = system.LOCK_UN

    def take(self, file: IO[bytes], *, wait: bool) -> bool:
        """See ``SystemLock``."""
        try:
            self._flock(file, self._wait if wait else self._at_once)
        except BlockingIOError:
            return False
        return True

    def give_back(self, file: IO[bytes]) -> None:
        """See ``SystemLock``."""
        self._flock(file, self._free)


class Portalocker:
    """Whatever portalocker finds. Windows has no wait without end: its call gives up after ten seconds."""

    def take(self, file: IO[bytes], *, wait: bool) -> bool:
        """See ``SystemLock``."""
        import portalocker  # noqa: PLC0415 - see above

        how = portalocker.LockFlags.EXCLUSIVE
        if not wait:
            how |= portalocker.LockFlags.NON_BLOCKING
        while True:
            try:
                portalocker.lock(file, how)
            except portalocker.AlreadyLocked:
                if wait:
                    continue
                return False
            except portalocker.LockException as error:
                raise OSError(str(error)) from error
            return True

    def give_back(self, file: IO[bytes]) -> None:
        """See ``SystemLock``."""
        import portalocker  # noqa: PLC0415 - see above

        portalocker.unlock(file)


SYSTEM: SystemLock = Flock(fcntl) if fcntl is not None else Portalocker()
"""The way of this machine."""
