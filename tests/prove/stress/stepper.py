"""A forked process that runs up to a system call, and from there instruction by instruction: ptrace(2), by ctypes."""

from __future__ import annotations

import ctypes
import os
import signal
import traceback
from collections.abc import Callable

_TRACEME, _CONT, _SINGLESTEP, _SYSCALL, _SETOPTIONS = 0, 7, 9, 24, 0x4200
_SYSGOOD, _EXITKILL = 0x1, 0x100000
"""Tell system calls from traps; kill what is traced when the tracer dies."""

_AT_SYSTEM_CALL = signal.SIGTRAP | 0x80

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
_libc.ptrace.restype = ctypes.c_long


def mark() -> None:
    """In the stepped process: stop here, and let the other one choose where to stop next."""
    os.kill(os.getpid(), signal.SIGSTOP)


class Stepped:
    """A forked process that stops at each of its marks. Only the thread that made it may move it."""

    def __init__(self, run: Callable[[], None]) -> None:
        self.pid = os.fork()
        if not self.pid:
            _run_traced(run)
        self.wait_for_mark()
        _ptrace(_SETOPTIONS, self.pid, _SYSGOOD | _EXITKILL)

    def wait_for_mark(self) -> None:
        """Until it stands at its next mark."""
        self._must_stand_by(signal.SIGSTOP)

    def step(self, calls: int, instructions: int) -> bool:
        """Let it do so many system calls, and then so many instructions; False when it came to its next mark first."""
        for _ in range(2 * calls):  # each stops at its entry and at its exit
            _ptrace(_SYSCALL, self.pid)
            if self._stopped_by() != _AT_SYSTEM_CALL:
                return False
        for _ in range(instructions):
            _ptrace(_SINGLESTEP, self.pid)
            if self._stopped_by() != signal.SIGTRAP:
                return False
        return True

    def go_on(self) -> None:
        """Let it run."""
        _ptrace(_CONT, self.pid)

    def end(self) -> None:
        """Kill it."""
        os.kill(self.pid, signal.SIGKILL)
        while not os.WIFSIGNALED(os.waitpid(self.pid, 0)[1]):
            pass

    def _must_stand_by(self, wanted: int) -> None:
        found = self._stopped_by()
        if found != wanted:
            raise RuntimeError(f"the stepped process stopped by {found}, and not by {wanted}")

    def _stopped_by(self) -> int:
        _, status = os.waitpid(self.pid, 0)
        if not os.WIFSTOPPED(status):
            raise RuntimeError(f"the stepped process ended with {os.waitstatus_to_exitcode(status)}")
        return os.WSTOPSIG(status)


def _run_traced(run: Callable[[], None]) -> None:
    try:
        _ptrace(_TRACEME, 0)
        mark()
        run()
    except BaseException:  # noqa: BLE001 - nothing of a forked process may come back into its parent's code
        traceback.print_exc()
    os._exit(1)


def _ptrace(request: int, pid: int, data: int = 0) -> None:
    if _libc.ptrace(request, pid, None, data) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
