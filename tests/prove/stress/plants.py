"""The planted faults: a lock that keeps nobody out, and a commit that is told and was never made."""

from __future__ import annotations

import itertools
import sqlite3
from enum import StrEnum

import journal.side
import journal.sqlite
from journal.head import Head
from journal.locks import LockFile

_ONE_IN = 100


class Plant(StrEnum):
    """What is planted in a process of its own; it is gone with the process."""

    NOTHING = "nothing"
    NO_LOCK = "the lock of the one writer does nothing"
    UNDONE = "one commit in a hundred is undone, and told as stored"

    def put(self) -> None:
        """Plant it in this process."""
        match self:
            case Plant.NOTHING:
                return
            case Plant.NO_LOCK:
                _replace(journal.side.Side, "writer_lock", lambda side: _NoLock(side.path / "writer.lock"))
            case Plant.UNDONE:
                _replace(journal.sqlite.SqliteWriter, "_commit", _commit_or_not)


class _NoLock(LockFile):
    def acquire(self) -> None:
        """Wait for nobody."""

    def release(self) -> None:
        """There is nothing to release."""


_commits = itertools.count(1)
_commit = journal.sqlite.SqliteWriter._commit


def _commit_or_not(writer: journal.sqlite.SqliteWriter, connection: sqlite3.Connection, head: Head) -> None:
    if next(_commits) % _ONE_IN:
        _commit(writer, connection, head)
    else:
        connection.execute("ROLLBACK")


def _replace(owner: type, name: str, by: object) -> None:
    setattr(owner, name, by)
