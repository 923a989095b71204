"""Faults to plant in a journal: a statement that fails before it takes effect, or after it."""

from __future__ import annotations

import sqlite3
from typing import Any


class Failing:
    """A connection on which one statement fails, before it takes effect or after it."""

    def __init__(
        self, real: sqlite3.Connection, statement: str, *, error: BaseException, after: bool = False, skip: int = 0
    ) -> None:
        self._real = real
        self._statement = statement
        self._after = after
        self._error = error
        self._skip = skip

    def execute(self, sql: str, values: Any = ()) -> Any:
        """As the real connection, but for the planted fault."""
        if sql.startswith(self._statement):
            self._skip -= 1
        if sql.startswith(self._statement) and self._skip < 0:
            if self._after:
                self._real.execute(sql, values)
            raise self._error
        return self._real.execute(sql, values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def fault(code: int = sqlite3.SQLITE_IOERR_FSYNC, text: str = "disk I/O error") -> sqlite3.OperationalError:
    """An error as SQLite raises it."""
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    return error


def plant(
    journal: Any, statement: str, *, after: bool = False, error: BaseException | None = None, skip: int = 0
) -> None:
    """Let a statement of the journal's next write fail, or of the one after it."""
    handle = journal._writer._handle
    handle._connection = Failing(handle._connection, statement, error=error or fault(), after=after, skip=skip)


def raising(error: BaseException) -> Any:
    """A function that raises, whatever it is given."""

    def act(*_: Any, **__: Any) -> Any:
        raise error

    return act
