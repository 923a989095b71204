"""The page of the journal's file leaves nothing out and makes nothing up."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.engine.bookkeeping import Books
from tools.reference import page
from tools.reference.journal_file import COLUMNS, TABLES


@pytest.fixture
def file(tmp_path: Path) -> sqlite3.Connection:
    """A journal's file, as a database tool sees it."""
    Books(tmp_path / "till.journal").close()
    return sqlite3.connect(tmp_path / "till.journal")


def test_every_table_and_view_is_on_the_page(file: sqlite3.Connection) -> None:
    """In the file and on the page are the same."""
    with closing(file):
        found = {name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}
    assert found == set(TABLES) == set(COLUMNS)


def test_no_column_is_explained_that_is_not_there(file: sqlite3.Connection) -> None:
    """A column that was dropped leaves the page with the table."""
    with closing(file):
        stale = {
            (table, column)
            for table, columns in COLUMNS.items()
            for column in columns
            if (column,) not in file.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
        }
    assert stale == set()


def test_header_is_what_the_page_says(file: sqlite3.Connection) -> None:
    """The number by which other programs know such a file."""
    with closing(file):
        (number,) = file.execute("PRAGMA application_id").fetchone()
    assert f"Its `application_id` is {number} " in page("schema.md")
