"""Rot: bytes that are no longer what was written, in facts, rows, mark and file, and what is said of them."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from journal import JournalError, JournalRefused, read_journal, read_snapshot
from journal.connection import connect_reader, connect_writer
from journal.fault import words
from journal.head import Head
from journal.reach import mark_breaks, steady_mark
from journal.side import Side
from journal.verification import tail_breaks
from tests.journal.faults import Failing, fault, raising
from tests.journal.things import THINGS, draft, opened, tampering, written

_EIO = OSError(errno.EIO, "Input/output error")


def test_a_mark_that_cannot_be_read_is_told(path: Path) -> None:
    """A folder in its place, say."""
    side = Side(path)
    side.path.mkdir(parents=True)
    side.mark_path.mkdir()
    assert "cannot be read" in str(side.read_mark())
    side.write_mark(Head(seq=1, digest="0" * 64))


def test_a_verification_of_what_cannot_be_opened_or_read_on_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first is an error, the second the last of its findings."""
    journal = opened(path)
    journal.append([draft("a")])
    with monkeypatch.context() as patch:
        patch.setattr("journal.verification.connect_reader", raising(_EIO))
        with pytest.raises(JournalError, match=r"^the journal cannot be read: \[Errno 5\]"):
            journal.verify()

    def breaking(given: Path) -> Any:
        connection: Any = connect_reader(given)
        return _Lenient(connection, "PRAGMA integrity_check", error=fault(sqlite3.SQLITE_CORRUPT, "malformed"))

    with monkeypatch.context() as patch:
        patch.setattr("journal.verification.connect_reader", breaking)
        assert journal.verify().breaks == (
            "after fact 1: the check could not go on: the journal file is damaged (malformed)",
        )
    journal.close()


class _Lenient(Failing):
    """One whose way of reading texts can be set."""

    text_factory: Any = str


