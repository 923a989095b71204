"""The faults that are planted to see whether the trial notices, each with the words that it must cause."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import pytest

import journal.reader
import journal.side
import journal.sqlite
import journal.verification
import recovery.looking
import recovery.recovering
from journal.errors import NotStored


@dataclass(frozen=True, slots=True)
class Plant:
    """How a fault is put in, and what a problem says that it has caused. Any other problem does not count."""

    put: Callable[[pytest.MonkeyPatch], None]
    words: str


def commit_error_is_undone(patch: pytest.MonkeyPatch) -> None:
    """A commit that failed is taken for one that did not happen."""

    def judge(_: Any, error: sqlite3.Error, __: Any) -> NoReturn:
        raise NotStored(f"{error}; nothing was written") from error

    patch.setattr(journal.sqlite.SqliteWriter, "_judge", judge)


def commit_error_is_ignored(patch: pytest.MonkeyPatch) -> None:
    """A commit that failed is taken for done, and the order is sent."""
    patch.setattr(journal.sqlite.SqliteWriter, "_judge", lambda *_: None)


def no_ballast(patch: pytest.MonkeyPatch) -> None:
    """Nothing is set aside for the answer of a guest who has paid when the disk is full."""
    patch.setattr(journal.side.Side, "free_ballast", lambda _: False)


def chain_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    """Nobody computes the digests anew."""

    def no_breaks(lines: Iterable[Any], **_: Any) -> Iterator[str]:
        for _line in lines:
            pass
        return iter(())

    patch.setattr(journal.verification, "chain_breaks", no_breaks)


def no_mark_is_kept(patch: pytest.MonkeyPatch) -> None:
    """How far the journal had come is not noted outside of it, so that an older copy looks like the newest."""
    patch.setattr(journal.side.Side, "read_mark", lambda _: None)


def any_file_will_do(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks whether the file at the path is still the one that was opened."""
    patch.setattr("os.path.samestat", lambda *_: True)


def strangers_are_passed_over(patch: pytest.MonkeyPatch) -> None:
    """What the terminal remembers and the journal does not know is nobody's business."""
    patch.setattr(recovery.looking.Lookout, "stranger", lambda *_: None)


def not_found_is_new(patch: pytest.MonkeyPatch) -> None:
    """Nobody asks a second index whether a name that is not found is new."""

    def named(self: Any, name: str) -> Any:
        found = {index: row for index, *row in self._ask(self._table.named, (name,))}
        return {column: self._row(found[column]) for column in self._table.singles if column in found}

    patch.setattr(journal.reader.SqliteReader, "named", named)


def one_index_is_believed(patch: pytest.MonkeyPatch) -> None:
    """What the index of open operations does not name is taken for settled."""
    patch.setattr(recovery.recovering, "_must_be_settled", lambda *_: None)


PLANTS: Mapping[str, Plant] = {
    "a commit error taken as undone": Plant(commit_error_is_undone, "and it stands in the journal"),
    "a commit error taken as done": Plant(commit_error_is_ignored, "its end has vanished"),
    "no ballast on a full disk": Plant(no_ballast, "its last reserve did not do"),
    "the chain is not checked": Plant(chain_is_not_checked, "silent"),
    "the end is not marked": Plant(no_mark_is_kept, "silent"),
    "a name that is not found is new": Plant(not_found_is_new, "which is paid, was sent again"),
    "what is open is asked of one index": Plant(one_index_is_believed, "was not looked into"),
    "no mark outside the file": Plant(no_mark_is_kept, "it is opened, and nobody is told"),
    "any file at the path will do": Plant(any_file_will_do, "1 orders were sent"),
    "strangers are passed over": Plant(strangers_are_passed_over, "and nobody is told"),
}
