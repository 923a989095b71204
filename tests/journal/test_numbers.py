"""The sequences without the journal: the same files, the same locks, and an end to waiting."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from journal import FileNumbers, JournalError
from tests.journal.things import opened, written


def test_numbers_go_on_where_those_of_the_journal_end(path: Path) -> None:
    """Whoever draws without the journal and whoever draws with it draw from one sequence."""
    journal, numbers = opened(path), FileNumbers(path, wait_s=0)
    drawn = []
    for source in (journal, numbers, journal, numbers):
        with source.rising("stamp", floor=7) as number:
            drawn.append(number.value)
    assert numbers.advance("heard", to=3)
    assert (drawn, journal.reached("heard"), numbers.reached("stamp")) == ([7, 8, 9, 10], 3, 10)
    numbers.close()
    journal.close()


def test_number_that_is_held_is_not_waited_for_without_end(path: Path) -> None:
    """A till that was stopped while it held its number must not stop whoever looks for the reason."""
    journal, numbers = opened(path), FileNumbers(path, wait_s=0)
    with journal.rising("stamp", floor=1):
        for ask in (numbers.rising("stamp", floor=1).__enter__, lambda: numbers.reached("stamp")):
            with pytest.raises(JournalError, match="somebody has held the sequence 'stamp' for 0 s"):
                ask()
    with numbers.rising("stamp", floor=1) as number:
        assert number.value == 2
    numbers.close()
    journal.close()


def test_numbers_need_no_readable_journal(path: Path) -> None:
    """The file may be damaged; the sequences stand beside it."""
    written(path).write_bytes(b"no journal")
    with closing(FileNumbers(path)) as numbers, numbers.rising("stamp", floor=5) as number:
        assert number.value == 5


def test_numbers_make_no_side_folder(path: Path) -> None:
    """Where no till has been, nothing is made."""
    with pytest.raises(JournalError, match="a lock in the side folder cannot be used"):
        FileNumbers(path).reached("stamp")
    assert not path.parent.exists()


def test_file_that_was_taken_away_is_made_anew(path: Path) -> None:
    """A kept handle on a deleted file would lock nobody out; the next draw is from the file at the path."""
    journal = opened(path)
    file = path.with_name(path.name + ".side") / "rising" / "stamp"
    with journal.rising("stamp", floor=1):
        pass
    file.unlink()
    with journal.rising("stamp", floor=5) as number:
        assert (number.value, file.read_text()) == (5, f"{5:020d}\n")
    journal.close()


def test_number_in_use_while_the_journal_closes_is_let_go_of(path: Path) -> None:
    """Its handle comes back to nobody, and is closed."""
    journal = opened(path)
    with journal.rising("stamp", floor=1):
        journal.close()
    with closing(FileNumbers(path, wait_s=0)) as numbers:
        assert numbers.reached("stamp") == 1
