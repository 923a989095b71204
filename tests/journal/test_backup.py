"""A copy of a journal is whole, of one moment, and nobody's file is replaced by it."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from journal import Journal, JournalError, JournalMissing, JournalRefused, back_up, read_journal
from tests.journal.test_processes import append_for_ever, started, told
from tests.journal.things import THINGS, draft, opened, tampering, written


def test_copy_holds_every_fact_that_was_stored(file_journal: Journal, path: Path, tmp_path: Path) -> None:
    """Also what is only in the log yet; and it can be read, verified and written on."""
    for number in range(3):
        file_journal.append([draft(f"thing-{number}", label=f"label-{number}")])
    found = back_up(path, tmp_path / "copy.journal", projection=THINGS)

    assert (found.facts, found.head, found.breaks) == (3, file_journal.head().digest, ())
    copy = opened(tmp_path / "copy.journal")
    assert list(copy.facts()) == list(file_journal.facts())
    assert copy.append([draft("thing-3", label="label-3")])[0].seq == 4
    assert copy.verify().breaks == ()
    copy.close()


def test_copy_made_beside_a_writer_is_of_one_moment(path: Path, tmp_path: Path) -> None:
    """Another process appends all the time: each copy holds what it had told of before, and fits together."""
    with started(append_for_ever, path) as (_, pipe):
        for number in range(5):
            digest = [told(pipe) for _ in range(40)][-1]
            copy = tmp_path / f"copy-{number}"
            assert back_up(path, copy, projection=THINGS).breaks == ()
            reader = read_journal(copy, projection=THINGS)
            assert digest in {fact.digest for fact in reader.facts()}
            reader.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_copy_is_for_its_owner_only(path: Path, tmp_path: Path) -> None:
    """Whatever the umask allows."""
    back_up(written(path), tmp_path / "copy", projection=THINGS)
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600


@pytest.mark.parametrize("ending", ["", "-wal", ".side"])
def test_taken_name_is_refused(path: Path, tmp_path: Path, ending: str) -> None:
    """Neither a file is replaced, nor a copy laid beside the log of another file."""
    taken = tmp_path / f"copy{ending}"
    taken.write_text("somebody's")
    with pytest.raises(JournalRefused, match="exists already"):
        back_up(written(path), tmp_path / "copy", projection=THINGS)
    assert [*(file for file in tmp_path.iterdir() if file.is_file())] == [taken]
    assert taken.read_text() == "somebody's"


def test_name_that_is_taken_while_copying_stays_whose_it_is(path: Path, tmp_path: Path) -> None:
    """Two backups to one name: the second one loses."""
    place = tmp_path / "copy"
    with pytest.raises(JournalRefused, match="exists already"):
        back_up(written(path), place, projection=THINGS, tell=lambda done, total: place.touch())
    assert place.read_bytes() == b""


def test_nothing_is_left_of_a_backup_that_failed(path: Path, tmp_path: Path) -> None:
    """An interrupt in the middle leaves no file at all, and no target that is not whole."""

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt(done, total)

    (tmp_path / "stick").mkdir()
    with pytest.raises(KeyboardInterrupt):
        back_up(written(path), tmp_path / "stick" / "copy", projection=THINGS, tell=interrupt)
    assert list((tmp_path / "stick").iterdir()) == []


def test_damaged_journal_gives_no_copy(path: Path, tmp_path: Path) -> None:
    """A fact that somebody changed, and an end that has vanished: told, and nothing gets the target's name."""
    with tampering(written(path)) as connection:
        connection.execute("UPDATE facts SET kind = 'Other' WHERE seq = 3")
    with pytest.raises(JournalRefused, match="fact 3"):
        back_up(path, tmp_path / "copy", projection=THINGS)
    with tampering(path) as connection:
        connection.execute("DELETE FROM facts WHERE seq = 5")
    with pytest.raises(JournalRefused, match="does not fit together"):
        back_up(path, tmp_path / "copy", projection=THINGS)
    assert not (tmp_path / "copy").exists()


def test_older_end_than_the_mark_gives_no_copy(path: Path, tmp_path: Path) -> None:
    """What is older than the mark is not called a backup."""
    with tampering(written(path)) as connection:
        connection.execute("DELETE FROM things WHERE seq = 5")
        connection.execute("DELETE FROM facts WHERE seq = 5")
    with pytest.raises(JournalRefused, match="ends at fact 4 but 5 had been written"):
        back_up(path, tmp_path / "copy", projection=THINGS)


def test_missing_journal_and_missing_folder_are_told_apart(path: Path, tmp_path: Path) -> None:
    """No journal is one thing, a stick that is not there another."""
    with pytest.raises(JournalMissing):
        back_up(path, tmp_path / "copy", projection=THINGS)
    with pytest.raises(JournalError, match="could not be written"):
        back_up(written(path), tmp_path / "no" / "copy", projection=THINGS)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["shop"]


def test_copy_put_in_the_place_of_a_journal_that_went_on_is_refused(path: Path, tmp_path: Path) -> None:
    """The mark does not travel with the copy, so that yesterday's copy cannot pass for today's journal."""
    back_up(written(path), tmp_path / "copy", projection=THINGS)
    journal = opened(path)
    journal.append([draft("thing-6")])
    journal.close()
    (tmp_path / "copy").replace(path)
    with pytest.raises(JournalRefused, match="an older copy was put back"):
        opened(path)


def test_reader_of_the_copy_finds_the_settings_of_a_journal(path: Path, tmp_path: Path) -> None:
    """It is the same kind of file, page for page: the log comes with the first writer."""
    back_up(written(path), tmp_path / "copy", projection=THINGS)
    connection = sqlite3.connect(tmp_path / "copy")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
