"""The floor: each caller appends to a file of its own twice, and flushes each time."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.bench.paper import answer, dispatch, intent, new_id

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT


class Raw:
    """What no journal can be faster than. Without ``flush`` it is the planted one, which only pretends."""

    def __init__(self, folder: Path, *, callers: int, appends: int, flush: bool) -> None:
        self._files = [os.open(folder / f"raw-{caller}", _FLAGS, 0o600) for caller in range(callers)]
        operation_id = new_id()
        first = json.dumps([intent(operation_id), dispatch()]).encode()
        second = json.dumps(answer(operation_id)).encode()
        self._records = (first, second)[:appends]
        self._flush = flush

    def operate(self, caller: int) -> float:
        """As many durable appends as were wanted."""
        for record in self._records:
            os.write(self._files[caller], record)
            if self._flush:
                os.fdatasync(self._files[caller])
        return 0.0

    def close(self) -> None:
        """Close the files."""
        for file in self._files:
            os.close(file)


def contend(folder: Path, *, callers: int, given: Mapping[str, Any]) -> Raw:
    """Open it."""
    return Raw(folder, callers=callers, appends=given.get("appends", 2), flush=given.get("flush", True))
