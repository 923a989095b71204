"""System calls by their numbers on x86-64, and which of them nobody else can tell from never having been made."""

from __future__ import annotations

_CHANGING = {
    1: "write",
    18: "pwrite64",
    20: "writev",
    42: "connect",
    44: "sendto",
    74: "fsync",
    75: "fdatasync",
    77: "ftruncate",
    83: "mkdir",
    87: "unlink",
    90: "chmod",
    91: "fchmod",
    93: "fchown",
    257: "openat",
    263: "unlinkat",
}

_LOOKING = {
    0: "read",
    3: "close",
    4: "stat",
    5: "fstat",
    6: "lstat",
    7: "poll",
    8: "lseek",
    9: "mmap",
    10: "mprotect",
    11: "munmap",
    12: "brk",
    13: "rt_sigaction",
    14: "rt_sigprocmask",
    16: "ioctl",
    17: "pread64",
    21: "access",
    24: "sched_yield",
    28: "madvise",
    32: "dup",
    35: "nanosleep",
    39: "getpid",
    41: "socket",
    45: "recvfrom",
    51: "getsockname",
    54: "setsockopt",
    55: "getsockopt",
    60: "exit",
    72: "fcntl",
    73: "flock",
    79: "getcwd",
    89: "readlink",
    102: "getuid",
    107: "geteuid",
    186: "gettid",
    202: "futex",
    217: "getdents64",
    218: "set_tid_address",
    228: "clock_gettime",
    230: "clock_nanosleep",
    231: "exit_group",
    262: "newfstatat",
    273: "set_robust_list",
    302: "prlimit64",
    318: "getrandom",
    332: "statx",
    334: "rseq",
    435: "clone3",
}
"""Reads, looks, memory of one's own; and locks, files and connections, which the kernel takes from the dead anyhow."""


def name_of(call: int) -> str:
    """Its name, or its number when it is none that a till is known to make."""
    return _CHANGING.get(call) or _LOOKING.get(call) or f"call {call}"


def changes(call: int) -> bool:
    """Whether somebody else may see that it was made. Of a call that nobody knows, that is to be expected."""
    return call not in _LOOKING
