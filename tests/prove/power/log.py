"""The recorder's log: what a till did to its disk, and said meanwhile, in the order in which it happened."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_HEAD = struct.Struct("=IIQQII")


class What(StrEnum):
    """What happened; the letters of ``recorder.c``."""

    FOLDER_MADE = "M"
    FILE_MADE = "C"
    LINKED = "L"
    """A file got one more name."""
    REMOVED = "U"
    WRITTEN = "W"
    CUT_TO = "T"
    """The file got another size; also when it was opened to be empty."""
    FLUSHED = "S"
    FLUSH_FAILED = "F"
    SAID = "N"
    NOT_MODELLED = "?"


@dataclass(frozen=True, slots=True)
class Event:
    """One call that succeeded; or one flush that failed. ``data`` is the content, a path, or what was said."""

    what: What
    file: int
    """Its inode."""
    offset: int
    data: bytes
    process: int

    @property
    def path(self) -> str:
        """Where the entry is that was made or removed."""
        return self.data.decode()


def read_log(path: Path) -> list[Event]:
    """Every event, the first one first.

    Raises:
        RuntimeError: something was done that is not modelled, or the log is cut off.
    """
    return list(_events(path.read_bytes()))


def _events(content: bytes) -> Iterator[Event]:
    at = 0
    while at < len(content):
        kind, length, file, offset, process, _ = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        event = Event(What(chr(kind)), file, offset, content[at : at + length], process)
        at += length
        if at > len(content):
            raise RuntimeError("the recorder's log is cut off")
        if event.what is What.NOT_MODELLED:
            raise RuntimeError(f"the recorded process did what is not modelled: {event.data.decode()}")
        yield event
