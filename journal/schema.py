"""The tables of a journal file: what they are, how they are told apart from others, how they are asked.

    facts            the truth; every row is written once, and triggers refuse anything else
    archives         up to which fact they have been moved into another file, and which
    archived_names   what subjects were called that stand there, because no name may be used a second time
    <projection>     one row per subject, made from the facts by a projection that the journal is given

Names of tables and columns go into the text of the SQL, because SQL cannot bind them. They have been held to plain
words before (``journal/row.py``); values are always bound.

How they are made is said in ``journal/making.py``. That takes sqlite-utils, which takes longer to load than all the
rest of a journal, and whoever opens a journal that is there already makes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from journal.row import checked

if TYPE_CHECKING:
    from journal.projection import Projection

APPLICATION_ID = 0x54696C70
"""What stands in the header of the file and says that it is a journal ("Tilp")."""

VERSION = 2
"""How many migrations a file of this release has been through; it is the file's ``user_version``."""

FIRST_WITH_ARCHIVES = 2

TRIGGERS = {
    "facts_are_never_changed": """
        CREATE TRIGGER facts_are_never_changed BEFORE UPDATE ON facts
        BEGIN SELECT RAISE(ABORT, 'facts are written once: write a new fact instead of changing one'); END""",
    "facts_are_never_deleted": """
        CREATE TRIGGER facts_are_never_deleted BEFORE DELETE ON facts
        WHEN OLD.seq > (SELECT coalesce(max(upto), 0) FROM archives)
        BEGIN SELECT RAISE(ABORT, 'facts are written once: only what stands in an archive is taken out'); END""",
    # Also stops INSERT OR REPLACE, which deletes without asking the trigger above.
    "facts_leave_no_gap": """
        CREATE TRIGGER facts_leave_no_gap BEFORE INSERT ON facts
        WHEN NEW.seq IS NOT 1 + max(
            (SELECT coalesce(max(seq), 0) FROM facts), (SELECT coalesce(max(upto), 0) FROM archives))
        BEGIN SELECT RAISE(ABORT, 'facts are numbered without gaps: this number is not the next one'); END""",
    "archives_are_never_changed": """
        CREATE TRIGGER archives_are_never_changed BEFORE UPDATE ON archives
        BEGIN SELECT RAISE(ABORT, 'what was archived stays archived'); END""",
    "archives_are_never_deleted": """
        CREATE TRIGGER archives_are_never_deleted BEFORE DELETE ON archives
        BEGIN SELECT RAISE(ABORT, 'what was archived stays archived'); END""",
    "archives_end_at_a_fact": """
        CREATE TRIGGER archives_end_at_a_fact BEFORE INSERT ON archives
        WHEN EXISTS (SELECT 1 FROM facts) AND NEW.digest IS NOT (SELECT digest FROM facts WHERE seq = NEW.upto)
        BEGIN SELECT RAISE(ABORT, 'an archive ends at a fact of this journal: this is none'); END""",
}

INSERT_FACT = "INSERT INTO facts (seq, at, subject, kind, body, digest) VALUES (?, ?, ?, ?, ?, ?)"
HEAD = "SELECT seq, digest FROM facts ORDER BY seq DESC LIMIT 1"
DIGEST_AT = "SELECT digest FROM facts WHERE seq = ?"
FACTS_OF = "SELECT seq, at, subject, kind, body, digest FROM facts WHERE subject = ? ORDER BY seq"
LAST_DIGEST_OF = "SELECT digest FROM facts WHERE subject = ? ORDER BY seq DESC LIMIT 1"
FACTS_AFTER = "SELECT seq, at, subject, kind, body, digest FROM facts WHERE seq > ? ORDER BY seq LIMIT ?"
SUBJECTS = "SELECT min(seq), subject FROM facts GROUP BY subject ORDER BY min(seq)"
SUBJECT_COUNT = "SELECT count(DISTINCT subject) FROM facts"


def version_of(connection: sqlite3.Connection) -> int:
    """How many migrations the file has been through."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def missing_triggers(connection: sqlite3.Connection) -> list[str]:
    """One sentence for each guard of the facts that is gone or has been changed."""
    present = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    return [
        f"the trigger {name} is missing or changed: facts could be altered without an error"
        for name, sql in TRIGGERS.items()
        if present.get(name) != sql.strip()
    ]


class Index(NamedTuple):
    """An index of the projection's table; ``where`` is the condition of a partial one."""

    name: str
    columns: tuple[str, ...]
    unique: bool
    where: str | None


