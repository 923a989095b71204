"""The faults that are planted to see whether the trial notices: what a journal does that believes its disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import pytest

import journal.side
import journal.sqlite
import journal.verification
from journal.errors import NotStored


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


def no_chain(patch: pytest.MonkeyPatch) -> None:
    """The digests are not looked at."""
    patch.setattr(journal.verification, "chain_breaks", lambda *_, **__: iter(()))


def no_mark(patch: pytest.MonkeyPatch) -> None:
    """Nobody notes outside of the file how far it had come."""
    patch.setattr(journal.side.Side, "read_mark", lambda _: None)


def no_identity(patch: pytest.MonkeyPatch) -> None:
    """Whatever lies under the name is taken for the file that was opened."""
    patch.setattr("os.path.samestat", lambda *_: True)


PLANTS: Mapping[str, Callable[[pytest.MonkeyPatch], None]] = {
    "a commit error taken as undone": commit_error_is_undone,
    "a commit error taken as done": commit_error_is_ignored,
    "no ballast on a full disk": no_ballast,
    "the chain is not checked": no_chain,
    "no mark outside the file": no_mark,
    "another file under its name is not noticed": no_identity,
}
