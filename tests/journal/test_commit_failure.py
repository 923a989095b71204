"""A commit that fails is unknown, not undone: what a new look at the file decides."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from journal import JournalError, JournalRefused, NotStored, PerhapsStored
from journal.connection import connect_writer
from journal.side import BALLAST_BYTES, renew_file
from tests.journal.faults import Failing, fault, plant
from tests.journal.things import PowerCut, draft, opened


@pytest.fixture
def journal(path: Path) -> Any:
    """A journal with one fact."""
    journal = opened(path)
    journal.append([draft("a")])
    yield journal
    journal.close()


def doubt(path: Path) -> bool:
    """Whether the side folder says that bytes are not to be built upon."""
    return (path.with_name(path.name + ".side") / "doubt").exists()


@pytest.mark.parametrize(
    ("statement", "subjects"),
    [
        ("BEGIN", "b"),
        ("SELECT", "b"),
        ("INSERT INTO things", "b"),
        ("SAVEPOINT", "bd"),
        ("INSERT INTO things", "bd"),
    ],
)
def test_failure_before_the_commit_stores_nothing(journal: Any, statement: str, subjects: str) -> None:
    """Before COMMIT everything can be undone, and is; the message names the reason and says so."""
    plant(journal, statement)
    with pytest.raises(NotStored, match=r"input/output error.*nothing was written") as caught:
        journal.append([draft(subject) for subject in subjects])

    assert not isinstance(caught.value, sqlite3.Error)
    journal._writer._handle.drop()
    assert journal.append([draft("c")])[0].seq == 2
    assert [fact.subject for fact in journal.facts()] == ["a", "c"]
    assert journal.verify().breaks == ()


def test_failed_commit_that_left_nothing_is_not_stored(journal: Any, path: Path) -> None:
    """A new connection does not find the facts, and the log is emptied so that no restart will."""
    plant(journal, "COMMIT")
    with pytest.raises(NotStored, match="input/output error"):
        journal.append([draft("b")])

    assert path.with_name(path.name + "-wal").stat().st_size == 0
    assert not doubt(path)
    assert journal.append([draft("c")])[0].seq == 2
    assert journal.verify().breaks == ()


def test_failed_commit_that_left_its_facts_is_perhaps_stored(journal: Any, path: Path) -> None:
    """SQLite said no and the facts are there: unknown is all that can be said. The journal goes on behind them."""
    plant(journal, "COMMIT", after=True)
    with pytest.raises(PerhapsStored, match="send nothing"):
        journal.append([draft("b")])

    assert [fact.subject for fact in journal.facts()] == ["a", "b"]
    assert not doubt(path)
    assert journal.append([draft("c")])[0].seq == 3
    assert journal.verify().breaks == ()


def test_failed_commit_with_other_facts_in_its_place_is_not_stored(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the number decides but the digest: another fact under that number is not ours."""
    real = journal._writer._handle.connect

    def somebody_was_faster() -> sqlite3.Connection:
        connection: sqlite3.Connection = real()
        connection.execute("INSERT INTO facts VALUES (2, '', 'other', '', '{}', 'other')")
        return connection

    monkeypatch.setattr(journal._writer._handle, "connect", somebody_was_faster)
    plant(journal, "COMMIT")
    with pytest.raises(NotStored):
        journal.append([draft("b")])