class ProjectionTable:
    """The table of a projection: its SQL, and whether the one in a file is the one wanted."""

    def __init__(self, projection: Projection) -> None:
        self.projection = checked(projection)
        self.columns = tuple(projection.columns)
        self.singles = tuple(dict.fromkeys((projection.key, *projection.unique)))
        self._open = f"{projection.open} = 1"
        self._names = self._names_in_sql()
        sql = self._sql
        self.upsert = sql(
            "INSERT INTO {table} (seq, {columns}) VALUES (?, {marks}) ON CONFLICT (seq) DO UPDATE SET {changes}"
        )
        # By number, and the lane read from the row: SQLite would take it from the index, and believe one that rotted.
        self.open_rows = sql(
            "SELECT {columns} FROM {table} WHERE seq IN (SELECT seq FROM {table} INDEXED BY {partial} WHERE {open})"
            " ORDER BY seq"
        )
        # Each with the digest of the fact before it. CROSS JOIN: the open rows first, then their facts.
        self.facts_of_open = sql(
            "SELECT f.seq, f.at, f.subject, f.kind, f.body, f.digest, "
            "(SELECT before.digest FROM facts AS before WHERE before.seq = f.seq - 1) "
            "FROM {table} INDEXED BY {partial} CROSS JOIN facts AS f ON f.subject = {table}.{key} "
            "WHERE {open} ORDER BY f.seq"
        )
        self.newest = sql("SELECT {columns} FROM {table} ORDER BY seq DESC LIMIT ?")
        self.newest_of_lane = sql("SELECT {columns} FROM {table} WHERE {lane} = ? ORDER BY seq DESC LIMIT ?")
        self.by_seq = sql("SELECT {columns} FROM {table} WHERE seq = ?")
        self.rows_before = sql("SELECT {columns} FROM {table} WHERE seq < ? ORDER BY seq DESC")
        self._rows_where = sql("SELECT {columns} FROM {table} WHERE {{conditions}} ORDER BY seq")
        self.count = sql("SELECT count(*) FROM {table}")
        self.count_upto = sql("SELECT count(*) FROM {table} WHERE seq <= ?")
        self.first_open = sql("SELECT min(seq) FROM {table} INDEXED BY {partial} WHERE {open}")
        self.names_upto = sql(
            "SELECT seq, {singles} FROM {table} WHERE seq <= ? AND NOT EXISTS "
            "(SELECT 1 FROM facts WHERE facts.subject = {table}.{key} AND facts.seq > ?) ORDER BY seq LIMIT ?"
        )
        self.archived = sql("SELECT name FROM archived_names WHERE name IN ({names})")
        self.take_out = sql("DELETE FROM {table} WHERE seq = ?")
        self.again = {name: f"again_by_{name}" for name in projection.unique}
        """Columns that are asked of a second index. One bit that flips in an index makes SQLite say "there is none",
        and somebody would begin a second time; that both have rotted at the same place will not happen."""
        self.named = self._every_index_of_a_name()

    def _names_in_sql(self) -> dict[str, str]:
        given = self.projection
        return {
            "table": given.table,
            "columns": ", ".join(self.columns),
            "marks": ", ".join("?" for _ in self.columns),
            "changes": ", ".join(f"{name} = excluded.{name}" for name in self.columns),
            "key": given.key,
            "singles": ", ".join(self.singles),
            "names": ", ".join("?" for _ in self.singles),
            "lane": given.lane,
            # The planner takes a partial index only where it finds the index's own condition in the query, so both
            # are made from this one text. And for want of statistics it would rather read the whole table in order
            # than sort the few open rows, so it is told.
            "partial": f"{given.table}_open",
            "open": self._open,
        }

    def _sql(self, text: str, **more: str) -> str:
        return text.format(**self._names, **more)

    def _every_index_of_a_name(self) -> str:
        """In one statement, which sees one moment: else a name that came in between would look like a damage."""
        indexes = [(name, name, f"by_{name}") for name in self.singles]
        indexes += [(again, name, again) for name, again in self.again.items()]
        select = "SELECT '{label}', {columns} FROM {table} INDEXED BY {table}_{index} WHERE {name} = ?1"
        return " UNION ALL ".join(
            self._sql(select, label=label, name=name, index=index) for label, name, index in indexes
        )

    def rows_where(self, conditions: Sequence[str]) -> str:
        """The rows that meet all of these conditions, each a piece of SQL of our own making; in their order."""
        return self._rows_where.format(conditions=" AND ".join(conditions) or "1")

    def fits(self, connection: sqlite3.Connection) -> bool:
        """Whether the file has this very table, with these indexes."""
        name = self.projection.table
        # Not pragma_table_list, which knows as well: it first works out the columns of every view in the file.
        made = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)).fetchone()
        return (
            made is not None
            and str(made[0]).rstrip().endswith("STRICT")
            and _columns_in(connection, name) == self._wanted_columns()
            and _indexes_in(connection, name) == set(self.indexes())
        )

    def _wanted_columns(self) -> dict[str, tuple[str, bool]]:
        kinds = {int: "INTEGER", str: "TEXT"}
        wanted = {name: (kinds[kind], False) for name, kind in self.projection.columns.items()}
        return {"seq": ("INTEGER", True), **wanted}

    def indexes(self) -> list[Index]:
        """Those that its queries need, and that keep single what must be."""
        given, name = self.projection, self.projection.table
        return [
            *(Index(name=f"{name}_by_{one}", columns=(one,), unique=True, where=None) for one in self.singles),
            *(Index(name=f"{name}_again_by_{one}", columns=(one,), unique=False, where=None) for one in given.unique),
            Index(name=f"{name}_of_lane", columns=(given.lane,), unique=False, where=None),
            Index(name=f"{name}_open", columns=(given.lane,), unique=False, where=self._open),
        ]


def _columns_in(connection: sqlite3.Connection, table: str) -> dict[str, tuple[str, bool]]:
    rows = connection.execute("SELECT name, type, pk FROM pragma_table_info(?)", (table,))
    return {name: (kind, bool(key)) for name, kind, key in rows}


def _indexes_in(connection: sqlite3.Connection, table: str) -> set[Index]:
    sql_of = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'"))
    return {
        Index(
            name=name,
            columns=tuple(
                column
                for (column,) in connection.execute("SELECT name FROM pragma_index_info(?) ORDER BY seqno", (name,))
            ),
            unique=bool(unique),
            where=str(sql_of.get(name) or "").partition(" WHERE ")[2] or None,
        )
        for name, unique in connection.execute('SELECT name, "unique" FROM pragma_index_list(?)', (table,)).fetchall()
    }
