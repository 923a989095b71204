"""The tables of a journal file: how they are made, how they are told apart from others, how they are asked.

    facts          the truth; every row is written once, and triggers refuse anything else
    <projection>   one row per subject, made from the facts by a projection that the journal is given

Names of tables and columns go into the text of the SQL, because SQL cannot bind them. They have been held to plain
words before (``journal/row.py``); values are always bound.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from string import Template

from sqlite_utils import Database
from sqlite_utils.db import Table

from journal.errors import JournalRefused
from journal.fact import Projection
from journal.row import checked

APPLICATION_ID = 0x54696C70
"""What stands in the header of the file and says that it is a journal ("Tilp")."""

_TRIGGERS = {
    "facts_are_never_changed": """
        CREATE TRIGGER facts_are_never_changed BEFORE UPDATE ON facts
        BEGIN SELECT RAISE(ABORT, 'facts are written once: write a new fact instead of changing one'); END""",
    "facts_are_never_deleted": """
        CREATE TRIGGER facts_are_never_deleted BEFORE DELETE ON facts
        BEGIN SELECT RAISE(ABORT, 'facts are written once: they are never deleted'); END""",
    # Also stops INSERT OR REPLACE, which deletes without asking the trigger above.
    "facts_leave_no_gap": """
        CREATE TRIGGER facts_leave_no_gap BEFORE INSERT ON facts
        WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM facts)
        BEGIN SELECT RAISE(ABORT, 'facts are numbered without gaps: this number is not the next one'); END""",
}

INSERT_FACT = "INSERT INTO facts (seq, at, subject, kind, body, digest) VALUES (?, ?, ?, ?, ?, ?)"
HEAD = "SELECT seq, digest FROM facts ORDER BY seq DESC LIMIT 1"
DIGEST_AT = "SELECT digest FROM facts WHERE seq = ?"
FACTS_OF = "SELECT seq, at, subject, kind, body, digest FROM facts WHERE subject = ? ORDER BY seq"
FACTS_AFTER = "SELECT seq, at, subject, kind, body, digest FROM facts WHERE seq > ? ORDER BY seq LIMIT ?"
SUBJECTS = "SELECT min(seq), subject FROM facts GROUP BY subject ORDER BY min(seq)"


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
    for sql in _TRIGGERS.values():
        db.execute(sql)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


MIGRATIONS = (_first_tables,)
"""What each release added. The file's ``user_version`` is how many of them it has been through; none is ever edited."""


