"""One sqlite3 connection with a lock, on a journal's own tables: what most programs with threads do.

The rows are those that our journal writes for the first durable write of an operation, but for the work on them: the
digests are made up, and the row of the operation is not folded from its facts.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine import OPERATIONS
from journal import open_journal
from tools.bench.contenders.durable import make_durable
from tools.bench.paper import before, intent, new_id

_FACT = "INSERT INTO facts (seq, at, subject, kind, body, digest) VALUES (?, ?, ?, ?, ?, ?)"
_AT = "2026-11-24T12:00:00.000Z"


class Locked:
    """Each caller waits for the lock, writes, commits, and lets the next one in."""

    def __init__(self, path: Path, *, flush: bool) -> None:
        open_journal(path, projection=OPERATIONS, now=lambda: datetime.now(UTC)).close()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        make_durable(self._connection)
        if not flush:
            self._connection.execute("PRAGMA synchronous=OFF")
        self._lock = threading.Lock()
        self._seq = 0
        columns = ("seq", *OPERATIONS.columns)
        self._row = f"INSERT INTO {OPERATIONS.table} ({', '.join(columns)}) VALUES ({', '.join('?' for _ in columns)})"  # noqa: S608 - our own names

    def operate(self, caller: int) -> float:  # noqa: ARG002 - all share the connection
        """One commit: two facts and a row."""
        operation_id = new_id()
        facts = [
            (_AT, operation_id, str(draft.kind), json.dumps(draft.body), "0" * 64) for draft in before(operation_id)
        ]
        told = {**intent(operation_id), "operation_id": operation_id, "state": "dispatched", "unsettled": 1}
        row = [told.get(column) for column in OPERATIONS.columns]
        with self._lock:
            first = self._seq + 1
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(_FACT, [(first + place, *fact) for place, fact in enumerate(facts)])
            self._connection.execute(self._row, (first, *row))
            self._connection.execute("COMMIT")
            self._seq += len(facts)
        return 0.0

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def contend(folder: Path, *, callers: int, given: Mapping[str, Any]) -> Locked:  # noqa: ARG001 - it serves any number
    """Open it. Without ``flush`` it keeps no promise, and shows what the flushes of the other cost."""
    return Locked(folder / "shop.journal", flush=given.get("flush", True))
