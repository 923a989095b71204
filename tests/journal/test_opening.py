"""What is refused, with the sentence that says why and what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from journal import Journal, JournalError, JournalMissing, JournalRefused, NotStored, Projection, read_journal
from tests.journal.things import RESHAPED, THINGS, draft, opened, tampering, written


def test_journal_is_found_again(path: Path) -> None:
    """What was appended before closing is there after opening."""
    journal = opened(path)
    facts = journal.append([draft("a", label="x")])
    journal.close()
    journal.close()

    again = opened(path)
    assert tuple(again.facts()) == facts
    assert again.append([draft("b")])[0].seq == 2
    again.close()


def test_closed_journal_says_so(path: Path) -> None:
    """After closing, nothing is answered and nothing taken."""
    journal = opened(path)
    journal.close()

    uses: list[Callable[[], object]] = [
        lambda: journal.append([draft("a")]),
        lambda: journal.facts_of("a"),
        lambda: list(journal.facts()),
        lambda: journal.named("a"),
        journal.open_rows,
        journal.verify,
        journal.lane("north", wait_s=0).__enter__,
        lambda: journal.rising("stamp", floor=1),
        lambda: journal.advance("heard", to=1),
    ]
    for use in uses:
        with pytest.raises(JournalError, match="closed"):
            use()


def _other_database(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE orders (id)")
    connection.close()


def _newer(path: Path) -> None:
    written(path)
    with tampering(path) as connection:
        connection.execute("PRAGMA user_version = 99")


def _other_application(path: Path) -> None:
    written(path)
    with tampering(path) as connection:
        connection.execute("PRAGMA application_id = 1")


_REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "garbage": (
        lambda path: path.write_bytes(b"no database at all, but long enough to be one" * 20),
        "is not a journal",
    ),
    "another database": (_other_database, "not a journal but some other database"),
    "another application": (_other_application, "not a journal but some other database"),
    "a newer release": (_newer, "newer release.*update this program"),
    "a folder": (Path.mkdir, "is a folder: name the journal file itself"),
}


@pytest.mark.parametrize("fault", _REFUSED)
@pytest.mark.parametrize("use", ["write", "read"])
def test_what_is_no_journal_is_refused(path: Path, fault: str, use: str) -> None:
    """Neither writing nor reading begins on a file that is not ours; and the file is left as it was."""
    make, told = _REFUSED[fault]
    path.parent.mkdir()
    make(path)
    before = path.read_bytes() if path.is_file() else b""

    with pytest.raises(JournalRefused, match=told):
        opened(path) if use == "write" else read_journal(path, projection=THINGS)

    assert (path.read_bytes() if path.is_file() else b"") == before


def test_file_without_the_right_to_write_is_refused(path: Path) -> None:
    """For root too: somebody took the owner's right away on purpose. Reading goes on."""
    written(path).chmod(0o400)

    with pytest.raises(JournalRefused, match="may only be read"):
        opened(path)
    reader = read_journal(path, projection=THINGS)
    assert len(list(reader.facts())) == 5
    reader.close()


def test_journal_that_is_not_there_is_not_read(path: Path) -> None:
    """Reading never creates: no file, no folder, nothing beside it."""
    with pytest.raises(JournalRefused, match="does not exist"):
        read_journal(path, projection=THINGS)

    assert not path.parent.exists()


def test_empty_file_becomes_a_journal(path: Path) -> None:
    """A process that died between making the file and filling it leaves an empty one, and that is no fault."""
    path.parent.mkdir()
    path.touch()

    with pytest.raises(JournalRefused, match="is not a journal"):
        read_journal(path, projection=THINGS)
    journal = opened(path)
    assert journal.append([draft("a")])[0].seq == 1
    journal.close()


