"""The planted faults: a lane that keeps nobody out, and one that outlives its holder."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

import journal.file
from journal import LaneBusy
from tests.prove.plants import lane_lock_removed


def file_with_a_process_number(patch: pytest.MonkeyPatch) -> None:
    """The lane is held by whoever made the file, until he deletes it: a dead one never does."""

    @contextmanager
    def lane(self: Any, name: str, *, wait_s: float) -> Iterator[None]:
        path = self._side.path / "lanes" / f"{name}.pid"
        deadline = time.monotonic() + wait_s
        while True:
            try:
                os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
                break
            except FileExistsError:
                if time.monotonic() > deadline:
                    raise LaneBusy(name, "a file") from None
                os.sched_yield()
        try:
            yield
        finally:
            path.unlink()

    patch.setattr(journal.file.FileJournal, "lane", lane)


PLANTS: Mapping[str, Callable[[pytest.MonkeyPatch], None]] = {
    "the lane lock is removed": lane_lock_removed,
    "the lane lock is a file that outlives its holder": file_with_a_process_number,
}
