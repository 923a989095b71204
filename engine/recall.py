"""What was folded last, so that it need not be read and folded again a moment later."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.operation import Operation

_MOST = 128


class Recall:
    """Operations, each under the digest of its last fact.

    Such a digest covers every fact before it, so what is found under one is the very operation, whoever wrote it.
    Nothing in here can be out of date; it can only no longer be asked for. Only what was folded from all facts comes
    in: what a caller holds may be a fact behind.
    """

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._operations: dict[str, Operation] = {}

    def keep(self, digest: str, operation: Operation) -> Operation:
        """Remember it, and forget the one that was kept first, when they become too many."""
        with self._mutex:
            self._operations[digest] = operation
            if len(self._operations) > _MOST:
                del self._operations[next(iter(self._operations))]
        return operation

    def find(self, digest: str) -> Operation | None:
        """The operation whose last fact has this digest, if it is remembered."""
        return self._operations.get(digest)
