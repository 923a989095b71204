"""The tracer: a forked process that stops before and after each system call, and can be killed at any of these stops.

A stop *before* is the entry: killed there, the call never happens. A stop *after* is the exit: the call has happened,
and the program never learns its result. Every thread is stopped at its own calls; the stops of all are counted in one
row. This is ptrace(2), by ctypes: no compiler is needed, and no process but the one that forks.

``strace -e inject`` would do as well, at a tenth of the speed; but its ``--seccomp-bpf`` silently injects nothing.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_TRACEME, _PEEKUSER, _SYSCALL, _SETOPTIONS = 0, 3, 24, 0x4200
_ORIG_RAX = 15 * 8
"""Where x86-64 keeps the number of the call that a thread is in."""

_SYSGOOD, _CLONE, _EXITKILL = 0x1, 0x8, 0x100000
"""Tell system calls from traps; follow new threads; kill what is traced when the tracer dies."""

_AT_SYSTEM_CALL = (signal.SIGTRAP | 0x80) << 8 | 0x7F
"""The status of a thread that has stopped at a call."""

_WALL = 0x40000000

_LONGEST_LIFE_S = 90
"""A forked process that hangs is ended by its alarm, and is then one that has failed."""

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
_libc.ptrace.restype = ctypes.c_long


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a traced process ended: by our kill at its last stop, or by itself.

    ``calls`` has the number of the system call at each stop; of a process that was killed, only that of the last.
    """

    stops: int
    killed: bool
    exit_code: int | None
    calls: tuple[int, ...] = ()


def fork(run: Callable[[], object]) -> int:
    """Run something in a forked process, and give its id."""
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setpgid(0, 0)
        signal.alarm(_LONGEST_LIFE_S)
        run()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - nothing of a forked process may come back into its parent's code
        traceback.print_exc()
        os._exit(1)


def be_traced() -> None:
    """In a forked process that has one thread: from here on its parent sees every call, as soon as it follows."""
    if len(list(Path("/proc/self/task").iterdir())) > 1:
        raise RuntimeError("a thread that runs already would not be seen")
    _ptrace(_TRACEME, 0)
    os.kill(os.getpid(), signal.SIGSTOP)


def follow(pid: int, kill_at: int | None = None) -> Ended:
    """Follow a process from where it begins to be traced, and kill it at a stop, counted from 1, if one is given."""
    _, status = os.waitpid(pid, _WALL)
    if not os.WIFSTOPPED(status):
        return _by_itself(0, status, ())
    _ptrace(_SETOPTIONS, pid, _SYSGOOD | _CLONE | _EXITKILL)
    _resume(pid)
    stops = 0
    calls: list[int] = []
    while True:
        # Of its group only: the tracer has other children, and whoever waits for all takes their endings away.
        thread, status = os.waitpid(-pid, _WALL)
        if status == _AT_SYSTEM_CALL:
            stops += 1
            if kill_at in (None, stops):
                calls.append(_libc.ptrace(_PEEKUSER, thread, _ORIG_RAX, None))
            if stops == kill_at:
                return Ended(stops=stops, killed=_kill(pid), exit_code=None, calls=tuple(calls))
            _resume(thread)
        elif os.WIFSTOPPED(status):
            # The birth of a thread shows as a trap in its parent, and as a stop in itself; all else is a real signal.
            sent = os.WSTOPSIG(status)
            _resume(thread, 0 if sent in (signal.SIGTRAP, signal.SIGSTOP) else sent)
        elif thread == pid:
            return _by_itself(stops, status, tuple(calls))


def wait_for(pid: int) -> int:
    """Wait for a process that was forked and is not traced; its exit code, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _by_itself(stops: int, status: int, calls: tuple[int, ...]) -> Ended:
    """The ending of a process that nobody here has killed."""
    return Ended(stops=stops, killed=False, exit_code=os.waitstatus_to_exitcode(status), calls=calls)


def _kill(pid: int) -> bool:
    """Kill a process in which a thread stands at a stop; whether it really died of that."""
    os.kill(pid, signal.SIGKILL)
    while True:
        thread, status = os.waitpid(-pid, _WALL)
        if thread == pid and not os.WIFSTOPPED(status):
            return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _resume(thread: int, deliver: int = 0) -> None:
    # A thread that was just killed with its process cannot be resumed, and need not be.
    _libc.ptrace(_SYSCALL, thread, None, deliver)


def _ptrace(request: int, pid: int, data: int = 0) -> None:
    if _libc.ptrace(request, pid, None, data) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
