"""Corners of the journal: what a disk, an operating system or an old SQLite may do, and what is made of it."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from journal import DayLines, Draft, JournalError, JournalRefused, LaneBusy, NotStored, back_up, read_journal
from journal.batch import Batch
from journal.chain import entry_of
from journal.connection import _set, connect_reader, connect_writer
from journal.fault import broken_unique_column
from journal.locks import LockFile
from journal.making import MIGRATIONS, make
from journal.row import row_of
from journal.schema import VERSION, ProjectionTable
from journal.side import Side, sync_folder
from tests.journal.faults import Failing, fault, raising
from tests.journal.things import THINGS, Clock, draft, opened, tampering, written

_EIO = OSError(errno.EIO, "Input/output error")


def test_a_batch_that_nobody_wrote_is_not_stored() -> None:
    """Its caller never hears that all is well."""
    with pytest.raises(NotStored, match="the batch was never written"):
        Batch([draft("a")], last_resort=False).result()


def test_a_fact_whose_body_is_no_mapping_is_refused() -> None:
    """It has no particulars to read by name."""
    body: Any = ["a list"]
    with pytest.raises(JournalError, match="the body of a fact must be a mapping, not list"):
        entry_of(Draft(subject="a", kind="Begun", body=body))


def test_an_archived_journal_with_facts_in_its_log_is_not_read(path: Path) -> None:
    """Without the right to write SQLite would not look into the log, and the last facts would be missing."""
    written(path)
    path.with_name(path.name + "-wal").write_bytes(b"not empty")
    path.chmod(0o400)
    with pytest.raises(JournalRefused, match="may only be read, and facts may still be in"):
        read_journal(path, projection=THINGS)


def test_a_sqlite_that_is_too_old_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no STRICT tables."""
    monkeypatch.setattr("journal.connection.OLDEST", (99, 0, 0))
    with pytest.raises(JournalRefused, match=r"is too old for a journal: update it to 3\.37 or newer"):
        opened(path)


