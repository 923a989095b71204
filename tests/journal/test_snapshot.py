"""A journal read whole, of one moment, and by ranges."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from journal import Journal, JournalError, JournalMissing, read_snapshot
from tests.journal.things import THINGS, draft, opened, tampering, written


def test_snapshot_holds_what_stood_there_when_it_was_taken(file_journal: Journal, path: Path) -> None:
    """What is written while it is open is not in it, neither as a fact nor as a row."""
    file_journal.append([draft("a", label="one", lane="north"), draft("b", label="two", lane="south")])
    with read_snapshot(path, projection=THINGS) as seen:
        file_journal.append([draft("c", label="three"), draft("a", "Done")])
        assert [fact.subject for fact in seen.facts()] == ["a", "b"]
        assert [(row["label"], row["steps"]) for row in seen.rows()] == [("one", 1), ("two", 1)]
        assert (seen.head.seq, seen.rows_in_all) == (2, 2)
    with read_snapshot(path, projection=THINGS) as later:
        assert later.head == file_journal.head()
        assert tuple(later.facts()) == tuple(file_journal.facts())


def test_rows_are_chosen_by_ranges_without_their_upper_end(path: Path) -> None:
    """From a value on, up to another one; several columns must all fit."""
    journal = opened(path)
    for name in "abcd":
        journal.append([draft(name, label=name, lane="north" if name < "c" else "south")])
    journal.close()

    def found(**within: tuple[str | None, str | None]) -> list[object]:
        with read_snapshot(path, projection=THINGS) as seen:
            return [row["label"] for row in seen.rows(within)]

    assert found(label=("b", "d")) == ["b", "c"]
    assert found(label=(None, "b")) == ["a"]
    assert found(label=("c", None)) == ["c", "d"]
    assert found(label=("b", None), lane=("north", "o")) == ["b"]
    assert found() == ["a", "b", "c", "d"]
    with pytest.raises(JournalError, match="there is no column 'colour'; there are thing_id"):
        found(colour=("a", None))


def test_rows_are_read_backwards_from_a_fact(path: Path) -> None:
    """From what began last before it; a later fact of an older thing does not move that."""
    journal = opened(path)
    for name in "abc":
        journal.append([draft(name, label=name)])
    journal.append([draft("a", "Done")])
    journal.close()
    with read_snapshot(path, projection=THINGS) as seen:
        assert [row["label"] for row in seen.rows_before(4)] == ["c", "b", "a"]
        assert [row["label"] for row in seen.rows_before(3)] == ["b", "a"]
        assert next(seen.rows_before(3))["label"] == "b"


def test_snapshot_takes_no_more_memory_for_a_longer_journal(path: Path) -> None:
    """Ten times as many facts are read through in the same room."""

    def peak(count: int) -> int:
        place = path.with_name(f"{count}.journal")
        journal = opened(place)
        journal.append([draft(f"thing-{number}", label=f"label-{number}", text="x" * 500) for number in range(count)])
        journal.close()
        with read_snapshot(place, projection=THINGS) as seen:
            tracemalloc.start()
            try:
                assert sum(1 for _ in seen.facts()) + sum(1 for _ in seen.rows()) == 2 * count
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    assert peak(12_000) < 2 * peak(1_200)


def test_what_is_no_journal_has_no_snapshot(path: Path) -> None:
    """A missing one is told apart from one that cannot be read; neither is made or changed."""
    with pytest.raises(JournalMissing), read_snapshot(path, projection=THINGS):
        pass
    with tampering(written(path)) as connection:
        connection.execute("DROP TABLE things")
    with (
        pytest.raises(JournalError, match="the journal cannot be read: no such table"),
        read_snapshot(path, projection=THINGS),
    ):
        pass


def test_text_that_has_rotted_is_an_error_of_the_journal(path: Path) -> None:
    """Nobody outside sees an error of SQLite or of Python's text."""
    with tampering(written(path)) as connection:
        connection.execute("UPDATE things SET label = CAST(x'ff' AS TEXT) WHERE seq = 3")
    with (
        read_snapshot(path, projection=THINGS) as seen,
        pytest.raises(JournalError, match="the journal cannot be read: "),
    ):
        list(seen.rows())


def test_file_that_cannot_be_opened_is_an_error_of_the_journal(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that refuses is told in words."""

    def refuse(*_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr("journal.snapshot.connect_reader", refuse)
    with (
        pytest.raises(JournalError, match="the journal cannot be read: the disk is gone"),
        read_snapshot(written(path), projection=THINGS),
    ):
        pass
