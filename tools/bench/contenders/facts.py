"""Our journal alone: two durable writes an operation, chained and folded into the row, without engine or terminal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine import OPERATIONS
from journal import open_journal
from tools.bench.paper import after, before, new_id


class Facts:
    """One journal, shared by all callers. Without ``answers`` an operation is a single commit."""

    def __init__(self, path: Path, *, answers: bool) -> None:
        self._journal = open_journal(path, projection=OPERATIONS, now=lambda: datetime.now(UTC))
        self._answers = answers

    def operate(self, caller: int) -> float:  # noqa: ARG002 - all callers share the journal
        """Write what an operation writes."""
        operation_id = new_id()
        self._journal.append(before(operation_id))
        if self._answers:
            self._journal.append(after(operation_id), last_resort=True)
        return 0.0

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()


def contend(folder: Path, *, callers: int, given: Mapping[str, Any]) -> Facts:  # noqa: ARG001 - see above
    """Open it; ``path`` names a journal that several processes share."""
    return Facts(Path(given.get("path", folder / "shop.journal")), answers=given.get("answers", True))
