"""The barest journal: two durable writes of an operation, shared by those who come at the same time, and no more.

A floor under ours: nothing is chained, folded, looked up in the file or kept from other processes. What a till loses
with this one is what two commits of SQLite cost a program in Python, whatever else its journal promises. One that is
patient waits for others with each of them, as ours does where many lanes are in use, and flushes as seldom.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from engine import FactKind
from journal import Draft, Fact
from tools.bench.contenders.durable import make_durable
from tools.bench.forgetful import ForgetfulJournal

_TABLE = "CREATE TABLE operations (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, intent TEXT NOT NULL, answer TEXT) STRICT"
_INTENT = "INSERT INTO operations (intent, id) VALUES (?, ?)"
_ANSWER = "UPDATE operations SET answer = ? WHERE id = ?"

_MOMENT_S = 0.002
_LONGEST_S = 0.01
"""How long a patient one waits for the next, and for all of them: what ours does, see ``journal/group.py``."""


class _Write:
    """One statement, what is bound in it, and whether it is on the disk."""

    def __init__(self, drafts: Sequence[Draft]) -> None:
        self.statement = _INTENT if drafts[0].kind == FactKind.INTENDED else _ANSWER
        self.values = (json.dumps([draft.body for draft in drafts]), drafts[0].subject)
        self.stored = False


class BarestJournal(ForgetfulJournal):
    """One that forgets, but for an insert before and an update after each operation, both flushed."""

    def __init__(self, path: Path, *, patient: bool) -> None:
        super().__init__()
        self._longest_s = _LONGEST_S if patient else 0.0
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        make_durable(self._connection)
        self._connection.execute(_TABLE)
        self._waiting: deque[_Write] = deque()
        self._turn = threading.Lock()

    def append(self, drafts: Sequence[Draft], *, last_resort: bool = False) -> tuple[Fact, ...]:
        """Write it, and take it in."""
        write = _Write(drafts)
        self._waiting.append(write)
        with self._turn:
            if not write.stored:  # whoever was first has not written it with his own
                self._write_all()
        return super().append(drafts, last_resort=last_resort)

    def _write_all(self) -> None:
        here, longest = 0, time.monotonic() + self._longest_s
        while len(self._waiting) > here and time.monotonic() < longest:
            here = len(self._waiting)
            time.sleep(_MOMENT_S)
        group = [self._waiting.popleft() for _ in range(len(self._waiting))]
        self._connection.execute("BEGIN IMMEDIATE")
        for write in group:
            self._connection.execute(write.statement, write.values)
        self._connection.execute("COMMIT")
        for write in group:
            write.stored = True

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
