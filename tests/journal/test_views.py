"""Views stand beside the facts and never in their way."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from journal import Journal, JournalError, read_journal
from journal.opening import commit
from journal.side import Side
from tests.journal.things import THINGS, draft, opened, tampering, written

VIEWED = replace(THINGS, views={"labels": "SELECT label FROM things ORDER BY seq", "lanes": "SELECT lane FROM things"})


def views(path: Path) -> dict[str, str]:
    """Those in the file, and what they are made of."""
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY name"))


def used(journal: Journal) -> None:
    """It works as any other does."""
    journal.append([draft("used", label="used")])
    assert journal.verify().breaks == ()
    journal.close()


def test_views_are_made_once(path: Path) -> None:
    """A second opening finds them and writes nothing."""
    used(opened(path, VIEWED))
    assert list(views(path)) == ["labels", "lanes"]
    before = path.read_bytes()
    opened(path, VIEWED).close()
    assert path.read_bytes() == before


def test_release_without_views_reads_and_writes_as_before(path: Path) -> None:
    """They are no part of the version: whoever does not know them is not kept out."""
    opened(path, VIEWED).close()
    used(opened(path))
    read_journal(path, projection=THINGS).close()
    assert list(views(path)) == ["labels", "lanes"]


def test_name_that_belongs_to_somebody_elses_table_stays_his(path: Path) -> None:
    """And the other view is there."""
    with tampering(written(path)) as connection:
        connection.execute("CREATE TABLE labels (mine TEXT)")
    used(opened(path, VIEWED))
    assert list(views(path)) == ["lanes"]


def test_view_that_cannot_be_made_keeps_nobody_out(path: Path) -> None:
    """None of the others is made then; the journal is what it was."""
    used(opened(path, replace(VIEWED, views={**VIEWED.views, "broken": "SELECT FROM"})))
    assert views(path) == {}


@pytest.mark.parametrize("name", ["Labels", "1st", "a b", "x;--", ""])
def test_name_that_cannot_stand_in_sql_is_a_mistake(path: Path, name: str) -> None:
    """It is told at once to whoever wrote the projection."""
    with pytest.raises(JournalError, match="cannot call a view"):
        opened(path, replace(THINGS, views={name: "SELECT 1"}))


def _failing(monkeypatch: pytest.MonkeyPatch, error: sqlite3.OperationalError, *, code: int) -> None:
    """The commit of the views fails; whether it is in the log nobody knows."""
    error.sqlite_errorcode = code

    class Failing:
        def __init__(self, connection: sqlite3.Connection) -> None:
            self._connection = connection

        def execute(self, sql: str) -> object:
            if sql == "COMMIT":
                raise error
            return self._connection.execute(sql)

    def fail(connection: sqlite3.Connection, side: Side) -> None:
        commit(cast("sqlite3.Connection", Failing(connection)), side)

    monkeypatch.setattr("journal.views.commit", fail)


def test_disk_that_is_full_gets_its_views_another_time(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ballast is not touched, nothing is in doubt, and what is open can be settled."""
    written(path)
    with monkeypatch.context() as patched:
        _failing(patched, sqlite3.OperationalError("database or disk is full"), code=sqlite3.SQLITE_FULL)
        used(opened(path, VIEWED))
    assert views(path) == {}
    used_again = opened(path, VIEWED)
    used_again.close()
    assert list(views(path)) == ["labels", "lanes"]


def test_commit_of_views_that_failed_is_made_good_before_anything_is_built_on_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log is in doubt as after any other; the next write begins it anew."""
    written(path)
    side = path.with_name(path.name + ".side")
    with monkeypatch.context() as patched:
        _failing(patched, sqlite3.OperationalError("disk I/O error"), code=sqlite3.SQLITE_IOERR)
        journal: Any = opened(path, VIEWED)
    assert journal._writer._handle._connection is None  # what it says could not be believed
    assert (side / "doubt").exists()
    used(journal)
    assert not (side / "doubt").exists()


def test_no_views_are_made_while_there_is_no_room_or_the_log_is_in_doubt(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are the last thing for which a disk is used."""
    written(path)
    ballast = path.with_name(path.name + ".side") / "ballast"
    ballast.unlink()
    with monkeypatch.context() as patched:

        def full(_: object) -> None:
            raise OSError(28, "No space left on device")

        patched.setattr("journal.side.Side.set_ballast", full)
        opened(path, VIEWED).close()
    assert views(path) == {}
