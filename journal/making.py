"""Making the tables of a journal file, with sqlite-utils; imported only where there is something to make."""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database
from sqlite_utils.db import Table

from journal.errors import JournalRefused
from journal.schema import APPLICATION_ID, TRIGGERS, VERSION, ProjectionTable, version_of

_FIRST_TRIGGERS = (
    """CREATE TRIGGER facts_are_never_changed BEFORE UPDATE ON facts
        BEGIN SELECT RAISE(ABORT, 'facts are written once: write a new fact instead of changing one'); END""",
    """CREATE TRIGGER facts_are_never_deleted BEFORE DELETE ON facts
        BEGIN SELECT RAISE(ABORT, 'facts are written once: they are never deleted'); END""",
    """CREATE TRIGGER facts_leave_no_gap BEFORE INSERT ON facts
        WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM facts)
        BEGIN SELECT RAISE(ABORT, 'facts are numbered without gaps: this number is not the next one'); END""",
)


def _first_tables(db: Database) -> None:
    """Release 1: the facts."""
    facts = _table(db, "facts")
    facts.create(
        {"seq": int, "at": str, "subject": str, "kind": str, "body": str, "digest": str},
        pk="seq",
        not_null={"at", "subject", "kind", "body", "digest"},
        strict=True,
    )
    facts.create_index(["subject"], "facts_by_subject")
    for sql in _FIRST_TRIGGERS:
        db.execute(sql)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _archives(db: Database) -> None:
    """Release 2: facts can be moved into archives, and the guards let that through."""
    _table(db, "archives").create(
        {"upto": int, "digest": str, "file": str, "at": str},
        pk="upto",
        not_null={"digest", "file", "at"},
        strict=True,
    )
    _table(db, "archived_names").create({"name": str, "upto": int}, pk="name", not_null={"upto"}, strict=True)
    for name, sql in TRIGGERS.items():
        db.execute(f"DROP TRIGGER IF EXISTS {name}")
        db.execute(sql)


MIGRATIONS = (_first_tables, _archives)
"""What each release added; there are ``VERSION`` of them, and none is ever edited."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables up to this release. Call inside an atomic write.

    Not ``sqlite_utils.Migrations``: that one begins its own writes, without IMMEDIATE, and keeps a table where one
    number in the header says the same and can be read before anything is trusted.
    """
    for step in MIGRATIONS[version_of(connection) :]:
        step(_database(connection))
    connection.execute(f"PRAGMA user_version = {VERSION}")


def make(connection: sqlite3.Connection, wanted: ProjectionTable) -> None:
    """Make a projection's table anew and empty, in place of one that does not fit. Call inside an atomic write."""
    db, name = _database(connection), wanted.projection.table
    table = _table(db, name)
    if table.exists():
        table.drop()
    columns = {"seq": int, **wanted.projection.columns}
    table.create(columns, pk="seq", not_null={wanted.projection.key}, strict=True)
    if not table.strict:
        raise JournalRefused(f"this SQLite made {name} without STRICT; update SQLite to 3.37 or newer")
    for index in wanted.indexes():
        if index.where is None:
            table.create_index(list(index.columns), index.name, unique=index.unique)
        else:  # sqlite-utils makes no partial indexes
            db.execute(f"CREATE INDEX {index.name} ON {name} ({', '.join(index.columns)}) WHERE {index.where}")


def _table(db: Database, name: str) -> Table:
    found = db[name]
    if not isinstance(found, Table):
        raise JournalRefused(f"{name} is a view and not a table: somebody changed the journal file's structure")
    return found


def _database(connection: sqlite3.Connection) -> Database:
    """The connection, as sqlite-utils sees it; no plugin gets to run on a journal."""
    return Database(connection, execute_plugins=False)
