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

_TRACEME, _PEEKUSER, _SYSCALL, _SETOPTIONS = 0, 3, 24, 0x4200
_ORIG_RAX = 15 * 8
"""Where x86-64 keeps the number of the call that a thread is in."""

_SYSGOOD, _CLONE, _EXITKILL = 0x1, 0x8, 0x100000
"""Tell system calls from traps; follow new threads; kill what is traced when the tracer dies."""

_AT_SYSTEM_CALL = signal.SIGTRAP | 0x80
_WALL = 0x40000000
_GETPGID = 121

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
_libc.ptrace.restype = ctypes.c_long


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a traced process ended, after how many stops.

    ``call`` is the system call at which it was killed. ``mark`` is the stop at which it called ``mark``, 0 if never.
    """

    stops: int
    killed: bool
    exit_code: int | None
    call: int | None = None
    mark: int = 0


def mark() -> None:
    """Let a traced process say how far it has come, by a call that nothing else makes."""
    os.getpgid(0)


def fork(run: Callable[[], object], *, traced: bool = False) -> int:
    """Run something in a forked process, and give its id. Traced, it waits for ``follow`` before it begins."""
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setpgid(0, 0)
        if traced:
            _ptrace(_TRACEME, 0)
            os.kill(os.getpid(), signal.SIGSTOP)
        run()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - nothing of a forked process may come back into its parent's code
        traceback.print_exc()
        os._exit(1)


def follow(pid: int, kill_at: int | None = None) -> Ended:
    """Let a process that was forked ``traced`` run, and kill it at a stop, counted from 1; without one, count them."""
    os.waitpid(pid, _WALL)
    _ptrace(_SETOPTIONS, pid, _SYSGOOD | _CLONE | _EXITKILL)
    _resume(pid)
    reached = marked = 0
    while True:
        # Of its group only: the tracer has other children, and whoever waits for all takes their endings away.
        thread, status = os.waitpid(-pid, _WALL)
        if os.WIFSTOPPED(status):
            deliver = os.WSTOPSIG(status)
            if deliver == _AT_SYSTEM_CALL:
                reached += 1
                call = _libc.ptrace(_PEEKUSER, thread, _ORIG_RAX, None)
                if reached == kill_at:
                    return Ended(stops=reached, killed=_kill(pid), exit_code=None, call=call, mark=marked)
                marked = reached if call == _GETPGID else marked
                deliver = 0
            elif deliver in (signal.SIGTRAP, signal.SIGSTOP):  # the birth of a thread, in both of them
                deliver = 0
            _resume(thread, deliver)
        elif thread == pid:
            return Ended(
                stops=reached,
                killed=os.WIFSIGNALED(status),
                exit_code=os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
                mark=marked,
            )


def wait_for(pid: int) -> int:
    """Wait for a process that was forked and is not traced; its exit code, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


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
