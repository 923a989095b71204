"""The controls: what a journal, or an engine, can get wrong so that only a power cut shows it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

import journal.archiving
import journal.connection
import journal.handle
import journal.new_file
import journal.opening
import journal.side
from tests.prove.plants import intent_after_sending

_LOST = ("had been stored and is not there", "had been written")
"""Found by comparing, or by the journal itself with its mark."""

_UNWRITTEN = "was told to be not written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """A blunder; ``act`` is where it is looked for, and ``by`` are the words one of which must give it away."""

    put: Callable[[pytest.MonkeyPatch], None]
    act: str
    by: tuple[str, ...] = _LOST


def _writer(**settings: Any) -> Callable[[pytest.MonkeyPatch], None]:
    def put(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(journal.connection, "WRITER_SETTINGS", {**journal.connection.WRITER_SETTINGS, **settings})

    return put


def _no_folder_is_flushed(patch: pytest.MonkeyPatch) -> None:
    for module in (journal.side, journal.opening):
        patch.setattr(module, "sync_folder", lambda _path: None)


def _a_failed_flush_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    """The next write goes on in a log of which the disk lacks a part."""
    patch.setattr(journal.side.Side, "set_doubt", lambda _self: None)
    patch.setattr(journal.handle.WriteHandle, "begin_log_anew", lambda _self: True)


def _the_log_of_a_dead_one_is_not_flushed(patch: pytest.MonkeyPatch) -> None:
    """What a process wrote and did not come to flush is taken for durable by the next one."""
    patch.setattr(journal.handle.WriteHandle, "_flush_what_was_left", lambda _self: None)


def _a_doubtful_log_is_moved_as_it_is(patch: pytest.MonkeyPatch) -> None:
    """The disk lacks a part of the log while the main file is being changed."""
    patch.setattr(journal.handle, "renew_file", lambda _path: None)


def _an_archive_is_not_flushed(patch: pytest.MonkeyPatch) -> None:
    """Its facts are taken out of the journal all the same."""
    for module in (journal.archiving, journal.new_file):
        patch.setattr(module, "sync_file", lambda _path: None)
    connect = sqlite3.connect

    def careless(database: object, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(str(database), **options)
        if str(database).endswith(".part"):
            connection.execute("PRAGMA synchronous = OFF")  # else SQLite flushes it as well
        return connection

    patch.setattr(sqlite3, "connect", careless)


PLANTS: Mapping[str, Plant] = {
    "synchronous = NORMAL": Plant(put=_writer(synchronous=1), act="payments"),
    "synchronous = OFF": Plant(put=_writer(synchronous=0), act="payments"),
    "journal_mode = DELETE, synchronous = FULL": Plant(put=_writer(journal_mode="delete"), act="payments"),
    "the intent is written after the send": Plant(
        put=intent_after_sending, act="payments", by=("had been sent, and the journal knows nothing of it",)
    ),
    "folders are not flushed": Plant(put=_no_folder_is_flushed, act="payments"),
    "a failed flush is forgotten": Plant(put=_a_failed_flush_is_forgotten, act="after_doubt", by=(*_LOST, _UNWRITTEN)),
    "what a dead process left in the log is not flushed": Plant(put=_the_log_of_a_dead_one_is_not_flushed, act="dying"),
    "a log whose flush failed is moved into the main file as it is": Plant(
        put=_a_doubtful_log_is_moved_as_it_is, act="dying", by=("is damaged", "cannot be trusted")
    ),
    "an archive is not flushed before its facts are taken out": Plant(
        put=_an_archive_is_not_flushed, act="archiving", by=(*_LOST, "is not a journal", "of the archive")
    ),
}
