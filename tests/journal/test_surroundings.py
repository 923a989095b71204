"""What can be seen around a journal without touching it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from journal import JournalError, JournalRefused, is_locked, look_around, try_settings
from journal.connection import WRITER_SETTINGS
from tests.journal.things import draft, opened, written


def everything(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file below a folder: its time of change and what is in it."""
    return {str(file): (file.stat().st_mtime_ns, file.read_bytes()) for file in folder.rglob("*") if file.is_file()}


def test_nothing_is_seen_and_made_where_nothing_is(path: Path) -> None:
    """Before the first till there are no files, no lanes and no ballast."""
    seen = look_around(path)
    assert (seen.made, seen.files, seen.lanes, seen.ballast, seen.doubt) == (False, (), (), False, False)
    assert not path.parent.exists()


def test_every_file_of_a_journal_is_seen(path: Path) -> None:
    """The journal, its log, and all that is in the side folder; and looking changes none of it."""
    journal = opened(path)
    journal.append([draft("a")])
    with journal.lane("north", wait_s=0), journal.rising("stamp", floor=1):
        before = everything(path.parent)
        seen = look_around(path)
        assert everything(path.parent) == before
        assert {str(file) for file in seen.files if file.is_file()} == set(before)
    journal.close()
    assert (seen.made, seen.ballast, seen.doubt) == (True, True, False)


def test_holder_of_a_lane_is_seen_until_it_gives_the_lane_back(path: Path) -> None:
    """Its process and since when; afterwards nobody."""
    journal = opened(path)
    with journal.lane("north", wait_s=0):
        (held,) = look_around(path).lanes
        assert is_locked(held.path)
    (free,) = look_around(path).lanes
    journal.close()
    assert (held.name, held.pid, held.since) == ("north", os.getpid(), "2026-01-02T03:04:06.678Z")
    assert (free.name, free.pid, free.since) == ("north", None, None)
    assert not is_locked(free.path)


def test_lane_that_cannot_be_read_has_no_holder(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So it is on Windows, where nobody reads what another one has locked."""
    journal = opened(path)
    with journal.lane("north", wait_s=0), monkeypatch.context() as patch:
        patch.setattr(Path, "open", refused)
        (lane,) = look_around(path).lanes
    journal.close()
    assert (lane.name, lane.pid) == ("north", None)


def test_spent_ballast_and_doubt_are_seen(path: Path) -> None:
    """What the processes of a till tell each other of a full and of a failing disk."""
    written(path)
    side = path.with_name(path.name + ".side")
    (side / "ballast").unlink()
    (side / "doubt").touch()
    seen = look_around(path)
    assert (seen.ballast, seen.doubt) == (False, True)


def test_lock_that_is_not_there_is_free_and_stays_away(path: Path) -> None:
    """A look makes no lock."""
    assert not is_locked(path)
    assert not path.exists()


def test_what_may_not_be_looked_at_is_said_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One error of the journal, with the reason in it."""
    written(path)
    monkeypatch.setattr("journal.surroundings.LockFile", refused)
    with pytest.raises(JournalError, match=r"writer\.lock cannot be tried: .*not for you"):
        is_locked(look_around(path).writer)
    monkeypatch.setattr(Path, "is_dir", refused)
    with pytest.raises(JournalError, match=r"cannot be looked at: .*not for you"):
        look_around(path)


def refused(*_: Any, **__: Any) -> Any:
    """What the system says to somebody else's files."""
    raise PermissionError("not for you")


def test_trial_reads_back_every_setting_and_leaves_nothing(tmp_path: Path) -> None:
    """What a journal needs of SQLite is what SQLite says on a database beside it."""
    assert try_settings(tmp_path) == WRITER_SETTINGS
    assert list(tmp_path.iterdir()) == []


def test_trial_says_what_was_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting of which SQLite makes another one is refused by name."""
    monkeypatch.setitem(WRITER_SETTINGS, "synchronous", 7)
    with pytest.raises(JournalRefused, match="SQLite did not take synchronous = 7"):
        try_settings(tmp_path)


def test_trial_reads_a_pragma_that_sqlite_does_not_know_as_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A SQLite without memory mapping has no such pragma, and cannot do it either."""
    monkeypatch.setattr("journal.connection._set", lambda *_: None)
    monkeypatch.setitem(WRITER_SETTINGS, "no_such_pragma", 0)
    assert try_settings(tmp_path)["no_such_pragma"] == "unknown"


def test_trial_needs_a_folder(tmp_path: Path) -> None:
    """Where nothing can be written, the error is one of the journal."""
    with pytest.raises(JournalError, match="no database can be written in "):
        try_settings(tmp_path / "missing")
