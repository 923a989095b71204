"""The failing disk: a small library below Python and SQLite, preloaded into the processes that try it."""

from __future__ import annotations

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from functools import cache
from pathlib import Path


class Fault(IntEnum):
    """What a call fails with; the numbers are those of ``injector.c``."""

    EIO = 1
    ENOSPC = 2
    SHORT = 3
    FULL = 4
    """From now on nothing grows, but for the room that is given back by deleting."""

    @property
    def words(self) -> str:
        """For a sentence."""
        return {
            Fault.EIO: "an input/output error",
            Fault.ENOSPC: "no space",
            Fault.SHORT: "a write cut short",
            Fault.FULL: "a full disk",
        }[self]


KINDS = {
    "o": "open",
    "c": "open or make, creating",
    "w": "write",
    "s": "sync",
    "t": "truncate",
    "u": "unlink",
    "r": "rename",
}


@contextmanager
def preloaded(folder: Path) -> Iterator[None]:
    """Processes that are started in here stand on the failing disk."""
    library = folder / "injector.so"
    source = Path(__file__).with_name("injector.c")
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)  # noqa: S607
    before = os.environ.get("LD_PRELOAD")
    os.environ["LD_PRELOAD"] = str(library)
    try:
        yield
    finally:
        if before is None:
            del os.environ["LD_PRELOAD"]
        else:
            os.environ["LD_PRELOAD"] = before


class Disk:
    """The disk under one folder of this process, which must have been started under ``preloaded``."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder).encode()
        self._library = _library()

    def count(self) -> None:
        """Count the calls from now on, and let none fail."""
        self._library.disk_arm(self._folder, -1, 0, 0)

    def fail(self, call: int, fault: Fault, *, for_ever: bool) -> None:
        """Let the ``call``-th call from now on fail, counted from 0; and all later ones, if ``for_ever``."""
        self._library.disk_arm(self._folder, call, int(fault), int(for_ever))

    def heal(self) -> int:
        """All calls succeed again; how many had failed."""
        return int(self._library.disk_disarm())

    @property
    def calls(self) -> str:
        """What has been called since, a letter each: see ``KINDS``."""
        return "".join(chr(self._library.disk_kind(call)) for call in range(self._library.disk_calls()))


@cache
def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(None)
    library.disk_arm.argtypes = [ctypes.c_char_p, ctypes.c_long, ctypes.c_int, ctypes.c_int]
    library.disk_disarm.restype = ctypes.c_long
    library.disk_calls.restype = ctypes.c_long
    library.disk_kind.argtypes = [ctypes.c_long]
    library.disk_kind.restype = ctypes.c_ubyte
    return library
