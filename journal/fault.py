"""The one place where errors of SQLite and of the operating system become words that a technician understands."""

from __future__ import annotations

import errno
import sqlite3

_WORDS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "the journal file may only be read",
    sqlite3.SQLITE_IOERR: "the disk reported an input/output error",
    sqlite3.SQLITE_CORRUPT: "the journal file is damaged",
    sqlite3.SQLITE_NOTADB: "the file is not a journal",
    sqlite3.SQLITE_BUSY: "another program keeps the journal file locked",
    sqlite3.SQLITE_LOCKED: "another program keeps the journal file locked",
    sqlite3.SQLITE_CANTOPEN: "the journal file, or a file that must stand beside it, cannot be opened",
    sqlite3.SQLITE_PERM: "the rights of this user do not suffice",
    sqlite3.SQLITE_NOMEM: "the memory is used up",
}

_PRIMARY = 0xFF
"""SQLite keeps the kind of an error in the low byte and its details above."""


def words(error: sqlite3.Error | OSError) -> str:
    """Say what went wrong, with the original text behind it for whoever has to look it up."""
    if isinstance(error, OSError):
        return f"the disk is full ({error})" if is_disk_full(error) else str(error)
    told = _WORDS.get(_code(error) & _PRIMARY)
    return f"{told} ({error})" if told else str(error)


def is_disk_full(error: BaseException) -> bool:
    """Whether the error says, beyond doubt, that there was no room."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return isinstance(error, sqlite3.Error) and _code(error) & _PRIMARY == sqlite3.SQLITE_FULL


def broken_unique_column(error: sqlite3.Error) -> str | None:
    """The column whose value another row already has; None when the error is another one."""
    # The code is exact, and only the text carries the name: "UNIQUE constraint failed: table.column".
    if _code(error) != sqlite3.SQLITE_CONSTRAINT_UNIQUE:
        return None
    return str(error).rpartition(".")[2]


def _code(error: sqlite3.Error) -> int:
    # Errors of the Python module itself (a closed connection, say) carry no code.
    return int(getattr(error, "sqlite_errorcode", 0))
