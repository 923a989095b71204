"""Plain sqlite3, as a careful program uses it: a connection for each caller, WAL, synchronous=FULL, two commits."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.bench.contenders.durable import make_durable
from tools.bench.paper import answer, dispatch, intent, new_id

_BUSY_S = 60.0

_TABLE = "CREATE TABLE operations (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, intent TEXT NOT NULL, answer TEXT) STRICT"


class PlainSqlite:
    """An insert, committed, and an update, committed."""

    def __init__(self, path: Path, *, callers: int) -> None:
        self._connections = [self._connect(path) for _ in range(callers)]
        self._connections[0].execute(_TABLE)

    def _connect(self, path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
        make_durable(connection)
        return connection

    def operate(self, caller: int) -> float:
        """Each statement is an atomic write of its own."""
        connection, operation_id = self._connections[caller], new_id()
        first = json.dumps([intent(operation_id), dispatch()])
        connection.execute("INSERT INTO operations (id, intent) VALUES (?, ?)", (operation_id, first))
        second = json.dumps(answer(operation_id))
        connection.execute("UPDATE operations SET answer = ? WHERE id = ?", (second, operation_id))
        return 0.0

    def close(self) -> None:
        """Close the connections."""
        for connection in self._connections:
            connection.close()


def contend(folder: Path, *, callers: int, given: Mapping[str, Any]) -> PlainSqlite:  # noqa: ARG001 - nothing to know
    """Open it."""
    return PlainSqlite(folder / "plain.db", callers=callers)
