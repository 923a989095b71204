"""The journal: durable, append-only, hash-chained facts.

This room knows how something that was written stays written: files, locks, flushes, SQLite, full disks, power cuts.
It must not know what the facts mean: no money, no terminals, no HTTP. Then it can be read, tested and trusted by
itself, and no rule about money can ever depend on how a disk behaves. What it needs to know of the meaning, it is
handed as a value: a ``Projection`` folds the facts of one subject into one row.

A journal is one file plus a side folder of locks and marks. Any number of processes of one computer may share it.

We also considered:

- *A server database.* Nobody installs one beside a cash desk. The port is made so that one can follow: lanes are
  taken through it, and no type or error of SQLite leaves this room.
- *Our own file format.* An append-only log with checksums is a page of code; being able to open it with a tool that
  everybody has, ten years on, is not.
- *The table as the truth and the facts as its audit trail.* Then whatever forgets to write the trail goes unseen.
  Here the table can be thrown away and made anew.
- *One connection with locking_mode=EXCLUSIVE.* It keeps clear of the WAL-reset bug without a lock of ours, but then a
  second till, a recovery or a look at the list would need the first one's help.

Every name is loaded when somebody first asks for it: who only reads does not wait for what writes, copies or mends.
"""

from typing import TYPE_CHECKING

from journal.later import later

if TYPE_CHECKING:
    from journal.archiving import Archived, archive
    from journal.backup import back_up
    from journal.connection import LOG_LIMIT_BYTES, log_bytes
    from journal.errors import (
        Conflict,
        JournalError,
        JournalMissing,
        JournalRefused,
        LaneBusy,
        NotStored,
        PerhapsStored,
    )
    from journal.fact import Draft, Fact, Json, Value
    from journal.file import open_journal
    from journal.head import Head
    from journal.library import SqliteReport, sqlite_report
    from journal.lines import DayLines, read_days
    from journal.memory import MemoryJournal
    from journal.numbers import FileNumbers
    from journal.port import Journal, Number, Numbers, Reader, Verification
    from journal.projection import Projection
    from journal.reader import read_journal
    from journal.rebuilding import Rebuilt, rebuild
    from journal.slip import Slip
    from journal.snapshot import Ranges, Snapshot, read_snapshot
    from journal.surroundings import Lane, Surroundings, is_locked, look_around
    from journal.trial import try_settings
else:
    __getattr__ = later(
        "journal",
        {
            "journal.archiving": ["Archived", "archive"],
            "journal.backup": ["back_up"],
            "journal.connection": ["LOG_LIMIT_BYTES", "log_bytes"],
            "journal.errors": [
                "Conflict",
                "JournalError",
                "JournalMissing",
                "JournalRefused",
                "LaneBusy",
                "NotStored",
                "PerhapsStored",
            ],
            "journal.fact": ["Draft", "Fact", "Json", "Value"],
            "journal.file": ["open_journal"],
            "journal.head": ["Head"],
            "journal.library": ["SqliteReport", "sqlite_report"],
            "journal.lines": ["DayLines", "read_days"],
            "journal.memory": ["MemoryJournal"],
            "journal.numbers": ["FileNumbers"],
            "journal.port": ["Journal", "Number", "Numbers", "Reader", "Verification"],
            "journal.projection": ["Projection"],
            "journal.reader": ["read_journal"],
            "journal.rebuilding": ["Rebuilt", "rebuild"],
            "journal.slip": ["Slip"],
            "journal.snapshot": ["Ranges", "Snapshot", "read_snapshot"],
            "journal.surroundings": ["Lane", "Surroundings", "is_locked", "look_around"],
            "journal.trial": ["try_settings"],
        },
    )

__all__ = [
    "LOG_LIMIT_BYTES",
    "Archived",
    "Conflict",
    "DayLines",
    "Draft",
    "Fact",
    "FileNumbers",
    "Head",
    "Journal",
    "JournalError",
    "JournalMissing",
    "JournalRefused",
    "Json",
    "Lane",
    "LaneBusy",
    "MemoryJournal",
    "NotStored",
    "Number",
    "Numbers",
    "PerhapsStored",
    "Projection",
    "Ranges",
    "Reader",
    "Rebuilt",
    "Slip",
    "Snapshot",
    "SqliteReport",
    "Surroundings",
    "Value",
    "Verification",
    "archive",
    "back_up",
    "is_locked",
    "later",
    "log_bytes",
    "look_around",
    "open_journal",
    "read_days",
    "read_journal",
    "read_snapshot",
    "rebuild",
    "sqlite_report",
    "try_settings",
]
