"""The flush: how long does the disk take to make something durable, and is that to be believed?

A drive that answers a flush before the bytes are safe makes everything fast, and loses paid bills in a power cut. No
program can see it lie; but a drive cannot be faster than its own medium.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tools.doctor.filesystem import MEMORY, mount_of
from tools.doctor.line import Line, good, unchecked, warning
from tools.doctor.patient import Patient
from tools.doctor.space import is_scarce

_TIMES = 50
_ENOUGH_S = 5.0
"""A disk on which fifty take longer is slow beyond doubt."""

_PAGE_BYTES = 4096
_TOO_FAST_MS = 0.05
"""Flash needs longer for a page; only a cache that a battery or a capacitor keeps alive may answer so soon."""

_SLOW_MS = 30.0
"""A payment waits for two of them."""


def flush(patient: Patient) -> Iterator[Line]:
    """Write and flush a file of its own where the journal is, some fifty times."""
    mount = mount_of(patient.folder)
    if is_scarce(patient):
        yield unchecked("flush", "the disk is nearly full, and what is left is the till's")
    elif mount is not None and mount.kind in MEMORY:
        yield unchecked("flush", f"{mount.kind} is memory: nothing is ever flushed there")
    else:
        try:
            took_ms = measure(patient.folder)
        except OSError as error:
            yield unchecked("flush", f"no file can be written in {patient.folder} ({error.strerror})")
            return
        yield judge(took_ms)


def measure(folder: Path, ticks: Callable[[], float] = time.perf_counter) -> list[float]:
    """How long each flush took, in milliseconds.

    One page, written over itself: the journal's log does the same, and the disk gives away no room that a till may
    need. The file has no name, so nothing stays, however this ends.

    Raises:
        OSError: there can be no file, or it cannot be flushed.
    """
    sync = getattr(os, "fdatasync", os.fsync)
    took_ms: list[float] = []
    with tempfile.TemporaryFile(dir=folder, prefix=".tillproof-flush-", buffering=0) as file:
        began = ticks()
        while len(took_ms) < _TIMES and (not took_ms or ticks() - began < _ENOUGH_S):
            file.seek(0)
            file.write(os.urandom(_PAGE_BYTES))
            before = ticks()
            sync(file.fileno())
            took_ms.append((ticks() - before) * 1000)
    return took_ms


def judge(took_ms: Sequence[float]) -> Line:
    """What the times say of the disk."""
    median, worst = statistics.median(took_ms), max(took_ms)
    told = f"median {median:.3g} ms, worst {worst:.3g} ms of {len(took_ms)}"
    measured = {"median_ms": round(median, 4), "worst_ms": round(worst, 4), "flushes": len(took_ms)}
    if median < _TOO_FAST_MS:
        return warning(
            "flush",
            f"{told}: too fast for a disk; it may lie about flushes, and then a power cut loses paid bills",
            "find out whether drive or controller has a cache that survives a power cut; if not, switch its write "
            "cache off, or take another drive",
            measured=measured,
        )
    if median > _SLOW_MS:
        return warning(
            "flush",
            f"{told}: slow, and each payment waits for two",
            "look for other programs that write, and for errors of the disk; take a faster one",
            measured=measured,
        )
    return good("flush", told, measured=measured)
