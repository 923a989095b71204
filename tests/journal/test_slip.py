"""A head on paper proves that nothing was cut off behind a journal's back."""

from __future__ import annotations

from pathlib import Path

import pytest

from journal import Head, JournalError, JournalMissing, Slip, read_journal
from journal.head import GENESIS
from tests.journal.things import THINGS, draft, opened, tampering, written


def slip_of(path: Path) -> Slip:
    """What would be printed now."""
    reader = read_journal(path, projection=THINGS)
    try:
        return Slip.of(reader.head())
    finally:
        reader.close()


def test_journal_that_went_on_still_reaches_its_slip(path: Path) -> None:
    """Also when only the first sixteen digits were typed, in capitals, with blanks around."""
    slip = slip_of(written(path))
    journal = opened(path)
    journal.append([draft("thing-6")])
    journal.close()
    typed = Slip.read(f" {slip.seq}:{slip.digest[:16].upper()}\n")
    assert (slip.contradicted_by(path), typed.contradicted_by(path)) == (None, None)
    assert Slip.read(str(slip)) == slip


def test_end_that_was_cut_off_with_its_mark_contradicts_the_slip(path: Path) -> None:
    """A chain that is whole, only shorter, which nothing else shows once the mark is gone as well."""
    slip = slip_of(written(path))
    with tampering(path) as connection:
        connection.execute("DELETE FROM things WHERE seq = 5")
        connection.execute("DELETE FROM facts WHERE seq = 5")
    (path.with_name(path.name + ".side") / "mark").unlink()
    reader = read_journal(path, projection=THINGS)
    assert reader.verify().breaks == ()
    reader.close()
    told = slip.contradicted_by(path)
    assert told is not None
    assert told.startswith("the journal ends at fact 4, and ended at fact 5 when its head was printed: ")


def test_end_that_was_written_anew_contradicts_the_slip(path: Path) -> None:
    """As many facts as before, and another one at that place."""
    slip = slip_of(written(path))
    with tampering(path) as connection:
        connection.execute("DELETE FROM things WHERE seq = 5")
        connection.execute("DELETE FROM facts WHERE seq = 5")
    (path.with_name(path.name + ".side") / "mark").unlink()
    journal = opened(path)
    journal.append([draft("another", label="other")])
    journal.close()
    told = slip.contradicted_by(path)
    assert told is not None
    assert told.startswith("fact 5 has another digest than the head that was printed")


def test_slip_of_the_empty_journal_fits_any(path: Path) -> None:
    """Nothing was there, so nothing can be missing."""
    assert Slip.of(Head(seq=0, digest=GENESIS)).contradicted_by(written(path)) is None


@pytest.mark.parametrize(
    "text", ["", "5", "5:", "5:abc", "x:" + "0" * 64, "5:" + "g" * 20, "5:" + "0" * 65, "0:" + "1" * 16]
)
def test_what_is_no_head_is_refused_with_its_form(text: str) -> None:
    """A number, a colon, and enough digits that no other chain has them."""
    with pytest.raises(ValueError, match="is no head: "):
        Slip.read(text)


def test_journal_that_cannot_be_read_is_no_contradiction(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing file and a disk that refuses are errors of their own."""
    slip = Slip(seq=5, digest="0" * 64)
    with pytest.raises(JournalMissing):
        slip.contradicted_by(path)

    def refuse(*_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr("journal.slip.connect_reader", refuse)
    with pytest.raises(JournalError, match="the journal cannot be read: the disk is gone"):
        slip.contradicted_by(written(path))
