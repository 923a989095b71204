"""What stands around a journal, seen from outside: its files, its lanes, what its processes tell each other.

For whoever looks for the reason of a dead till. Nothing is made, changed or waited for, and no lane is taken: a lane
that was taken for a look could be missed by a till in that very moment. So who holds one is read from the text that
each holder leaves in it and takes away again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from journal.errors import JournalError
from journal.fault import words
from journal.locks import LockFile
from journal.side import Side

_TEXT = re.compile(r"pid ([0-9]{1,10}) since (\S{1,40})", re.ASCII)
_LONGEST_TEXT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A lane that was held before, and the file that is its lock.

    ``pid`` and ``since`` are those of the last holder while it has not given the lane back: it is at work, or it died
    at work, and then the lane is free. Both are None when it has.
    """

    name: str
    path: Path
    pid: int | None
    since: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is there. ``files`` is everything that must be its owner's alone, folders before what is in them.

    ``ballast`` says whether the space for a full disk is set aside; ``doubt`` that a flush failed and has not been
    made good; ``made`` whether there is a side folder at all.
    """

    made: bool
    files: tuple[Path, ...]
    lanes: tuple[Lane, ...]
    writer: Path
    ballast: bool
    doubt: bool


def look_around(path: Path) -> Surroundings:
    """Look at what stands around the journal at ``path``, whether or not the journal itself is there.

    Raises:
        JournalError: it may not be looked at.
    """
    side = Side(path)
    try:
        return Surroundings(
            made=side.path.is_dir(),
            files=tuple(_files(path, side)),
            lanes=tuple(_lane(lock) for lock in sorted((side.path / "lanes").glob("*.lock"))),
            writer=side.path / "writer.lock",
            ballast=side.ballast_stands(),
            doubt=side.in_doubt(),
        )
    except OSError as error:
        raise JournalError(f"what stands beside the journal cannot be looked at: {words(error)}") from error


def _files(path: Path, side: Side) -> Iterator[Path]:
    beside = (path.with_name(path.name + ending) for ending in ("-wal", "-shm"))
    yield from (file for file in (path, *beside, side.path) if file.exists())
    yield from sorted(side.path.rglob("*"))


def _lane(lock: Path) -> Lane:
    try:
        with lock.open("rb") as file:
            text = file.read(_LONGEST_TEXT).decode("ascii", "replace")
    except OSError:  # Windows lets nobody else read what is locked
        text = ""
    found = _TEXT.match(text)
    return Lane(
        name=lock.name.removesuffix(".lock"),
        path=lock,
        pid=int(found[1]) if found else None,
        since=found[2] if found else None,
    )


def is_locked(path: Path, *, wait_s: float = 0) -> bool:
    """Whether somebody holds this lock for all of ``wait_s`` seconds. If not, it was taken and is free again.

    Not for a lane that may be in use: whoever tries to take it in that moment finds it busy.

    Raises:
        JournalError: it cannot be tried.
    """
    if not path.exists():
        return False
    try:
        lock = LockFile(path)
        try:
            return not lock.try_acquire(wait_s)
        finally:
            lock.close()
    except OSError as error:
        raise JournalError(f"{path} cannot be tried: {words(error)}") from error
