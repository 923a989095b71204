"""A trial: does SQLite, in this folder, do what a journal needs of it?"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from journal.connection import WRITER_SETTINGS, connect_writer
from journal.errors import JournalError
from journal.fault import words


def try_settings(folder: Path) -> Mapping[str, int | str]:
    """Write to an empty database in ``folder`` as a journal is written, and read back every setting.

    The journal itself is not touched, and the database is gone afterwards. What SQLite promises hangs on the disk that
    a file is on: without shared memory, say, there is no write-ahead log.

    Raises:
        JournalRefused: a setting was not taken.
        JournalError: nothing can be written there.
    """
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - heavy, and nothing else here needs it

    try:
        with TemporaryDirectory(prefix=".tillproof-trial-", dir=folder) as place:
            path = Path(place) / "trial.db"
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            with closing(connect_writer(path)) as connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("CREATE TABLE trial (number INTEGER) STRICT")
                connection.execute("COMMIT")
                # Read back once more, now that something was written with them.
                return {name: _value(connection, name) for name in WRITER_SETTINGS}
    except (OSError, sqlite3.Error) as error:
        raise JournalError(f"no database can be written in {folder}: {words(error)}") from error


def _value(connection: sqlite3.Connection, name: str) -> int | str:
    row = connection.execute(f"PRAGMA {name}").fetchone()
    # A SQLite that was compiled without memory mapping does not know that pragma.
    return "unknown" if row is None else row[0]
