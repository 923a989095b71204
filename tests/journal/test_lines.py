"""The log of lines: whole, by day, for its owner only, and never in the way of whoever writes in it."""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from journal import DayLines, JournalError, read_days
from tests.journal.test_processes import started, told

_NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
_WAIT_S = 60


class Hands:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.time = _NOON

    def now(self) -> datetime:
        """What it shows."""
        return self.time


@pytest.fixture
def hands() -> Hands:
    """A clock at noon."""
    return Hands()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the log is to be, and is not yet."""
    return tmp_path / "till.journal.wire"


@pytest.fixture
def lines(folder: Path, hands: Hands) -> Iterator[DayLines]:
    """A log that nobody has written in."""
    lines = DayLines(folder, now=hands.now)
    yield lines
    lines.close()


@contextmanager
def umask(mask: int) -> Iterator[None]:
    """With another umask."""
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def mode(path: Path) -> int:
    """The rights on a file."""
    return stat.S_IMODE(path.stat().st_mode)


def test_lines_are_read_back_as_they_were_written(folder: Path, lines: DayLines) -> None:
    """Every character comes back; a line break becomes a blank, because a line is one entry."""
    for text in ("KJØP\tÆØÅ \u2028 \x85 \r", "one\ntwo", "•••"):
        lines.append(text)
    assert list(read_days(folder)) == ["KJØP\tÆØÅ \u2028 \x85 \r", "one two", "•••"]
    assert (lines.lost, lines.failure) == (0, "")


def test_nothing_is_made_before_the_first_line(folder: Path, lines: DayLines) -> None:
    """A till that only looks leaves no folder behind; and no folder is no lines."""
    assert not folder.exists()
    assert list(read_days(folder)) == []


def test_a_line_is_in_its_file_when_append_returns(folder: Path, lines: DayLines) -> None:
    """Another process can read it at once, so the death of this one takes nothing."""
    lines.append("asked")
    assert (folder / "2026-11-24.jsonl").read_bytes() == b"asked\n"


def test_each_day_has_a_file_and_the_oldest_is_read_first(folder: Path, lines: DayLines, hands: Hands) -> None:
    """The day is the one of UTC, whatever zone the clock speaks of; and a clock that steps back finds its old file."""
    for at in (_NOON, datetime(2026, 11, 26, 0, 30, tzinfo=timezone(timedelta(hours=1))), _NOON - timedelta(days=40)):
        hands.time = at
        lines.append(f"{at:%d}")
    hands.time = _NOON
    lines.append("again")
    assert sorted(path.name for path in folder.iterdir()) == [
        "2026-10-15.jsonl",
        "2026-11-24.jsonl",
        "2026-11-25.jsonl",
    ]
    assert list(read_days(folder)) == ["15", "24", "again", "26"]
    assert list(read_days(folder, day=date(2026, 11, 25))) == ["26"]
    assert list(read_days(folder, day=date(2026, 11, 27))) == []


def test_other_files_in_the_folder_are_left_alone(folder: Path, lines: DayLines) -> None:
    """Somebody's packed copies are not read as days."""
    lines.append("one")
    (folder / "2026-11-23.jsonl.gz").write_bytes(b"packed\n")
    (folder / "notes.jsonl").write_text("mine\n")
    assert list(read_days(folder)) == ["one"]


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077, 0o777])
def test_folder_and_files_are_their_owners_whatever_the_umask(folder: Path, lines: DayLines, mask: int) -> None:
    """A shop's machine has many users; what guests bought is none of their business."""
    with umask(mask):
        lines.append("one")
    assert (mode(folder), mode(folder / "2026-11-24.jsonl")) == (0o700, 0o600)


def test_a_torn_last_line_is_left_out_and_costs_no_other(folder: Path, lines: DayLines) -> None:
    """A power cut tears a line; the next line begins a new one, also when another process wrote the torn one."""
    lines.append("whole")
    file = folder / "2026-11-24.jsonl"
    with file.open("ab") as torn:
        torn.write(b'{"at":"2026-11-2')
    assert list(read_days(folder)) == ["whole"]
    lines.append("next")
    assert list(read_days(folder)) == ["whole", '{"at":"2026-11-2', "next"]


