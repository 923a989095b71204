"""The table is made anew from the facts: whole, at once, and from nothing that does not fit together."""

from __future__ import annotations

import os
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from journal import Draft, JournalError, JournalMissing, JournalRefused, Projection, Value, read_journal, rebuild
from journal.handle import WriteHandle
from tests.journal.things import RESHAPED, THINGS, PowerCut, draft, opened, tampering, written


def labels(path: Path, projection: Projection = THINGS) -> list[Value]:
    """What stands in the table, oldest first; and what a verification says."""
    reader = read_journal(path, projection=projection)
    try:
        assert reader.verify().breaks == ()
        return [row["label"] for row in reader.newest_rows(limit=10_000)][::-1]
    finally:
        reader.close()


def test_rows_become_what_the_facts_say(path: Path) -> None:
    """One changed, one missing, one too many: each is told, and afterwards all fits."""
    with tampering(written(path)) as connection:
        connection.execute("UPDATE things SET label = 'other' WHERE seq = 2")
        connection.execute("DELETE FROM things WHERE seq = 3")
        connection.execute("INSERT INTO things (seq, thing_id, steps, pending) VALUES (99, 'stranger', 1, 0)")
    done = rebuild(path, projection=THINGS)
    assert (done.facts, done.rows) == (5, 5)
    assert done.changes == (
        "things: 'thing-2' has label = 'other' where its facts say 'label-2'",
        "things: 'thing-3' has facts but no row",
        "things: 1 of 5 rows belong to no fact",
    )
    assert labels(path) == [f"label-{number}" for number in range(1, 6)]


def test_table_that_fits_is_made_anew_and_nothing_is_told(path: Path) -> None:
    """Head, facts and rows are the same as before."""
    before = labels(written(path))
    done = rebuild(path, projection=THINGS)
    assert (done.changes, labels(path)) == ((), before)
    assert rebuild(path, projection=THINGS) == done


def test_table_that_was_dropped_or_has_another_shape_is_made(path: Path) -> None:
    """Whoever threw it away lost nothing."""
    with tampering(written(path)) as connection:
        connection.execute("DROP TABLE things")
    gone, reshaped = rebuild(path, projection=THINGS), rebuild(path, projection=RESHAPED)
    assert gone.changes == reshaped.changes == ("things: the table was missing, or had another shape",)
    assert len(labels(path, RESHAPED)) == 5


def test_many_changes_are_not_all_told(path: Path) -> None:
    """A hundred sentences are enough to know."""
    with tampering(written(path, 150)) as connection:
        connection.execute("UPDATE things SET label = label || '!'")
    changes = rebuild(path, projection=THINGS).changes
    assert (len(changes), changes[-1]) == (101, "and more: the comparison stopped here")


