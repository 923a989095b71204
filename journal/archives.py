"""What was moved out of a journal file: where the chain goes on from, and which names are taken in an archive."""

from __future__ import annotations

import sqlite3

from journal.head import EMPTY, Head
from journal.schema import FIRST_WITH_ARCHIVES, version_of

_START = "SELECT upto, digest FROM archives ORDER BY upto DESC LIMIT 1"
_FIRST_AFTER = "SELECT at FROM facts WHERE seq > ? ORDER BY seq LIMIT 1"
_MADE_AFTER = "SELECT file FROM archives WHERE at >= ? ORDER BY upto"
_FILE_OF = "SELECT file FROM archived_names JOIN archives USING (upto) WHERE name = ?"


def start_of(connection: sqlite3.Connection) -> Head:
    """The last fact that stands in an archive, and after which the chain goes on here; ``EMPTY`` if there is none."""
    if version_of(connection) < FIRST_WITH_ARCHIVES:
        return EMPTY
    row = connection.execute(_START).fetchone()
    return EMPTY if row is None else Head(seq=row[0], digest=row[1])


def archives_with(connection: sqlite3.Connection, moment: str) -> list[str]:
    """The files into which facts of this moment, or of a later one, may have been moved; oldest first.

    An archive takes the facts from the beginning on. So there are none where the first fact that stands here was
    written before it, and an archive that was made before it holds nothing of it.
    """
    start = start_of(connection)
    first = connection.execute(_FIRST_AFTER, (start.seq,)).fetchone()
    if not start.seq or (first is not None and first[0] < moment):
        return []
    return [str(file) for (file,) in connection.execute(_MADE_AFTER, (moment,))]


def archive_of(connection: sqlite3.Connection, name: str) -> str | None:
    """The file into which the subject was moved that has this key, or this value in a unique column."""
    row = connection.execute(_FILE_OF, (name,)).fetchone()
    return None if row is None else str(row[0])