def test_bytes_that_are_no_text_do_not_stop_a_reader(folder: Path, lines: DayLines) -> None:
    """What a dying disk leaves behind costs its own line."""
    lines.append("one")
    with (folder / "2026-11-24.jsonl").open("ab") as file:
        file.write(b"\0\0\xff\n\n\n")
    lines.append("two")
    assert list(read_days(folder)) == ["one", "\0\0�", "two"]


def test_a_half_of_a_character_is_written_as_an_escape(folder: Path, lines: DayLines) -> None:
    """JSON may hold a lone surrogate, which has no UTF-8; its escape is JSON again."""
    lines.append('"\udc80"')
    assert list(read_days(folder)) == [r'"\udc80"']


def test_a_full_disk_costs_lines_and_raises_nothing(
    folder: Path, lines: DayLines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The payment goes on; what is lost is counted, and the next line that fits is whole again."""
    lines.append("before")
    real = os.write

    def full(file: int, content: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        lines.append("lost")
        # Room for a part of it only: the system writes as much as fits, and says how much.
        patch.setattr(os, "write", lambda file, content: real(file, content[:3]))
        lines.append("lost too")
    lines.append("after")
    assert list(read_days(folder)) == ["before", "los", "after"]
    assert lines.lost == 2
    assert lines.failure.startswith("the disk is full")


def test_a_folder_that_cannot_be_made_raises_nothing(tmp_path: Path, hands: Hands) -> None:
    """A file in its place is told, and does not stop the shop."""
    (tmp_path / "wire").write_text("in the way")
    lines = DayLines(tmp_path / "wire", now=hands.now)
    lines.append("lost")
    assert lines.lost == 1
    assert lines.failure


def test_a_file_that_somebody_deleted_is_made_anew(folder: Path, lines: DayLines) -> None:
    """A tidy-up in the middle of the day does not send the rest of the day into nothing."""
    lines.append("one")
    (folder / "2026-11-24.jsonl").unlink()
    lines.append("two")
    assert list(read_days(folder)) == ["two"]


def test_a_closed_log_opens_again_for_the_next_line(folder: Path, lines: DayLines) -> None:
    """Whoever closes late loses nothing of what still comes."""
    lines.append("one")
    lines.close()
    lines.append("two")
    assert list(read_days(folder)) == ["one", "two"]


def test_a_file_that_cannot_be_read_is_an_error_of_ours(folder: Path) -> None:
    """A reader hears a sentence and not an error of the operating system."""
    (folder / "2026-11-24.jsonl").mkdir(parents=True)
    with pytest.raises(JournalError, match="cannot be read"):
        list(read_days(folder))


def _line(writer: int, step: int) -> str:
    # Longer than a pipe or a page would take in one piece, if that mattered.
    return f"{writer}-{step}-" + str(writer) * (step * 97 % 9_000)


def append_all(lines: DayLines, writer: int, count: int) -> None:
    """Append what this writer has to say."""
    for step in range(count):
        lines.append(_line(writer, step))


def append_many(folder: Path, writer: int, count: int, pipe: Connection) -> None:
    """A process that waits for the start, and appends."""
    lines = DayLines(folder, now=Hands().now)
    pipe.send("ready")
    pipe.recv()
    append_all(lines, writer, count)
    pipe.send(lines.lost)
    lines.close()


def test_processes_and_threads_that_append_at_once_keep_lines_whole(folder: Path, lines: DayLines) -> None:
    """Two tills and the threads of a third write in one file: every line is there, whole, each writer's in order."""
    count = 300
    with (
        started(append_many, folder, 1, count) as (one, to_one),
        started(append_many, folder, 2, count) as (two, to_two),
    ):
        assert (told(to_one), told(to_two)) == ("ready", "ready")
        threads = [threading.Thread(target=append_all, args=(lines, writer, count)) for writer in (3, 4)]
        for pipe in (to_one, to_two):
            pipe.send("go")
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(_WAIT_S)
        assert (told(to_one), told(to_two), lines.lost) == (0, 0, 0)
        one.join(_WAIT_S)
        two.join(_WAIT_S)
    found = list(read_days(folder))
    assert len(found) == 4 * count
    for writer in (1, 2, 3, 4):
        mine = [line for line in found if line.startswith(f"{writer}-")]
        assert mine == [_line(writer, step) for step in range(count)]
