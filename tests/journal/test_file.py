"""How a journal file is set up and asked: settings, plans, flushes."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from journal import Journal, JournalRefused, log_bytes, sqlite_report
from journal.connection import WRITER_SETTINGS
from journal.library import has_wal_reset_bug
from journal.schema import ProjectionTable
from tests.journal.things import THINGS, draft, opened, written


def writer_of(journal: Any) -> sqlite3.Connection:
    """The connection that writes."""
    connection = journal._writer._handle._connection
    assert isinstance(connection, sqlite3.Connection)
    return connection


def test_every_setting_took(file_journal: Journal) -> None:
    """Asked on the connection itself: what the durability of a fact depends on is really on."""
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "wal_autocheckpoint": 0,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "mmap_size": 0,
        "secure_delete": 1,
        "journal_size_limit": 64 * 1024 * 1024,
        "busy_timeout": 5000,
        "application_id": 0x54696C70,
        "user_version": 2,
    }
    found = {name: writer_of(file_journal).execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}

    assert found == wanted


def test_setting_that_does_not_take_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting that SQLite silently ignores is a reason not to begin."""
    monkeypatch.setattr("journal.connection.WRITER_SETTINGS", {"synchronous": 2, "no_such_pragma": 1})

    with pytest.raises(JournalRefused, match="did not take no_such_pragma = 1"):
        opened(path)


def test_reader_cannot_write(path: Path) -> None:
    """The connection for reading is refused by SQLite itself when it tries."""
    journal: Any = opened(written(path))
    reader = journal._reader._connection
    assert reader.execute("PRAGMA query_only").fetchone() == (1,)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM things")
    journal.close()


def test_open_rows_come_by_the_partial_index(file_journal: Journal) -> None:
    """The planner takes the index that holds open rows only, so the work does not grow with the years."""
    table = ProjectionTable(THINGS)
    (sql,) = writer_of(file_journal).execute("SELECT sql FROM sqlite_master WHERE name = 'things_open'").fetchone()

    assert sql.endswith("WHERE pending = 1")
    plan = [row[3] for row in writer_of(file_journal).execute(f"EXPLAIN QUERY PLAN {table.open_rows}")]
    assert plan[0] == "SEARCH things USING INTEGER PRIMARY KEY (rowid=?)"
    assert plan[-1] == "SCAN things USING INDEX things_open"


def test_facts_of_the_open_ones_come_by_two_indexes(file_journal: Journal) -> None:
    """Every opening checks them: it must not read what millions of others have left."""
    query = ProjectionTable(THINGS).facts_of_open
    plan = [row[3] for row in writer_of(file_journal).execute(f"EXPLAIN QUERY PLAN {query}")]

    assert "things USING INDEX things_open" in plan[0]
    assert plan[1] == "SEARCH f USING INDEX facts_by_subject (subject=?)"
    assert "SEARCH before USING INTEGER PRIMARY KEY (rowid=?)" in plan


def test_lookups_come_by_an_index(file_journal: Journal) -> None:
    """No question that a running till asks reads a whole table."""
    table = ProjectionTable(THINGS)
    queries = ((table.named, ("x",)), (table.newest_of_lane, ("x", 5)), (table.by_seq, (1,)))

    for query, values in queries:
        plan = [row[3] for row in writer_of(file_journal).execute(f"EXPLAIN QUERY PLAN {query}", values)]
        assert [step for step in plan if step.startswith("SCAN") or "TEMP B-TREE" in step] == []


def test_answer_is_one_flushed_write(file_journal: Journal) -> None:
    """An append is one atomic write, begun with the write lock, whatever it holds."""
    statements: list[str] = []
    writer_of(file_journal).set_trace_callback(statements.append)
    file_journal.append([draft("a", label="x"), draft("a", "More"), draft("b")])
    writer_of(file_journal).set_trace_callback(None)

    assert statements[0] == "BEGIN IMMEDIATE"
    assert statements[-1] == "COMMIT"
    assert statements.count("COMMIT") == 1


def test_log_does_not_grow_for_ever(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a checkpoint the log is written again from its start; it does not reach twice the size."""
    monkeypatch.setattr("journal.sqlite.CHECKPOINT_FACTS", 10)
    journal = opened(path)
    log = path.with_name(path.name + "-wal")
    sizes = []
    for number in range(60):
        journal.append([draft("a", number=number)])
        sizes.append(log.stat().st_size)
    journal.close()

    assert max(sizes[30:]) <= 2 * sizes[10] < sizes[0] * 60


def test_log_that_a_long_reading_has_let_grow_is_cut_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it is read nothing can be moved out of it; afterwards it goes back to its limit by itself."""
    monkeypatch.setattr("journal.sqlite.CHECKPOINT_FACTS", 1)
    limit = 16 * 4096
    monkeypatch.setitem(WRITER_SETTINGS, "journal_size_limit", limit)
    journal = opened(path)
    journal.append([draft("a")])
    reading = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
    reading.execute("BEGIN")
    reading.execute("SELECT count(*) FROM facts").fetchone()
    for number in range(20):
        journal.append([draft("a", number=number)])
    assert log_bytes(path) > 2 * limit
    reading.close()
    for number in range(2):
        journal.append([draft("a", number=number)])

    assert log_bytes(path) == limit
    journal.close()
    assert log_bytes(path) == 0


def test_reader_in_the_middle_holds_up_no_write(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint that cannot finish because somebody reads is no error and no wait."""
    monkeypatch.setattr("journal.sqlite.CHECKPOINT_FACTS", 1)
    journal = opened(path)
    journal.append([draft("a")])
    reading = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
    reading.execute("BEGIN")
    assert reading.execute("SELECT count(*) FROM facts").fetchone() == (1,)
    for number in range(5):
        journal.append([draft("a", number=number)])
    assert reading.execute("SELECT count(*) FROM facts").fetchone() == (1,)
    reading.close()

    assert journal.verify().facts == 6
    journal.close()


def test_failed_checkpoint_is_no_failed_append(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is committed is committed; the log only grows."""
    monkeypatch.setattr("journal.sqlite.CHECKPOINT_FACTS", 1)
    journal: Any = opened(path)

    class Failing:
        """A connection that cannot checkpoint."""

        def __init__(self, real: sqlite3.Connection) -> None:
            self.tried = 0
            self._real = real

        def execute(self, sql: str, values: Any = ()) -> Any:
            if "wal_checkpoint" in sql:
                self.tried += 1
                raise sqlite3.OperationalError("disk I/O error")
            return self._real.execute(sql, values)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._real, name)

    failing = journal._writer._handle._connection = Failing(journal._writer._handle._connection)
    (fact,) = journal.append([draft("a")])

    assert failing.tried == 1
    assert journal.facts_of("a") == (fact,)
    journal.close()


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 0), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 0), False),
    ],
)
def test_releases_with_the_wal_reset_bug_are_known(version: tuple[int, int, int], affected: bool) -> None:  # noqa: FBT001
    """Affected from 3.7.0 to 3.51.2, but for the repaired 3.44.6 and 3.50.7."""
    assert has_wal_reset_bug(version) is affected


def test_report_is_about_this_library() -> None:
    """The report names the SQLite that this process really uses."""
    report = sqlite_report()

    assert report.version == sqlite3.sqlite_version
    assert report.wal_reset_bug is has_wal_reset_bug(sqlite3.sqlite_version_info)


def test_old_sqlite_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without STRICT tables no journal is begun."""
    monkeypatch.setattr("journal.connection.OLDEST", (99, 0, 0))

    with pytest.raises(JournalRefused, match="is too old for a journal"):
        opened(path)
