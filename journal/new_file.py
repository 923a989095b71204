"""A new file beside others: whole and flushed under its name, or not there at all."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from journal.errors import JournalRefused
from journal.side import sync_file, sync_folder

_COMPANIONS = ("-wal", "-shm", "-journal", ".side")
"""What may stand beside a journal file. SQLite would take a log that lies there for the new file's own."""


def must_be_free(place: Path) -> None:
    """Refuse a place that is taken.

    Raises:
        JournalRefused: something has this name, or stands where a companion of it would.
    """
    for taken in (place, *(place.with_name(place.name + ending) for ending in _COMPANIONS)):
        if taken.exists() or taken.is_symlink():
            raise JournalRefused(f"{taken} exists already: name a new file, nothing is ever replaced")


@contextmanager
def part_of(place: Path) -> Iterator[Path]:
    """An empty file to be filled, for its owner only; gone at the end if it was not named."""
    part = place.with_name(f".{place.name}.{uuid.uuid4().hex[:8]}.part")
    os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield part
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def name_part(part: Path, place: Path) -> None:
    """Flush the part and give it its name; if somebody has taken that meanwhile, theirs stays."""
    sync_file(part)
    try:
        os.link(part, place)
    except FileExistsError:
        raise JournalRefused(f"{place} exists already: name a new file, nothing is ever replaced") from None
    except OSError:  # a stick or a share that knows no links
        must_be_free(place)
        part.rename(place)
    sync_folder(place.parent)