def test_a_tail_whose_first_fact_is_missing_is_broken(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is nothing that the rest could be linked to."""
    written(path)
    monkeypatch.setattr("journal.verification.TAIL", 2)
    with tampering(path) as connection:
        connection.execute("DELETE FROM facts WHERE seq = 3")
        assert list(tail_breaks(connection)) == ["fact 3: it is missing"]


def test_an_older_copy_is_read_only_to_find_out_what_is_wrong_with_it(path: Path, tmp_path: Path) -> None:
    """Beside a mark that says more."""
    older = tmp_path / "older"
    shutil.copy(written(path), older)
    journal = opened(path)
    journal.append([draft("thing-6")])
    journal.close()
    shutil.copy(older, path)
    with pytest.raises(JournalRefused, match=r"cannot be trusted: the journal ends at fact 5 but 6.*Put back"):
        read_journal(path, projection=THINGS)
    reader = read_journal(path, projection=THINGS, unverified=True)
    assert [told.split(":")[0] for told in reader.verify().breaks] == [
        "the journal ends at fact 5 but 6 had been written"
    ]
    reader.close()


def test_facts_that_cannot_be_folded_are_findings_of_a_verification(path: Path) -> None:
    """One for each subject; the check goes on."""
    written(path, 2)
    reader = read_journal(path, projection=replace(THINGS, row=raising(ValueError("impossible"))))
    assert reader.verify().breaks == tuple(
        f"things: the facts of 'thing-{number}' cannot be folded: impossible" for number in (1, 2)
    )
    reader.close()


@pytest.mark.parametrize("unverified", [True, False])
def test_a_damaged_file_is_refused_in_our_own_words(path: Path, *, unverified: bool) -> None:
    """Rot in the page that holds the facts, or in the words that SQLite quotes when it tells of it."""
    written(path)
    whole = path.read_bytes()
    name = whole.index(b"CREATE TABLE")
    page = int.from_bytes(whole[16:18], "big")
    for place, rot in ((name, b"\xd5\xbd\xed"), (page, b"\xff" * page), (2 * page, b"\xff" * page)):
        path.write_bytes(whole[:place] + rot + whole[place + len(rot) :])
        path.with_name(path.name + "-wal").unlink(missing_ok=True)
        try:
            reader = read_journal(path, projection=THINGS, unverified=unverified)
        except JournalRefused:
            continue
        assert reader.verify().breaks != ()
        reader.close()


def test_what_sqlite_says_of_a_rotten_file_may_have_rotted_too(path: Path) -> None:
    """It quotes the file, and Python cannot read the quote: an error of SQLite all the same, and no other one."""
    written(path)
    connection = connect_writer(path)
    with tampering(path) as other:
        other.execute("PRAGMA writable_schema = ON")
        other.execute("UPDATE sqlite_master SET sql = CAST(x'435245415445d5bded' AS TEXT) WHERE name = 'things'")
    told = "the journal file is damaged (and so is what SQLite says of it)"
    with pytest.raises(sqlite3.DatabaseError) as one:
        connection.execute("SELECT * FROM things")
    with pytest.raises(sqlite3.DatabaseError) as many:
        connection.executemany("INSERT INTO things VALUES (?)", [(1,)])
    assert [words(one.value), words(many.value)] == [told, told]
    connection.close()


def test_facts_that_cannot_be_read_are_told_one_by_one(path: Path) -> None:
    """The check goes on behind each of them."""
    written(path, 2)
    with tampering(path) as connection:
        connection.execute("UPDATE facts SET body = 'no JSON'")
    reader = read_journal(path, projection=THINGS)
    breaks = reader.verify().breaks
    for seq in (1, 2):
        told = f"fact {seq}: its body cannot be read; run a verification"
        assert told in breaks
        with pytest.raises(JournalError, match=f"^{told}$"):
            reader.facts_of(f"thing-{seq}")
    reader.close()


def test_another_journal_under_the_mark_is_told_with_what_may_have_happened(path: Path) -> None:
    """The number is there, and the fact is another one."""
    with connect_reader(written(path)) as connection:
        assert list(mark_breaks(connection, Head(seq=5, digest="another"))) == [
            (
                "fact 5: it is not the one that had been written: an older copy was put back and written on, or this "
                "is another journal's file"
            )
        ]
    connection.close()


@pytest.mark.parametrize(
    ("marks", "found", "reads"),
    [
        (["torn"], "torn", 3),
        (["torn", None], None, 2),
        ([None], None, 1),
        (["torn", "torn", None], None, 3),
        (["torn", "torn", "torn", None], "torn", 3),
    ],
)
def test_a_torn_mark_is_read_three_times(marks: list[str | None], found: str | None, reads: int) -> None:
    """A writer may be in the middle of renewing it; what is torn three times over stays torn."""
    asked: list[int] = []

    def read_mark() -> str | None:
        asked.append(1)
        return marks[min(len(asked), len(marks)) - 1]

    side: Any = SimpleNamespace(read_mark=read_mark)
    assert (steady_mark(side), len(asked)) == (found, reads)


def test_every_subject_that_has_rotted_is_told(path: Path) -> None:
    """The check goes on behind the first."""
    written(path, 3)
    with tampering(path) as connection:
        connection.execute("UPDATE facts SET subject = CAST(x'7BFF7D' AS TEXT) WHERE seq = 1")
        connection.execute("UPDATE facts SET subject = CAST(x'7BFE7D' AS TEXT) WHERE seq = 2")
    reader = read_journal(path, projection=THINGS, unverified=True)
    told = [sentence for sentence in reader.verify().breaks if sentence.endswith("no subject that was ever written")]
    assert len(told) == 2
    reader.close()


def test_a_file_that_was_emptied_is_no_new_journal(path: Path) -> None:
    """Whoever only looks says what a till would say: facts were written here, and are gone."""
    written(path).write_bytes(b"")
    with pytest.raises(JournalRefused, match="is empty, though a journal was written here: put the newest copy back"):
        read_journal(path, projection=THINGS)


def test_archives_that_cannot_be_asked_for_are_an_error_of_the_journal(path: Path) -> None:
    """A damaged table of archives, say; here the connection is gone."""
    with read_snapshot(written(path), projection=THINGS) as seen:
        seen._connection.close()
        with pytest.raises(JournalError, match=r"^the journal cannot be read: "):
            seen.archives_with("2026-01-01")