def test_index_that_misses_a_row_is_made_anew(path: Path) -> None:
    """Mending rows would leave it: the row is there, and nobody finds it by its label."""
    with tampering(written(path)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        kept = "SELECT sql FROM sqlite_master WHERE name = 'things_by_label'"
        (sql,) = connection.execute(kept).fetchone()
        narrow = sql + " WHERE seq <> 3"
        connection.execute("DROP INDEX things_by_label")
        connection.execute(narrow)
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'things_by_label'", (sql,))
    reader = read_journal(path, projection=THINGS)
    assert any("missing from index things_by_label" in told for told in reader.verify().breaks)
    reader.close()
    assert rebuild(path, projection=THINGS).rows == 5
    assert len(labels(path)) == 5


def test_table_whose_pages_have_rotted_cannot_be_thrown_away_either(path: Path) -> None:
    """SQLite refuses to touch it, and so does the opening: it is told, and the facts can still be read."""
    written(path, 200)
    with tampering(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'things'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(os.urandom(64))
    with pytest.raises(JournalError, match="the journal file is damaged"):
        rebuild(path, projection=THINGS)
    reader = read_journal(path, projection=THINGS)
    assert len(list(reader.facts())) == 200
    reader.close()


def test_facts_that_do_not_fit_together_make_no_table(path: Path) -> None:
    """A changed fact, and an end that has vanished: refused, and the table stands as it was."""
    with tampering(written(path)) as connection:
        connection.execute("UPDATE things SET label = 'other' WHERE seq = 2")
        connection.execute("UPDATE facts SET kind = 'Other' WHERE seq = 3")
    with pytest.raises(JournalRefused, match="cannot be trusted: fact 3: its content"):
        rebuild(path, projection=THINGS)
    with tampering(path) as connection:
        assert connection.execute("SELECT label FROM things WHERE seq = 2").fetchone() == ("other",)
        connection.execute("UPDATE facts SET kind = 'Begun' WHERE seq = 3")
        connection.execute("DELETE FROM facts WHERE seq = 5")
    with pytest.raises(JournalRefused, match="ends at fact 4 but 5 had been written"):
        rebuild(path, projection=THINGS)


def test_fact_that_was_changed_long_ago_makes_no_table(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An opening checks only the end; here every fact is read before anything is made of them."""
    with tampering(written(path)) as connection:
        connection.execute("UPDATE facts SET kind = 'Done' WHERE seq = 1")
        connection.execute("UPDATE things SET pending = 0 WHERE seq = 1")
    monkeypatch.setattr("journal.verification.TAIL", 1)
    opened(path).close()
    with pytest.raises(JournalRefused, match="cannot be trusted: fact 1: its content"):
        rebuild(path, projection=THINGS)


def test_table_that_is_not_strict_is_made_anew(path: Path) -> None:
    """It would take texts for numbers."""
    with tampering(written(path)) as connection:
        made = connection.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = 'things' AND sql IS NOT NULL"
        ).fetchall()
        connection.execute("DROP TABLE things")
        for (sql,) in made:
            connection.execute(sql.removesuffix("STRICT"))
    assert rebuild(path, projection=THINGS).changes == ("things: the table was missing, or had another shape",)
    assert len(labels(path)) == 5


def test_facts_that_cannot_be_folded_leave_the_table(path: Path) -> None:
    """All or nothing: the rows that could be folded are not changed either."""
    with tampering(written(path)) as connection:
        connection.execute("UPDATE things SET label = 'other' WHERE seq = 1")

    def choosy(facts: object) -> object:
        raise ValueError(facts)

    with pytest.raises(JournalRefused, match="cannot be folded by this release"):
        rebuild(path, projection=replace(THINGS, row=choosy))  # type: ignore[arg-type]
    with tampering(path) as connection:
        assert connection.execute("SELECT label FROM things WHERE seq = 1").fetchone() == ("other",)


def test_power_cut_in_the_middle_leaves_the_old_table(path: Path) -> None:
    """Nothing of an atomic write without its commit outlives the process."""
    with tampering(written(path)) as connection:
        connection.execute("UPDATE things SET label = 'other' WHERE seq = 1")

    def cut(done: int, total: int) -> None:
        assert total == 5
        if done == 3:
            raise PowerCut

    with pytest.raises(PowerCut):
        rebuild(path, projection=THINGS, tell=cut)
    with tampering(path) as connection:
        assert connection.execute("SELECT label FROM things WHERE seq = 1").fetchone() == ("other",)
    heard: list[tuple[int, int]] = []
    rebuild(path, projection=THINGS, tell=lambda done, total: heard.append((done, total)))
    assert heard == [(done, 5) for done in range(1, 6)]
    assert len(labels(path)) == 5


def test_commit_whose_end_is_unknown_leaves_the_old_table_or_the_new(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Either is whole, no fact was touched, and it can be tried again; the sentence says so."""

    def lose(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("COMMIT")
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr("journal.rebuilding.commit", lose)
    with pytest.raises(
        JournalError, match="could not be made anew: disk I/O error; no fact was touched, and it can be"
    ):
        rebuild(written(path), projection=THINGS)
    assert len(labels(path)) == 5


def test_till_that_writes_meanwhile_waits_and_is_not_forgotten(path: Path) -> None:
    """Its journal stays open over the rebuilding; what it appends next stands behind the rest, with its row."""
    journal = opened(written(path))
    appended: list[int] = []

    def append(one: Draft) -> None:
        appended.append(journal.append([one])[0].seq)

    writer = threading.Thread(target=append, args=(draft("thing-6", label="label-6"),))

    def begin(done: int, _: int) -> None:
        if done == 1:
            writer.start()
        assert appended == []

    rebuild(path, projection=THINGS, tell=begin)
    writer.join(timeout=60)
    assert appended == [6]
    journal.append([draft("thing-7", label="label-7")])
    journal.close()
    assert labels(path) == [f"label-{number}" for number in range(1, 8)]


def _append_once(path: Path, monkeypatch: pytest.MonkeyPatch, then: str = "") -> None:
    """Somebody writes between the check and the lock, and perhaps does something to the file after that."""

    def late(*given: object) -> object:
        journal = opened(path)
        journal.append([draft("late", label="late")])
        journal.close()
        handle = WriteHandle(*given)  # type: ignore[arg-type]
        if then:
            with tampering(path) as connection:
                connection.execute(then)
        return handle

    monkeypatch.setattr("journal.rebuilding.WriteHandle", late)


def test_what_was_written_after_the_check_gets_its_row(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The chain is followed on from where the check had read it."""
    written(path)
    _append_once(path, monkeypatch)
    done = rebuild(path, projection=THINGS)
    assert (done.facts, done.rows, labels(path)[-1]) == (6, 6, "late")


@pytest.mark.parametrize(
    ("then", "told"),
    [
        ("UPDATE facts SET kind = 'Other' WHERE seq = 6", "fact 6: its content"),
        ("UPDATE facts SET digest = 'x' WHERE seq = 5", "fact 5 was there a moment ago and is gone"),
    ],
)
def test_what_is_changed_after_the_check_makes_no_table(
    path: Path, monkeypatch: pytest.MonkeyPatch, then: str, told: str
) -> None:
    """Between the check and the lock anything may happen to a file."""
    written(path)
    _append_once(path, monkeypatch, then)
    with pytest.raises(JournalRefused, match=told):
        rebuild(path, projection=THINGS)


def test_torn_mark_does_not_keep_from_rebuilding(path: Path) -> None:
    """It says nothing, and the next write renews it."""
    mark = written(path).with_name(path.name + ".side") / "mark"
    mark.write_bytes(b"torn")
    assert rebuild(path, projection=THINGS).rows == 5


def test_journal_that_is_not_there_is_not_made(path: Path) -> None:
    """A mistyped path must not become an empty journal."""
    with pytest.raises(JournalMissing):
        rebuild(path, projection=THINGS)
    assert not path.parent.exists()
