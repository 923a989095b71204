"""The SQLite library that this Python carries, and a bug of it that a journal has to know about."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

OLDEST = (3, 37, 0)
"""STRICT tables came with this release; without them a column takes a text where a number belongs."""


class SqliteReport(NamedTuple):
    """Which SQLite this is, and whether it has the WAL-reset bug.

    With that bug, committed facts can vanish when one process writes while another checkpoints. The journal's
    writer lock is there to keep this from happening; a person should know all the same, and update.
    """

    version: str
    wal_reset_bug: bool

    def __str__(self) -> str:
        if not self.wal_reset_bug:
            return f"{self.version}, without the WAL-reset bug"
        return (
            f"{self.version}, which has the WAL-reset bug: the journal's writer lock keeps it out, as long as only "
            "Tillproof writes in the file. Copy the file with `tillproof journal backup`, and update Python's SQLite"
        )


def sqlite_report() -> SqliteReport:
    """What there is to say about the SQLite library in this process."""
    return SqliteReport(version=sqlite3.sqlite_version, wal_reset_bug=has_wal_reset_bug(sqlite3.sqlite_version_info))


def has_wal_reset_bug(version: tuple[int, ...]) -> bool:
    """Whether a release has the bug: 3.7.0 to 3.51.2, but for the repaired 3.44.6 and 3.50.7 and their later fixes."""
    repaired = version[:2] == (3, 44) and version >= (3, 44, 6)
    repaired |= version[:2] == (3, 50) and version >= (3, 50, 7)
    return (3, 7, 0) <= version < (3, 51, 3) and not repaired