def migrate(db: Database) -> None:
    """Bring the tables up to this release. Call inside an atomic write.

    Not ``sqlite_utils.Migrations``: that one begins its own writes, without IMMEDIATE, and keeps a table where one
    number in the header says the same and can be read before anything is trusted.
    """
    done = version_of(db)
    for step in MIGRATIONS[done:]:
        step(db)
    if done != len(MIGRATIONS):
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def version_of(db: Database) -> int:
    """How many migrations the file has been through."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def missing_triggers(db: Database) -> list[str]:
    """One sentence for each guard of the facts that is gone or has been changed."""
    present = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'facts'"))
    return [
        f"the trigger {name} is missing or changed: facts could be altered without an error"
        for name, sql in _TRIGGERS.items()
        if present.get(name) != sql.strip()
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Index:
    name: str
    columns: tuple[str, ...]
    unique: bool
    where: str | None


class ProjectionTable:
    """The table of a projection: its SQL, and whether the one in a file is the one wanted."""

    def __init__(self, projection: Projection) -> None:
        self.projection = checked(projection)
        self.columns = tuple(projection.columns)
        self._open = f"{projection.open} = 1"
        names = {
            "table": projection.table,
            "columns": ", ".join(self.columns),
            "marks": ", ".join("?" for _ in self.columns),
            "changes": ", ".join(f"{name} = excluded.{name}" for name in self.columns),
            "lane": projection.lane,
            # The planner takes a partial index only where it finds the index's own condition in the query, so both
            # are made from this one text. And for want of statistics it would rather read the whole table in order
            # than sort the few open rows, so it is told.
            "partial": f"{projection.table}_open",
            "open": self._open,
        }

        def sql(text: str, **more: str) -> str:
            return Template(text).substitute(names, **more)

        self.upsert = sql(
            "INSERT INTO $table (seq, $columns) VALUES (?, $marks) ON CONFLICT (seq) DO UPDATE SET $changes"
        )
        self.open_rows = sql("SELECT $columns FROM $table INDEXED BY $partial WHERE $open ORDER BY seq")
        self.open_rows_of_lane = sql(
            "SELECT $columns FROM $table INDEXED BY $partial WHERE $lane = ? AND $open ORDER BY seq"
        )
        self.newest = sql("SELECT $columns FROM $table ORDER BY seq DESC LIMIT ?")
        self.newest_of_lane = sql("SELECT $columns FROM $table WHERE $lane = ? ORDER BY seq DESC LIMIT ?")
        self.by_seq = sql("SELECT $columns FROM $table WHERE seq = ?")
        self.count = sql("SELECT count(*) FROM $table")
        self.by_column = {
            name: sql("SELECT $columns FROM $table WHERE $name = ?", name=name)
            for name in (projection.key, *projection.unique)
        }

    def fits(self, db: Database) -> bool:
        """Whether the file has this very table, with these indexes."""
        table = _table(db, self.projection.table)
        if not table.exists():
            return False
        columns = {column.name: (column.type, bool(column.is_pk)) for column in table.columns}
        sql_of = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'"))
        indexes = {
            _Index(
                name=index.name,
                columns=tuple(index.columns),
                unique=bool(index.unique),
                where=str(sql_of.get(index.name) or "").partition(" WHERE ")[2] or None,
            )
            for index in table.indexes
        }
        return table.strict and columns == self._wanted_columns() and indexes == set(self._wanted_indexes())

    def make(self, db: Database) -> None:
        """Make it anew and empty, in place of one that does not fit. Call inside an atomic write."""
        name = self.projection.table
        table = _table(db, name)
        if table.exists():
            table.drop()
        table.create({"seq": int, **self.projection.columns}, pk="seq", not_null={self.projection.key}, strict=True)
        if not table.strict:
            raise JournalRefused(f"this SQLite made {name} without STRICT; update SQLite to 3.37 or newer")
        for index in self._wanted_indexes():
            if index.where is None:
                table.create_index(list(index.columns), index.name, unique=index.unique)
            else:  # sqlite-utils makes no partial indexes
                columns = ", ".join(index.columns)
                db.execute(f"CREATE INDEX {index.name} ON {name} ({columns}) WHERE {index.where}")

    def _wanted_columns(self) -> dict[str, tuple[str, bool]]:
        kinds = {int: "INTEGER", str: "TEXT"}
        wanted = {name: (kinds[kind], False) for name, kind in self.projection.columns.items()}
        return {"seq": ("INTEGER", True), **wanted}

    def _wanted_indexes(self) -> list[_Index]:
        given, name = self.projection, self.projection.table
        singles = dict.fromkeys((given.key, *given.unique))
        return [
            *(_Index(name=f"{name}_by_{one}", columns=(one,), unique=True, where=None) for one in singles),
            _Index(name=f"{name}_of_lane", columns=(given.lane,), unique=False, where=None),
            _Index(name=f"{name}_open", columns=(given.lane,), unique=False, where=self._open),
        ]


def _table(db: Database, name: str) -> Table:
    found = db[name]
    if not isinstance(found, Table):
        raise JournalRefused(f"{name} is a view and not a table: somebody changed the journal file's structure")
    return found


def database(connection: sqlite3.Connection) -> Database:
    """The connection, as sqlite-utils sees it; no plugin gets to run on a journal."""
    return Database(connection, execute_plugins=False)
