"""Equal durability: what is asked of every SQLite connection in the suite."""

from __future__ import annotations

import sqlite3


class NotDurable(Exception):
    """The connection does not do what was asked of it; its figures would be those of another promise."""


def make_durable(connection: sqlite3.Connection) -> None:
    """WAL and synchronous=FULL, both read back.

    Raises:
        NotDurable: SQLite says something else.
    """
    (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
    connection.execute("PRAGMA synchronous=FULL")
    (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
    if (mode, synchronous) != ("wal", 2):
        raise NotDurable(f"asked for WAL and synchronous=FULL (2), and it says {mode} and {synchronous}")
