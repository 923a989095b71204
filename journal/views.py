"""Views in a journal file: other ways to look at the projection's table, for people with a database tool.

A journal without them is a journal. So they are made after everything else, in an atomic write of their own, and what
keeps them from being made keeps nobody from paying. They are no part of the version either: a release that does not
know them reads and writes the file as before.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from contextlib import suppress

from journal.errors import JournalError
from journal.opening import commit
from journal.projection import Projection
from journal.side import Side

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)


def renew_views(connection: sqlite3.Connection, projection: Projection, side: Side) -> None:
    """Make the views that are missing or have another text. Call with the writer lock held.

    What a name belongs to already, a table of somebody's own say, stays as it is.
    """
    try:
        wanted = _outdated(connection, projection)
        if not wanted:
            return
        connection.execute("BEGIN IMMEDIATE")
        for name, sql in wanted.items():
            connection.execute(f"DROP VIEW IF EXISTS {name}")
            connection.execute(sql)
        commit(connection, side)
    except sqlite3.Error:  # a full disk, say: there is nothing here that could not wait for the next opening
        with suppress(sqlite3.Error):  # nothing may have been begun
            connection.execute("ROLLBACK")


def _outdated(connection: sqlite3.Connection, projection: Projection) -> Mapping[str, str]:
    if not projection.views:
        return {}
    wanted = {name: f"CREATE VIEW {_checked(name)} AS {select}" for name, select in projection.views.items()}
    rows = connection.execute("SELECT name, type, sql FROM sqlite_master")
    present = {name: sql if kind == "view" else None for name, kind, sql in rows}
    return {name: sql for name, sql in wanted.items() if present.get(name, "") not in {sql, None}}


def _checked(name: str) -> str:
    """The name, when it can stand in the text of SQL, which cannot bind it."""
    if _NAME.fullmatch(name) is None:
        raise JournalError(f"a projection cannot call a view {name!r}: use a-z, 0-9 and _")
    return name
