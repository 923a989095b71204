"""The barest journal: two durable writes of an operation, shared by those who come at the same time, and no more.

A floor under ours: nothing is chained, folded, looked up in the file or kept from other processes. What a till loses
with this one is what two commits of SQLite cost a program in Python, whatever else its journal promises.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from engine import FactKind
from journal import Draft, Fact
from journal.batch import Batch
from journal.group import Group
from tools.bench.contenders.durable import make_durable
from tools.bench.forgetful import ForgetfulJournal

_TABLE = "CREATE TABLE operations (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, intent TEXT NOT NULL, answer TEXT) STRICT"
_INTENT = "INSERT INTO operations (intent, id) VALUES (?, ?)"
_ANSWER = "UPDATE operations SET answer = ? WHERE id = ?"


class _Write(Batch):
    """One statement, and what is bound in it."""

    def __init__(self, drafts: Sequence[Draft]) -> None:
        super().__init__((), last_resort=False)
        self.statement = _INTENT if drafts[0].kind == FactKind.INTENDED else _ANSWER
        self.values = (json.dumps([draft.body for draft in drafts]), drafts[0].subject)


class BarestJournal(ForgetfulJournal):
    """One that forgets, but for an insert before and an update after each operation, both flushed."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        make_durable(self._connection)
        self._connection.execute(_TABLE)
        # Nobody is waited for: that is faster here, where the guests take no longer than a few flushes.
        self._group = Group(self._write, in_use=lambda: 0)

    def append(self, drafts: Sequence[Draft], *, last_resort: bool = False) -> tuple[Fact, ...]:
        """Write it, and take it in."""
        self._group.write(_Write(drafts))
        return super().append(drafts, last_resort=last_resort)

    def _write(self, batches: Sequence[Batch]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        for batch in batches:
            if isinstance(batch, _Write):
                self._connection.execute(batch.statement, batch.values)
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
