"""The writer's own errors: what it says, what caused it, and what is left standing."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from journal import Conflict, Draft, JournalError, NotStored, PerhapsStored
from journal.batch import Batch
from journal.sqlite import CHECKPOINT_FACTS
from tests.journal.faults import Failing, fault, plant
from tests.journal.things import ImpossibleError, PowerCut, draft, opened

_FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def journal(path: Path) -> Any:
    """A journal with one fact."""
    journal = opened(path)
    journal.append([draft("a", label="first")])
    yield journal
    journal.close()


def refused(journal: Any, *, last_resort: bool = False) -> JournalError:
    """The error that an append ends with."""
    with pytest.raises(JournalError) as caught:
        journal.append([draft("b")], last_resort=last_resort)
    return caught.value


def without_ballast(journal: Any, monkeypatch: pytest.MonkeyPatch, error: OSError) -> None:
    """Take the ballast away, and let it not be set again."""
    side = journal._writer._side

    def set_ballast(_: object) -> None:
        raise error

    side.free_ballast()
    monkeypatch.setattr(type(side), "set_ballast", set_ballast)


def test_without_ballast_on_a_full_disk_only_an_answer_is_written(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is begun whose end might find no room."""
    without_ballast(journal, monkeypatch, _FULL)
    error = refused(journal)
    assert str(error) == "the disk is too full to begin anything: make room; nothing was written"
    assert (type(error), error.__cause__) == (NotStored, _FULL)
    assert [fact.subject for fact in journal.append([draft("c")], last_resort=True)] == ["c"]
    assert [fact.subject for fact in journal.facts()] == ["a", "c"]