def test_failed_commit_that_nobody_can_look_at_is_perhaps_stored(journal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the file cannot be opened again, nothing is claimed; later it can, and the journal goes on."""
    plant(journal, "COMMIT")
    with monkeypatch.context() as patch:
        patch.setattr("journal.handle.connect_writer", lambda _: (_ for _ in ()).throw(fault()))
        with pytest.raises(PerhapsStored):
            journal.append([draft("b")])
        with pytest.raises(NotStored):
            journal.append([draft("c")])

    assert journal.append([draft("d")])[0].seq == 2
    assert journal.verify().breaks == ()


def test_nothing_is_built_on_a_flush_that_failed(journal: Any, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the log cannot be begun anew, absence is not certain, and nobody writes: not this journal, not the next."""
    plant(journal, "COMMIT")
    with monkeypatch.context() as patch:
        patch.setattr("journal.handle.WriteHandle.begin_log_anew", lambda _: False)
        with pytest.raises(PerhapsStored):
            journal.append([draft("b")])
        assert doubt(path)
        other = opened(path)
        for writing in (journal, other):
            with pytest.raises(NotStored, match="could not be made good"):
                writing.append([draft("c")], last_resort=True)
        other.close()

    assert journal.append([draft("d")])[0].seq == 2
    assert not doubt(path)


def test_a_log_that_cannot_be_flushed_at_the_opening_is_not_built_upon(
    path: Path, journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be of a process that died before its flush. A failure is told once only, so the log is begun anew."""

    def refuse(_path: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr("journal.handle.sync_file", refuse)
        again = opened(path)
        assert doubt(path)
        for writing in (again, journal):
            with pytest.raises(NotStored, match="could not be made good"):
                writing.append([draft("b")])

    assert again.append([draft("c")])[0].seq == 2
    assert not doubt(path)
    assert again.verify().breaks == ()
    again.close()


def test_a_log_in_doubt_is_made_durable_before_it_is_moved(
    journal: Any, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut while the main file is half changed finds the rest in the log; else nothing is moved."""
    happened: list[str] = []
    log = path.with_name(path.name + "-wal")
    before = log.read_bytes()
    assert before

    def renew(place: Path) -> None:
        happened.append(place.name)
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr("journal.handle.renew_file", renew)
        assert not journal._writer._handle.begin_log_anew()
    assert happened == [log.name]
    assert log.read_bytes() == before

    renew_file(log)
    assert log.read_bytes() == before
    assert journal._writer._handle.begin_log_anew()
    assert log.read_bytes() == b""


@pytest.mark.parametrize(("code", "doubted"), [(sqlite3.SQLITE_IOERR_FSYNC, True), (sqlite3.SQLITE_FULL, False)])
def test_a_flush_that_fails_at_the_opening_is_remembered(
    path: Path, monkeypatch: pytest.MonkeyPatch, *, code: int, doubted: bool
) -> None:
    """The tables of a new journal may lie in the log, with a hole; whoever opens it next must not write behind them."""
    real = connect_writer

    def failing(place: Path) -> Any:
        return Failing(real(place), "COMMIT", error=fault(code), after=True)

    with monkeypatch.context() as patch:
        patch.setattr("journal.handle.connect_writer", failing)
        with pytest.raises(JournalRefused, match="cannot be opened for writing"):
            opened(path)
    assert doubt(path) == doubted

    again = opened(path)
    assert not doubt(path)
    assert again.append([draft("a")])[0].seq == 1
    again.close()


def test_reader_in_the_middle_keeps_a_failed_flush_in_doubt(journal: Any, path: Path, monkeypatch: Any) -> None:
    """The log cannot be emptied under somebody who reads it; once they are done, it can."""
    monkeypatch.setitem(__import__("journal.connection").connection._COMMON, "busy_timeout", 1)
    reading = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
    reading.execute("BEGIN")
    assert reading.execute("SELECT count(*) FROM facts").fetchone() == (1,)
    plant(journal, "COMMIT")
    with pytest.raises(PerhapsStored):
        journal.append([draft("b")])
    assert doubt(path)
    reading.close()

    assert journal.append([draft("c")])[0].seq == 2
    assert not doubt(path)


def test_full_disk_at_the_commit_is_not_stored(journal: Any, path: Path) -> None:
    """Without room the last page is not written whole, so that no restart can take it for a commit."""
    plant(journal, "COMMIT", error=fault(sqlite3.SQLITE_FULL, "database or disk is full"))
    with pytest.raises(NotStored, match="the disk is full"):
        journal.append([draft("b")])

    assert not doubt(path)
    assert journal.append([draft("c")])[0].seq == 2


def test_last_resort_spends_the_ballast_once(journal: Any, path: Path) -> None:
    """On a full disk the ballast goes and the write is tried again; an ordinary write leaves it alone."""
    ballast = path.with_name(path.name + ".side") / "ballast"
    full = fault(sqlite3.SQLITE_FULL, "database or disk is full")
    plant(journal, "COMMIT", error=full)
    with pytest.raises(NotStored):
        journal.append([draft("b")])
    assert ballast.stat().st_size == BALLAST_BYTES

    plant(journal, "COMMIT", error=full)
    assert journal.append([draft("c")], last_resort=True)[0].seq == 2
    assert not ballast.exists()
    journal.append([draft("d")])
    assert ballast.stat().st_size == BALLAST_BYTES


@pytest.mark.parametrize("after", [False, True])
def test_interrupt_during_the_commit_tells_nothing_wrong(journal: Any, *, after: bool) -> None:
    """The interrupt goes on to its thread; the file has the facts or not, and the journal goes on either way."""
    plant(journal, "COMMIT", after=after, error=PowerCut())
    with pytest.raises(PowerCut):
        journal.append([draft("b")])

    assert [fact.subject for fact in journal.facts()] == (["a", "b"] if after else ["a"])
    assert journal.append([draft("c")])[0].seq == (3 if after else 2)
    assert journal.verify().breaks == ()


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (sqlite3.SQLITE_FULL, "the disk is full"),
        (sqlite3.SQLITE_READONLY_ROLLBACK, "may only be read"),
        (sqlite3.SQLITE_IOERR_WRITE, "input/output error"),
        (sqlite3.SQLITE_CORRUPT_INDEX, "is damaged"),
        (sqlite3.SQLITE_BUSY, "another program keeps the journal file locked"),
        (sqlite3.SQLITE_CANTOPEN, "cannot be opened"),
    ],
)
def test_reason_is_in_words(journal: Any, code: int, told: str) -> None:
    """A technician reads what to look at, with SQLite's own text behind it."""
    plant(journal, "BEGIN", error=fault(code, "as SQLite says"))

    with pytest.raises(NotStored, match=rf"{told} \(as SQLite says\); nothing was written"):
        journal.append([draft("b")])


def test_unreadable_file_is_an_error_of_ours(journal: Any) -> None:
    """Whatever a read meets in SQLite leaves as a JournalError."""
    reader = journal._reader
    reader._connection = Failing(reader._connection, "SELECT", after=False, error=fault(sqlite3.SQLITE_CORRUPT))

    with pytest.raises(JournalError, match="cannot be read: the journal file is damaged"):
        journal.facts_of("a")