@pytest.mark.parametrize("log_bytes", [0, 32, 32 + 24 + 4096])
def test_a_journal_whose_making_was_cut_short_is_made(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log_bytes: int
) -> None:
    """A process that died while it wrote the tables leaves the beginning of a log; the next one begins anew at once."""
    whole = tmp_path / "whole" / "till.db"
    monkeypatch.setattr("journal.handle.WriteHandle.checkpoint", lambda _self: None)
    making = opened(whole)
    path.parent.mkdir(exist_ok=True)
    shutil.copy(whole, path)
    log = Path(f"{whole}-wal").read_bytes()
    making.close()
    assert len(log) > 32 + 2 * (24 + 4096)
    Path(f"{path}-wal").write_bytes(log[:log_bytes])

    journal = opened(path)
    assert [fact.seq for fact in journal.append([draft("a")])] == [1]
    assert journal.verify().breaks == ()
    journal.close()


def test_vanished_file_is_not_replaced_by_an_empty_one(path: Path) -> None:
    """Where a journal was, nobody quietly begins a new one."""
    written(path).unlink()

    with pytest.raises(JournalRefused, match="is missing"):
        opened(path)
    assert not path.exists()


def test_log_without_its_file_is_not_thrown_away(path: Path) -> None:
    """If only the main file is lost, the last facts are in the log, which SQLite would delete over an empty file."""
    journal = opened(path)
    journal.append([draft("a")])
    log = path.with_name(path.name + "-wal")
    kept = log.read_bytes()
    journal.close()
    shutil.rmtree(path.with_name(path.name + ".side"))
    path.unlink()
    log.write_bytes(kept)

    with pytest.raises(JournalRefused, match="is missing"):
        opened(path)
    assert log.read_bytes() == kept


@pytest.mark.parametrize("swap", ["deleted", "replaced"])
def test_file_that_is_taken_away_under_a_writer_is_noticed(path: Path, swap: str) -> None:
    """No fact goes into a file that nobody will find at its path."""
    journal = opened(path)
    journal.append([draft("a")])
    aside = path.with_name("aside")
    path.rename(aside)
    if swap == "replaced":
        shutil.copy(aside, path)

    with pytest.raises(NotStored, match="deleted or replaced"):
        journal.append([draft("b")])

    path.unlink(missing_ok=True)
    aside.rename(path)
    assert journal.append([draft("c")])[0].seq == 2
    journal.close()


def test_side_folder_that_is_taken_away_is_noticed(path: Path) -> None:
    """A lock on a deleted file excludes nobody, so nothing is written under it."""
    journal = opened(path)
    shutil.rmtree(path.with_name(path.name + ".side"))

    with pytest.raises(NotStored, match=r"writer\.lock was deleted"):
        journal.append([draft("a")])
    assert tuple(journal.facts()) == ()
    journal.close()


def test_forked_child_is_refused(path: Path) -> None:
    """A connection that two processes share ruins the file; the child is told to open its own."""
    journal = opened(path)
    pid = os.fork()
    if pid == 0:  # the child tells what it met by how it ends
        try:
            journal.append([draft("child")])
        except JournalError as error:
            journal.close()
            os._exit(7 if "open it anew in a forked process" in str(error) else 8)
        os._exit(9)
    _, status = os.waitpid(pid, 0)

    assert os.waitstatus_to_exitcode(status) == 7
    assert journal.append([draft("parent")])[0].seq == 1
    journal.close()


def test_other_projection_is_made_anew_from_the_facts(path: Path) -> None:
    """A table of another shape is replaced by what the facts say, and can be read as before."""
    written(path, 3)
    with pytest.raises(JournalRefused, match="another release"):
        read_journal(path, projection=RESHAPED)

    journal = opened(path, RESHAPED)
    assert [(found["thing_id"], found["first_at"]) for found in journal.open_rows("north")] == [
        (f"thing-{n}", f"2026-01-02T03:04:0{5 + n}.678Z") for n in (1, 2, 3)
    ]
    assert journal.verify().breaks == ()
    journal.close()


