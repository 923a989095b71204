"""Which SQLite has the WAL-reset bug, and what a person is told of it."""

from __future__ import annotations

import sqlite3

import pytest

from journal import SqliteReport, sqlite_report
from journal.library import has_wal_reset_bug


@pytest.mark.parametrize(
    ("version", "has"),
    [
        ((3, 6, 99), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 0), False),
    ],
)
def test_the_bug_is_known_by_its_releases(version: tuple[int, int, int], *, has: bool) -> None:
    """From 3.7.0 to 3.51.2, but for the two older ones that were repaired."""
    assert has_wal_reset_bug(version) is has


def test_a_person_is_told_what_keeps_the_bug_out_and_what_to_do() -> None:
    """Or that there is nothing to do."""
    report = sqlite_report()
    assert (report.version, report.wal_reset_bug) == (
        sqlite3.sqlite_version,
        has_wal_reset_bug(sqlite3.sqlite_version_info),
    )
    assert str(SqliteReport(version="3.53.0", wal_reset_bug=False)) == "3.53.0, without the WAL-reset bug"
    assert str(SqliteReport(version="3.40.1", wal_reset_bug=True)) == (
        "3.40.1, which has the WAL-reset bug: the journal's writer lock keeps it out, as long as only Tillproof writes "
        "in the file. Copy the file with `tillproof journal backup`, and update Python's SQLite"
    )
