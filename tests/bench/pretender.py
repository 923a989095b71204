"""A contender that says it is durable and is not: it writes, and leaves the flush to luck."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any


class Pretender:
    """Two writes, no flush. It takes a second of every operation for somebody else's."""

    answered = 42

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)

    def operate(self, caller: int) -> float:
        """Not durable on return."""
        print("libraries print what they like")  # noqa: T201 - that is what is tried
        for _ in range(2):
            self._file.write(b"as good as stored\n")
        return 1.0

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def contend(folder: Path, *, callers: int, given: Mapping[str, Any]) -> Pretender:
    """Open it, or break down as it is told to."""
    if given.get("broken"):
        raise RuntimeError("the library is out of order")
    return Pretender(folder / "luck")
