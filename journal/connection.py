"""A connection to a journal file: opened one way only, every setting made explicitly and read back.

A default of SQLite is a choice of whoever compiled it, and a PRAGMA that SQLite does not know, or cannot follow,
is silently ignored. So each is set, and then asked.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from journal.errors import JournalMissing, JournalRefused
from journal.fault import words
from journal.library import OLDEST
from journal.schema import APPLICATION_ID, VERSION, version_of
from journal.side import Side

_BUSY_MS = 5000
"""Only a program that does not know our writer lock can keep us waiting here."""

LOG_LIMIT_BYTES = 64 * 1024 * 1024
"""How large the log may stay. It takes a few MiB, and keeps them. While some other program reads one moment of the
journal for hours it can only grow; once that has ended, it is cut back to this."""

_COMMON: Mapping[str, int | str] = {
    "busy_timeout": _BUSY_MS,
    "foreign_keys": 1,
    "trusted_schema": 0,  # a schema changed by somebody else must not call functions
    "mmap_size": 0,  # with a mapped file a read error would kill the process
}

WRITER_SETTINGS: Mapping[str, int | str] = {
    **_COMMON,
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: with NORMAL the last commits do not survive a power cut
    "wal_autocheckpoint": 0,  # checkpoints only under the writer lock: see the WAL-reset bug in journal/library.py
    "secure_delete": 1,
    "journal_size_limit": LOG_LIMIT_BYTES,
}
"""What a connection that may write is told, and must say that it took."""


def connect_writer(path: Path) -> sqlite3.Connection:
    """A connection that may write. Call with the writer lock held.

    Raises:
        JournalRefused: the file is not a journal that this release can write.
        sqlite3.Error: anything else; the caller knows what it means.
    """
    must_be_writable(path)
    connection = _connect(path, "rw")
    try:
        _must_be_journal(connection, path, new_allowed=True)
        _set(connection, WRITER_SETTINGS)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot write.

    It never checkpoints either, not even as the last to close: that would need a write lock on the file.

    Raises:
        JournalRefused: there is no such file, or it is not a journal that this release can read.
        sqlite3.Error: anything else.
    """
    if path.is_dir():
        raise JournalRefused(f"{path} is a folder: name the journal file itself")
    if not path.exists():
        if Side(path).tells_of_facts():
            raise JournalRefused(f"{path} is missing, though a journal was written here: put its file back")
        raise JournalMissing(f"{path} does not exist: check the path, or open it for writing once to create it")
    connection = _connect(path, "ro&immutable=1" if _is_archived(path) else "ro")
    try:
        _must_be_journal(connection, path, new_allowed=False)
        _set(connection, {**_COMMON, "query_only": 1})
    except BaseException:
        connection.close()
        raise
    return connection


def log_bytes(path: Path) -> int:
    """The size of the log beside a journal; 0 where there is none."""
    try:
        return path.with_name(path.name + "-wal").stat().st_size
    except OSError:
        return 0


def _is_archived(path: Path) -> bool:
    """Whether nobody is meant to write: then SQLite must not make its own files beside it, with the same rights.

    Raises:
        JournalRefused: there is a log beside it, whose facts would not be seen.
    """
    if path.stat().st_mode & stat.S_IWUSR:
        return False
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        raise JournalRefused(
            f"{path} may only be read, and facts may still be in {log}: give its owner the right to write"
        )
    return True


def must_be_writable(path: Path) -> None:
    """Refuse a file whose owner may not write.

    For root too, whom the system would let through: somebody took that bit away on purpose, from an archive say.
    """
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise JournalRefused(f"{path} is a folder: name the journal file itself")
    if not mode & stat.S_IWUSR or not os.access(path, os.W_OK):
        raise JournalRefused(
            f"{path} may only be read by this user: give its owner the right to write, or open it for reading"
        )


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    if sqlite3.sqlite_version_info < OLDEST:
        raise JournalRefused(f"SQLite {sqlite3.sqlite_version} is too old for a journal: update it to 3.37 or newer")
    # Never "rwc": a file that vanished must not be replaced by an empty one behind our back.
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        factory=_Connection,
    )


class _Connection(sqlite3.Connection):
    """One that knows no errors but SQLite's. Those quote the file, and Python cannot read a quote that has rotted."""

    def execute(self, *statement: Any) -> sqlite3.Cursor:  # noqa: ANN401 - what SQLite takes
        try:
            return super().execute(*statement)
        except UnicodeDecodeError as error:
            raise _damaged() from error

    def executemany(self, *statement: Any) -> sqlite3.Cursor:  # noqa: ANN401 - what SQLite takes
        try:
            return super().executemany(*statement)
        except UnicodeDecodeError as error:
            raise _damaged() from error


def _damaged() -> sqlite3.DatabaseError:
    damaged = sqlite3.DatabaseError("and so is what SQLite says of it")
    damaged.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return damaged


def _must_be_journal(connection: sqlite3.Connection, path: Path, *, new_allowed: bool) -> None:
    try:
        application = int(connection.execute("PRAGMA application_id").fetchone()[0])
        tables = int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
        version = version_of(connection)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):  # a lock, a full disk, missing rights: not the file's fault
            raise
        raise JournalRefused(
            f"{path} is not a journal, or is damaged ({words(error)}): name another file, or put back a copy"
        ) from error
    if application == 0 and tables == 0:  # empty: nobody has finished making a journal of it
        if new_allowed:
            return
        if Side(path).tells_of_facts():
            raise JournalRefused(f"{path} is empty, though a journal was written here: put the newest copy back")
        raise JournalRefused(f"{path} is not a journal yet: open it for writing once, which makes it one")
    if application != APPLICATION_ID:
        raise JournalRefused(f"{path} is not a journal but some other database: name another file")
    if version > VERSION:
        raise JournalRefused(
            f"{path} was written by a newer release (tables {version}, known {VERSION}): update this program"
        )
    if version < VERSION and not new_allowed:
        raise JournalRefused(f"{path} is from an older release: open it for writing once, which brings it up to date")


def _set(connection: sqlite3.Connection, wanted: Mapping[str, int | str]) -> None:
    for name, value in wanted.items():
        connection.execute(f"PRAGMA {name} = {value}").fetchall()
        row = connection.execute(f"PRAGMA {name}").fetchone()
        # A SQLite that was compiled without memory mapping does not know that pragma, and cannot do it either.
        if row is None and name == "mmap_size":
            continue
        if row is None or row[0] != value:
            raise JournalRefused(
                f"SQLite did not take {name} = {value}: it says {row and row[0]!r}. "
                "A journal needs a local disk with file locks and shared memory, not a network share"
            )