def test_a_disk_that_fails_in_another_way_writes_nothing_at_all(journal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even an answer: what is wrong with it is not known."""
    broken = OSError(errno.EIO, "Input/output error")
    without_ballast(journal, monkeypatch, broken)
    for last_resort in (False, True):
        error = refused(journal, last_resort=last_resort)
        assert str(error) == f"{broken}; nothing was written"
        assert (type(error), error.__cause__) == (NotStored, broken)
    assert [fact.subject for fact in journal.facts()] == ["a"]


def test_a_lock_that_is_gone_writes_nothing(journal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the lock of the one writer nobody writes."""
    gone = OSError(errno.ENOENT, "No such file or directory")

    def acquire() -> None:
        raise gone

    monkeypatch.setattr(journal._writer._handle._lock, "acquire", acquire)
    error = refused(journal)
    assert (str(error), error.__cause__) == (f"{gone}; nothing was written", gone)


def test_a_failed_commit_names_its_cause(journal: Any) -> None:
    """For the technician: the words, and behind them the error of SQLite."""
    error = fault()
    plant(journal, "COMMIT", error=error)
    told = refused(journal)
    assert str(told) == "the disk reported an input/output error (disk I/O error); nothing was written"
    assert (type(told), told.__cause__) == (NotStored, error)


def test_a_commit_whose_fate_is_unknown_says_what_to_do(journal: Any) -> None:
    """Send nothing, and see what the journal holds."""
    plant(journal, "COMMIT", after=True)
    told = refused(journal)
    assert str(told) == (
        "the commit failed (the disk reported an input/output error (disk I/O error)) and it is unknown what a restart "
        "will find: send nothing, and see what the journal holds"
    )
    assert type(told) is PerhapsStored


def test_a_commit_that_nobody_can_look_at_is_told_in_the_same_words(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What kept us from looking is another error than the one of the commit."""

    def connect() -> sqlite3.Connection:
        raise fault(sqlite3.SQLITE_CANTOPEN, "unable to open")

    plant(journal, "COMMIT")
    monkeypatch.setattr(journal._writer._handle, "connect", connect)
    told = refused(journal)
    assert type(told) is PerhapsStored
    assert str(told).startswith("the commit failed (the disk reported an input/output error (disk I/O error)) and")


def test_a_log_that_cannot_be_emptied_leaves_a_failed_commit_unknown(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The facts are absent to this connection, and a restart may find them."""
    plant(journal, "COMMIT")
    monkeypatch.setattr(journal._writer._handle, "begin_log_anew", lambda: False)
    told = refused(journal)
    assert type(told) is PerhapsStored
    assert str(told).startswith("the commit failed (the disk reported an input/output error (disk I/O error)) and")


def test_a_full_disk_at_the_commit_leaves_no_doubt(journal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log need not be begun anew, because no restart can take half a page for a commit."""
    plant(journal, "COMMIT", error=fault(sqlite3.SQLITE_FULL, "database or disk is full"))
    monkeypatch.setattr(journal._writer._handle, "begin_log_anew", lambda: False)
    assert type(refused(journal)) is NotStored


def test_a_write_that_failed_is_rolled_back_and_the_connection_serves_on(journal: Any) -> None:
    """What was half done is undone at once, and not when the connection is closed."""
    connection = journal._writer._handle._connection
    plant(journal, "INSERT INTO things")
    refused(journal)
    assert not connection.in_transaction
    journal._writer._handle._connection = connection
    assert journal.append([draft("c")])[0].seq == 2


def test_a_rollback_that_fails_takes_the_connection_with_it(journal: Any) -> None:
    """Nothing of an atomic write without COMMIT outlives its connection."""
    handle = journal._writer._handle
    stubborn: Any = Failing(handle._connection, "ROLLBACK", error=fault())
    handle._connection = Failing(stubborn, "INSERT INTO things", error=fault())
    assert str(refused(journal)).endswith("nothing was written")
    assert handle._connection is None
    assert journal.append([draft("c")])[0].seq == 2


def test_an_older_copy_in_the_place_of_the_file_is_seen_before_anything_is_built_on_it(journal: Any) -> None:
    """What this process saw stored must still be under what is written next."""
    journal._writer._seen = type(journal._writer._seen)(seq=1, digest="another")
    assert str(refused(journal)) == (
        "fact 1, which had been written, is no longer in the journal: an older copy was put in its place, or the disk "
        "lost it; verify it, put the newest copy back and open it anew; nothing was written"
    )


def test_the_log_is_moved_into_the_file_every_so_many_facts(journal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted from the last time, over all batches: two hundred facts, and then two hundred more."""
    counted: list[int] = []
    written = 1
    monkeypatch.setattr(journal._writer._handle, "checkpoint", lambda: counted.append(written))
    for facts in (CHECKPOINT_FACTS - 2, 1, CHECKPOINT_FACTS - 1, 1):
        written += facts
        journal.append([draft(f"thing-{written}", "Step", number=number) for number in range(facts)])
    assert counted == [CHECKPOINT_FACTS, 2 * CHECKPOINT_FACTS]


def test_a_conflict_undoes_its_own_batch_and_no_other(journal: Any) -> None:
    """The label is taken; what comes after it is written as if nothing had happened."""
    with pytest.raises(Conflict):
        journal.append([draft("b", label="first")])
    assert [fact.seq for fact in journal.append([draft("c", label="second")])] == [2]
    assert journal.verify().breaks == ()


def test_a_constraint_that_is_no_unique_column_is_an_error_of_the_disk(journal: Any) -> None:
    """It is not for the caller to mend."""
    broken = sqlite3.IntegrityError("CHECK constraint failed")
    broken.sqlite_errorcode = sqlite3.SQLITE_CONSTRAINT_CHECK
    plant(journal, "INSERT INTO things", error=broken)
    error = refused(journal)
    assert (str(error), error.__cause__) == ("CHECK constraint failed; nothing was written", broken)


def test_the_ballast_is_spent_on_a_full_disk_and_on_no_other_fault(journal: Any) -> None:
    """Room does not mend a disk that cannot write."""
    plant(journal, "BEGIN")
    assert "input/output error" in str(refused(journal, last_resort=True))
    assert journal._writer._side.ballast_stands()


def test_two_who_open_an_empty_journal_write_one_after_the_other(path: Path) -> None:
    """The second one saw no fact yet, so there is nothing that must still be there."""
    one, other = opened(path), opened(path)
    assert [journal.append([draft(name)])[0].seq for journal, name in ((one, "a"), (other, "b"), (one, "c"))] == [
        1,
        2,
        3,
    ]
    for journal in (one, other):
        journal.close()


def batch(name: str, *, last_resort: bool = False) -> Batch:
    """One fact, on its way."""
    return Batch([draft(name)], last_resort=last_resort)


@pytest.mark.parametrize(("subjects", "savepoints"), [("b", 0), ("bd", 1)])
def test_only_a_batch_with_several_subjects_needs_a_savepoint(journal: Any, subjects: str, savepoints: int) -> None:
    """The engine writes none, and every statement holds up whoever else wants to write."""
    told: list[str] = []
    journal._writer._handle._connection.set_trace_callback(told.append)
    journal.append([draft(subject) for subject in subjects])
    journal._writer._handle._connection.set_trace_callback(None)
    assert sum(statement.startswith("SAVEPOINT") for statement in told) == savepoints


@pytest.mark.parametrize(
    ("drafts", "error"),
    [
        ([draft("b", "Impossible")], ImpossibleError),
        ([draft("a", "Done"), draft("d", "Impossible")], ImpossibleError),
        ([draft("b", label="taken")], Conflict),
        ([draft("a", "Done"), draft("d", label="taken")], Conflict),
    ],
    ids=["one, impossible", "two, impossible", "one, taken", "two, taken"],
)
def test_of_a_batch_that_is_refused_nothing_stays_and_its_group_is_stored(
    journal: Any, drafts: list[Draft], error: type[Exception]
) -> None:
    """No row of it either, of whatever subject."""
    group = [draft("c", label="taken")], drafts, [draft("e")]
    before, mistaken, behind = (Batch(each, last_resort=False) for each in group)
    journal._writer.write([before, mistaken, behind])
    with pytest.raises(error):
        mistaken.result()
    assert [fact.seq for each in (before, behind) for fact in each.result()] == [2, 3]
    assert [row["thing_id"] for row in journal.newest_rows(limit=9)] == ["e", "c", "a"]
    assert journal.verify().breaks == ()


@pytest.mark.parametrize(
    ("statement", "kind", "told"),
    [
        ("INSERT INTO things", NotStored, "the write was interrupted; nothing was written"),
        ("COMMIT", PerhapsStored, "the write was interrupted: send nothing, see what the journal holds"),
    ],
)
def test_an_interrupt_leaves_nobody_waiting(journal: Any, statement: str, kind: type, told: str) -> None:
    """The thread that writes for all carries its interrupt on; the others hear what became of theirs."""
    others = [batch("b"), batch("c")]
    plant(journal, statement, error=PowerCut())
    with pytest.raises(PowerCut):
        journal._writer.write(others)
    for other in others:
        with pytest.raises(JournalError) as caught:
            other.result()
        assert (type(caught.value), str(caught.value)) == (kind, told)


def test_on_a_full_disk_an_answer_is_written_and_what_came_with_it_hears_why_it_is_not(journal: Any) -> None:
    """They were one group; only the answer may spend the ballast."""
    ordinary, answer = batch("b"), batch("c", last_resort=True)
    plant(journal, "COMMIT", error=fault(sqlite3.SQLITE_FULL, "database or disk is full"))
    journal._writer.write([ordinary, answer])
    assert [fact.subject for fact in answer.result()] == ["c"]
    with pytest.raises(NotStored, match=r"^the disk is full \(database or disk is full\); nothing was written$"):
        ordinary.result()
