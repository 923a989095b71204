"""huey's storage on SQLite: the intent is enqueued, the answer kept as the task's result."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.bench.paper import answer, dispatch, intent, new_id

_BUSY_S = 60.0


class TaskQueue:
    """Its storage with ``fsync``, which sets synchronous=FULL; WAL it has by itself."""

    def __init__(self, path: Path) -> None:
        storage = importlib.import_module("huey.storage")
        self._storage = storage.SqliteStorage(filename=str(path), fsync=True, journal_mode="wal", timeout=_BUSY_S)

    def operate(self, caller: int) -> float:  # noqa: ARG002 - it keeps a connection for each thread
        """Two commits."""
        operation_id = new_id()
        self._storage.enqueue(json.dumps([intent(operation_id), dispatch()]).encode())
        self._storage.put_data(operation_id, json.dumps(answer(operation_id)).encode())
        return 0.0

    def close(self) -> None:
        """Close this thread's connection."""
        self._storage.close()


def contend(folder: Path, *, callers: int, given: Mapping[str, Any]) -> TaskQueue:  # noqa: ARG001 - nothing to know
    """Open it."""
    return TaskQueue(folder / "tasks.db")
