"""What it was measured on: figures without a machine and a date are no figures."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from pathlib import Path

_CPU_INFO = Path("/proc/cpuinfo")
_MOUNTS = Path("/proc/mounts")
_STAT = Path("/proc/stat")
_IDLE = slice(3, 5)
"""Among the times of a core: doing nothing, and doing nothing while a disk does something (proc(5))."""
_IN_MEMORY = frozenset({"tmpfs", "ramfs"})


BUSY = 0.5
"""A load, of one core: whatever else runs then shows in the figures."""


class NoDisk(Exception):
    """The folder is in memory, where a flush costs nothing; name one on the disk that is to be measured."""


def machine() -> str:
    """The machine and what runs on it, in a line."""
    return (
        f"{platform.system()} {platform.release()}, {_processor()}, {os.cpu_count()} cores, "
        f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
    )


def load() -> float:
    """How many others wanted a core in the last minute; 0 where the machine does not say."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def busy_s() -> float:
    """How long the cores have been at work since the machine started, added up; 0 where the machine does not say."""
    try:
        ticks = [int(number) for number in _STAT.read_text("utf-8").splitlines()[0].split()[1:9]]
    except OSError:
        return 0.0
    return (sum(ticks) - sum(ticks[_IDLE])) / os.sysconf("SC_CLK_TCK")


def _processor() -> str:
    try:
        lines = _CPU_INFO.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def must_be_on_disk(folder: Path) -> None:
    """Make sure that a flush in this folder reaches a disk, as far as the machine tells.

    Raises:
        NoDisk: it does not.
    """
    kind = _file_system(folder.resolve())
    if kind in _IN_MEMORY:
        raise NoDisk(f"{folder} is {kind}, in memory, where a flush costs nothing; give --on a folder on a disk")


def _file_system(folder: Path) -> str:
    try:
        mounts = [line.split() for line in _MOUNTS.read_text("utf-8").splitlines()]
    except OSError:
        return "unknown"
    # The longest mount point above the folder; of two at one place, the later one.
    above = [(len(mount[1]), mount[2]) for mount in mounts if folder.is_relative_to(mount[1])]
    return max(above, key=lambda found: found[0])[1] if above else "unknown"
