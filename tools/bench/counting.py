"""Counting by the kernel: how often a contender really asks for a flush, told by strace.

Counted are the calls by which a program can make bytes durable, in all threads. The stop at each of them costs some
50 µs, so groups of commits may come out a little larger than they are.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from tools.bench.booth import Booth, booth
from tools.bench.contender import Entry

_FLUSHES = ("fsync", "fdatasync", "sync_file_range", "msync", "sync", "syncfs")
_TRACED = ",".join(f"?{call}" for call in (*_FLUSHES, "mkdir", "mkdirat"))

_ONLY_THESE = ("-f", "--seccomp-bpf", "-e", f"trace={_TRACED}")
"""With the filter of the kernel: else strace stops all other calls as well, and a busy till becomes a slow one."""

# The start of a call; strace tells the rest of one that waits in a second line, "<... fsync resumed>".
_CALL = re.compile(rf"^(?:\d+ +)?({'|'.join(_FLUSHES)})\(", re.ASCII)
_MARK = re.compile(r'^(?:\d+ +)?mkdir(?:at)?\((?:AT_FDCWD, )?"(begin|end)"', re.ASCII)


class NoTrace(Exception):
    """The kernel cannot be asked here; the message says why."""


class NoMarks(Exception):
    """The trace does not show where the operations began or ended, so nothing can be counted in it."""


def must_trace() -> None:
    """Make sure that strace is there and may trace.

    Raises:
        NoTrace: it is not, or it may not.
    """
    program = shutil.which("strace")
    if program is None:
        raise NoTrace("strace is not on this machine")
    tried = subprocess.run(  # noqa: S603 - found on the path, with arguments of ours
        [program, *_ONLY_THESE, "true"], check=False, capture_output=True, text=True
    )
    if tried.returncode:
        raise NoTrace(f"strace may not trace here: {tried.stderr.strip().splitlines()[-1]}")


def flushes_per_operation(
    entry: Entry, folder: Path, *, callers: int, do: Callable[[Booth], int], warm: Callable[[Booth], object]
) -> float:
    """How many flushes an operation costs; ``do`` lets the contender operate, and gives how often it did.

    Raises:
        NoMarks: see there.
    """
    trace = folder / f"{sum(1 for _ in folder.iterdir()):02d}.strace"
    under = ("strace", *_ONLY_THESE, "-o", str(trace), "-e", "signal=none")
    with booth(entry, folder, callers=callers, under=under) as opened:
        warm(opened)
        opened.mark("begin")
        operations = do(opened)
        opened.mark("end")
    return count_flushes(trace.read_text("utf-8", errors="replace")) / operations


def count_flushes(trace: str) -> int:
    """The flushes between the two marks.

    Raises:
        NoMarks: see there.
    """
    lines = trace.splitlines()
    marks = [(number, found[1]) for number, line in enumerate(lines) if (found := _MARK.match(line))]
    if [name for _, name in marks] != ["begin", "end"]:
        raise NoMarks(f"expected the marks begin and end, and found {[name for _, name in marks]}")
    (begin, _), (end, _) = marks
    return sum(1 for line in lines[begin:end] if _CALL.match(line))