def test_projection_that_cannot_fold_the_past_is_refused(path: Path) -> None:
    """A release that finds the facts impossible does not get to write; the table stays as it was."""
    written(path, 3)

    def unable(_: object) -> dict[str, int]:
        raise ValueError("no such kind")

    with pytest.raises(JournalRefused, match=r"'thing-1' cannot be folded.*no such kind"):
        opened(path, replace(RESHAPED, row=unable))
    journal = opened(path)
    assert len(journal.open_rows()) == 3
    journal.close()


@pytest.mark.parametrize(
    "change",
    [
        {"table": "things; DROP TABLE facts"},
        {"table": "facts"},
        {"columns": {**THINGS.columns, "seq": int}},
        {"columns": {**THINGS.columns, "a b": int}},
        {"key": "other"},
        {"lane": "steps"},
        {"open": "label"},
        {"unique": ("steps",)},
    ],
    ids=repr,
)
def test_projection_that_makes_no_table_is_refused(path: Path, change: dict[str, object]) -> None:
    """Names go into SQL, so they are plain words; and the journal's own three columns must be there."""
    projection: Projection = replace(THINGS, **change)  # type: ignore[arg-type]

    with pytest.raises(JournalError, match="projection"):
        opened(path, projection)
    assert not path.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_files_are_readable_by_their_owner_only(path: Path) -> None:
    """Under a umask that allows everything, and while running as well as after closing."""
    before = os.umask(0)
    try:
        journal = opened(path)
        journal.append([draft("a")])
        with journal.lane("north", wait_s=0), journal.rising("stamp", floor=1):
            modes = {found.name: stat.S_IMODE(found.stat().st_mode) for found in [path.parent, *path.parent.rglob("*")]}
        journal.close()
    finally:
        os.umask(before)

    folders = dict.fromkeys(["shop", "till.journal.side", "lanes", "rising"], 0o700)
    files = [
        "till.journal",
        "till.journal-wal",
        "till.journal-shm",
        "writer.lock",
        "mark",
        "ballast",
        "north.lock",
        "stamp",
    ]
    assert modes == folders | dict.fromkeys(files, 0o600)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_existing_folder_keeps_its_mode(path: Path) -> None:
    """A folder that somebody made for more than the journal is theirs."""
    path.parent.mkdir()
    path.parent.chmod(0o755)
    opened(path).close()

    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o755


def test_one_journal_by_two_paths_has_one_side_folder(path: Path, tmp_path: Path) -> None:
    """Through a link the same locks are found; else two writers would meet in one file."""
    written(path)
    link = tmp_path / "link.journal"
    link.symlink_to(path)

    journal: Journal = opened(link)
    assert len(list(journal.facts())) == 5
    journal.close()
    assert not link.with_name("link.journal.side").exists()


def test_reader_reads_beside_a_writer_and_changes_nothing(path: Path) -> None:
    """A reader sees each commit, has no way to append, and its closing leaves the log to the writer."""
    journal = opened(path)
    journal.append([draft("a", label="x", lane="north")])
    reader = read_journal(path, projection=THINGS)
    journal.append([draft("a", "Done")])
    log = path.with_name(path.name + "-wal")
    size = log.stat().st_size

    assert [fact.kind for fact in reader.facts_of("a")] == ["Begun", "Done"]
    assert reader.named("x") == journal.named("x") != {}
    assert reader.verify() == journal.verify()
    assert not hasattr(reader, "append")
    reader.close()
    assert log.stat().st_size == size > 0
    journal.close()


def test_a_reader_tells_a_journal_that_is_gone_from_one_that_never_was(tmp_path: Path) -> None:
    """Nothing there yet is a beginning; a file that vanished from beside its side folder is a loss."""
    path = tmp_path / "j"
    with pytest.raises(JournalMissing, match="does not exist"):
        read_journal(path, projection=THINGS)
    journal = opened(path)
    journal.append([draft("a")])
    journal.close()
    path.unlink()
    with pytest.raises(JournalRefused, match="is missing, though a journal was written here") as caught:
        read_journal(path, projection=THINGS)
    assert not isinstance(caught.value, JournalMissing)
