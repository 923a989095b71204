"""persist-queue's FIFO queue on SQLite: the intent is put in, and taken out when the answer is there."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.bench.contenders.durable import make_durable
from tools.bench.paper import dispatch, intent, new_id


class DiskQueue:
    """One queue, with its lock, for all callers: its way to be safe for threads."""

    def __init__(self, path: Path) -> None:
        library = importlib.import_module("persistqueue")
        self._queue = library.FIFOSQLiteQueue(str(path), auto_commit=True, multithreading=True)
        make_durable(self._queue._putter)  # noqa: SLF001 - it offers no other way to be sure
        if self._queue._getter is not self._queue._putter:  # noqa: SLF001 - the same
            make_durable(self._queue._getter)  # noqa: SLF001 - the same

    def operate(self, caller: int) -> float:  # noqa: ARG002 - all share the queue
        """A put and a get, each of which commits. It keeps no answer, so it writes less than the others."""
        self._queue.put([intent(new_id()), dispatch()])
        self._queue.get(block=False)
        return 0.0

    def close(self) -> None:
        """Close the queue."""
        self._queue.close()


def contend(folder: Path, *, callers: int, given: Mapping[str, Any]) -> DiskQueue:  # noqa: ARG001 - nothing to know
    """Open it."""
    return DiskQueue(folder / "queue")
