"""What the shipped code and the simulator do otherwise in the play: no threads, and blank receipts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self
from unittest.mock import patch

import recovery.recovering
import tools.simulator.answers
from tools.simulator import Entry


class _InTurn:
    """In place of a pool of threads: recovery asks the terminals one after the other, in one greenlet."""

    def __init__(self, max_workers: int) -> None:
        del max_workers

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    map = staticmethod(map)


def _blank_receipts(_entry: Entry, *, embedded: bool) -> dict[str, object]:
    """No receipts: nothing about money follows from them, and they take a sixth of the time of everything."""
    del embedded
    return {}


@contextmanager
def in_one_thread() -> Iterator[None]:
    """While a play is on."""
    with (
        patch.object(recovery.recovering, "ThreadPoolExecutor", _InTurn),
        patch.object(tools.simulator.answers, "receipts_of", _blank_receipts),
    ):
        yield
