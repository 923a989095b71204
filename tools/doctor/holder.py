"""A holder: the process that has a lock, as far as the system tells."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

LOCKS = Path("/proc/locks")
"""Linux: a line for each lock, such as ``1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A process, and what it is called."""

    pid: int
    command: str | None

    def __str__(self) -> str:
        return f"process {self.pid}{f' ({self.command})' if self.command else ''}"


def holder_of(path: Path) -> Holder | None:
    """Who has the lock on a file; None when nobody has, or the system does not tell."""
    try:
        told = path.stat()
        lines = LOCKS.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    place = f"{os.major(told.st_dev):02x}:{os.minor(told.st_dev):02x}:{told.st_ino}"
    for line in lines:
        match line.split():
            # A line with an arrow is somebody who waits.
            case [_, "FLOCK", _, _, pid, where, *_] if where == place:
                return named(int(pid))
            case _:
                continue
    return None


def named(pid: int) -> Holder:
    """A process by its number."""
    try:
        command = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        command = None
    return Holder(pid=pid, command=command)


def lives(pid: int) -> bool | None:
    """Whether there is such a process; None where asking would do something to it."""
    if os.name == "nt":
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