def test_a_file_that_is_locked_while_it_is_looked_at_is_not_called_damaged(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock, a full disk or missing rights are not the file's fault."""
    written(path)
    monkeypatch.setattr("journal.connection.version_of", raising(fault(sqlite3.SQLITE_BUSY, "database is locked")))
    for connect in (connect_reader, connect_writer):
        with pytest.raises(sqlite3.OperationalError):
            connect(path)


def test_a_file_that_nobody_has_made_a_journal_of_is_not_read(path: Path) -> None:
    """It is opened for writing first."""
    path.parent.mkdir(parents=True)
    path.touch()
    with pytest.raises(JournalRefused, match="is not a journal yet: open it for writing once, which makes it one"):
        read_journal(path, projection=THINGS)


def test_only_a_broken_unique_column_has_a_name() -> None:
    """Any other broken constraint is no conflict of two references."""
    unique = sqlite3.IntegrityError("UNIQUE constraint failed: things.label")
    unique.sqlite_errorcode = sqlite3.SQLITE_CONSTRAINT_UNIQUE
    other = sqlite3.IntegrityError("NOT NULL constraint failed: things.label")
    other.sqlite_errorcode = sqlite3.SQLITE_CONSTRAINT_NOTNULL
    assert [broken_unique_column(error) for error in (unique, other)] == ["label", None]


def test_a_journal_that_cannot_be_read_is_not_left_open_for_writing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else its lock would be held by nobody who could let it go."""
    with monkeypatch.context() as patch:
        patch.setattr("journal.file.SqliteReader", raising(JournalRefused("unreadable")))
        with pytest.raises(JournalRefused, match="unreadable"):
            opened(path)
    journal = opened(path)
    assert journal.append([draft("a")])[0].seq == 1
    journal.close()


def test_a_lane_whose_lock_cannot_be_used_is_an_error_of_ours(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No error of the operating system leaves the journal."""
    journal = opened(path)
    monkeypatch.setattr(LockFile, "try_acquire", raising(_EIO))
    with pytest.raises(JournalError, match="a lock in the side folder cannot be used"), journal.lane("bar", wait_s=0):
        pass
    journal.close()


def test_a_holder_who_cannot_be_read_is_somebody_else(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows lets nobody else read what is locked."""
    journal = opened(path)
    with journal.lane("bar", wait_s=0):
        monkeypatch.setattr(LockFile, "read", raising(_EIO))
        with pytest.raises(LaneBusy, match="somebody else"), journal.lane("bar", wait_s=0):
            pass
    journal.close()


def test_a_journal_is_opened_once_more_without_its_ballast(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk SQLite cannot even make its shared memory; what is open must be settled all the same."""
    written(path)
    full = fault(sqlite3.SQLITE_FULL, "database or disk is full")
    tries: list[Exception] = [full]
    connect = connect_writer

    def once_full(given: Path) -> sqlite3.Connection:
        if tries:
            raise tries.pop()
        return connect(given)

    monkeypatch.setattr("journal.handle.connect_writer", once_full)
    journal = opened(path)
    assert len(list(journal.facts())) == 5
    journal.close()
    Side(path).free_ballast()
    tries.append(full)
    with pytest.raises(JournalRefused, match="cannot be opened for writing: the disk is full"):
        opened(path)


def test_a_journal_is_opened_where_no_ballast_can_be_set(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then only answers are written, until there is room."""
    monkeypatch.setattr(Side, "set_ballast", raising(OSError(errno.ENOSPC, "No space left on device")))
    journal = opened(path)
    with pytest.raises(NotStored, match="too full to begin anything"):
        journal.append([draft("a")])
    journal.close()


def test_a_log_is_not_begun_anew_without_a_connection_or_on_a_disk_that_fails(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing that was not made good is taken for good."""
    journal: Any = opened(path)
    handle = journal._writer._handle
    with monkeypatch.context() as patch:
        patch.setattr("journal.handle.sync_file", raising(_EIO))
        assert handle.begin_log_anew() is False
    assert handle.begin_log_anew() is True
    handle.drop()
    assert handle.begin_log_anew() is False
    handle.checkpoint()
    journal.close()


def test_a_journal_that_is_no_longer_one_takes_nothing(path: Path) -> None:
    """Somebody took the right to write away while it was without a connection."""
    journal: Any = opened(path)
    journal._writer._handle.drop()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA application_id = 7")
    connection.close()
    with pytest.raises(NotStored, match=r"is not a journal but some other database.*; nothing was written"):
        journal.append([draft("a")])
    journal.close()


def test_a_row_takes_no_truth_value_and_no_half_character() -> None:
    """Neither has one form in every store."""
    for label in (True, "\ud800"):
        odd = {"thing_id": "a", "label": label, "lane": None, "steps": 1, "pending": 1}
        journal = [*map(_fact, [Draft(subject="a", kind="Odd", body={"row": odd})])]
        with pytest.raises(JournalError, match="column 'label' takes str or None"):
            row_of(THINGS, journal)


def _fact(given: Draft) -> Any:
    class Given:
        seq, at, digest = 1, "", ""
        subject, kind, body = given.subject, given.kind, given.body

    return Given()


def test_a_view_in_the_place_of_the_table_is_refused(path: Path) -> None:
    """Somebody changed the structure of the file."""
    written(path)
    with tampering(path) as connection:
        connection.execute("DROP TABLE things")
        connection.execute("CREATE VIEW things AS SELECT 1 AS one")
    with pytest.raises(JournalRefused, match="things is a view and not a table"):
        opened(path)


def test_a_sqlite_that_leaves_strict_out_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A column would take whatever it is given."""
    connection = sqlite3.connect(":memory:")
    monkeypatch.setattr("sqlite_utils.db.Table.strict", property(lambda _: False))
    with pytest.raises(JournalRefused, match="without STRICT; update SQLite"):
        make(connection, ProjectionTable(THINGS))
    connection.close()


def test_doubt_that_cannot_be_noted_is_no_error(path: Path) -> None:
    """A disk that refuses this will refuse the next write too."""
    Side(path).set_doubt()
    assert not Side(path).in_doubt()


def test_a_ballast_that_finds_no_room_leaves_nothing_behind(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of it would be room that nobody can use."""
    side = Side(path)
    side.path.mkdir(parents=True)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", raising(OSError(errno.ENOSPC, "No space left on device")))
        with pytest.raises(OSError, match="No space left"):
            side.set_ballast()
    assert not side.ballast_stands()
    assert list(side.path.iterdir()) == []
    assert side.free_ballast() is False


def test_a_reader_may_be_closed_twice(path: Path) -> None:
    """And then it answers nothing."""
    reader = read_journal(written(path), projection=THINGS)
    reader.close()
    reader.close()
    with pytest.raises(JournalError, match="the journal is closed"):
        reader.head()


def test_an_empty_file_where_facts_had_been_written_is_refused(path: Path) -> None:
    """SQLite takes it for a new one, and throws away a log that may hold the last facts."""
    written(path)
    path.write_bytes(b"")
    with pytest.raises(
        JournalRefused, match=r"is empty, though 5 facts had been written\. Delete nothing.*put the newest copy back"
    ):
        opened(path)


def test_a_journal_of_an_older_release_is_read_after_it_was_opened_for_writing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader changes nothing."""
    written(path)
    monkeypatch.setattr("journal.connection.VERSION", 99)
    with pytest.raises(JournalRefused, match="is from an older release: open it for writing once"):
        read_journal(path, projection=THINGS)


def test_a_file_of_this_release_has_been_through_every_migration() -> None:
    """The number that is read from the header and the list of what was added say the same."""
    assert len(MIGRATIONS) == VERSION


def test_a_sqlite_without_memory_mapping_cannot_do_it_either() -> None:
    """It does not know the pragma that forbids it; any other one that it does not take is refused."""
    connection = sqlite3.connect(":memory:")
    deaf: Any = _Deaf(connection, "nothing", error=fault())
    _set(deaf, {"mmap_size": 0})
    with pytest.raises(JournalRefused, match="SQLite did not take synchronous = 2: it says None"):
        _set(deaf, {"synchronous": 2})
    connection.close()


class _Deaf(Failing):
    """Knows no pragma."""

    def execute(self, sql: str, values: Any = ()) -> Any:
        """Nothing."""
        return self._real.execute("SELECT 1 WHERE 0")


def test_a_journal_belongs_to_the_process_that_opened_it(path: Path) -> None:
    """A forked child shares the file with its parent, and may neither use nor close it."""
    journal: Any = opened(path)
    ours = journal._pid
    journal._pid = journal._reader._pid = ours + 1
    for use in (lambda: journal.append([draft("a")]), journal.head):
        with pytest.raises(JournalError, match=f"was opened by process {ours + 1}: open it anew in a forked process"):
            use()
    journal.close()
    journal._reader.close()
    journal._pid = journal._reader._pid = ours
    assert journal.append([draft("a")])[0].seq == 1
    journal.close()


def test_where_no_rights_can_be_set_the_folder_has_to_do(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has no such call; the file is made all the same, and so is the log of the day."""
    monkeypatch.delattr(os, "fchmod")
    opened(path).close()
    lines = DayLines(path.parent / "wire", now=Clock())
    lines.append("a line")
    lines.close()
    assert (path.exists(), lines.lost) == (True, 0)


def test_windows_flushes_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no such call and needs none."""
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", raising(_EIO))
        patch.setattr(os, "name", "nt")
        sync_folder(tmp_path)


def test_an_opening_that_sqlite_has_rolled_back_by_itself_is_told_by_its_error(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is nothing left to undo."""

    def migrate(connection: sqlite3.Connection) -> None:
        connection.execute("ROLLBACK")
        raise fault()

    monkeypatch.setattr("journal.making.migrate", migrate)
    with pytest.raises(JournalRefused, match="input/output error"):
        opened(path)


def test_facts_that_no_table_can_hold_any_more_refuse_the_journal(path: Path) -> None:
    """A release that wants a column to be unique where it is not cannot open it."""
    written(path)
    unique = replace(THINGS, unique=("label", "lane"))
    with pytest.raises(JournalRefused, match="the table things cannot be made anew: UNIQUE constraint failed"):
        opened(path, unique)


def test_a_file_that_cannot_be_opened_is_told_with_what_its_folder_needs(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite keeps a file beside the journal while it is read."""
    written(path)
    monkeypatch.setattr("journal.reader.connect_reader", raising(fault(sqlite3.SQLITE_CANTOPEN, "unable to open")))
    with pytest.raises(JournalRefused, match=r"cannot be opened for reading: .*Its folder must be writable"):
        read_journal(path, projection=THINGS)


def test_a_backup_is_named_also_where_there_are_no_links(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stick or a share knows none; and what stands there already is never replaced."""
    written(path)
    monkeypatch.setattr(os, "link", raising(OSError(errno.EPERM, "Operation not permitted")))
    place = path.parent / "backup"
    back_up(path, place, projection=THINGS)
    with closing(read_journal(place, projection=THINGS)) as copy:
        assert len(list(copy.facts())) == 5


@pytest.mark.parametrize(
    ("subject", "kind", "body", "told"),
    [
        ("", "Begun", {}, "the subject of a fact must be a text that is not empty, not ''"),
        (5, "Begun", {}, "the subject of a fact must be a text that is not empty, not 5"),
        ("a", "", {}, "the kind of a fact must be a text that is not empty, not ''"),
        ("a", "Begun", {5: 1}, "the keys in a fact must be text, not 5"),
        ("a", "Begun", {"x": b"b"}, "a fact cannot hold bytes: write them as text"),
        ("a", "Begun", {"x": 1.5}, "a fact cannot hold the float 1.5: count in whole units"),
        ("a", "Begun", {"x": {1}}, "a fact cannot hold a value of type set"),
    ],
)
def test_what_is_no_fact_is_refused_by_the_name_of_its_part(subject: Any, kind: str, body: Any, told: str) -> None:
    """Whoever wrote it has to find the place."""
    with pytest.raises(JournalError) as caught:
        entry_of(Draft(subject=subject, kind=kind, body=body))
    assert str(caught.value) == told


def test_half_a_character_anywhere_in_a_fact_is_refused_with_what_is_wrong() -> None:
    """It has no UTF-8, and so no one text that a digest could be made of."""
    for given in (Draft(subject="\ud800", kind="Begun", body={}), draft("a", deep=[{"deeper": "\ud800"}])):
        with pytest.raises(JournalError, match=r"^a fact cannot hold this: .*surrogates not allowed$"):
            entry_of(given)
