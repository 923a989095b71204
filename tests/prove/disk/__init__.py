"""Disks and files that fail: every call once and for ever, bits that flip, files that are not what they were.

Four trials. *Calls*: below Python and SQLite, each open, write, sync, truncate and unlink of each kind of operation
fails once, or it and all later ones, with an input/output error, a full disk, or a write cut short; then the disk is
sound again, a new process recovers, and the terminals' ledger judges. *Bits*: single flips and truncations in the file
and its log; each must be noticed, or change nothing that anyone can read. *Places*: a journal that is read-only,
deleted, replaced, copied or put back from yesterday. *Room*: a disk that is full when the guest has paid.

What it cannot see: a flush that reports success and did nothing. No program can; the accountant's copy can.

We also considered ``strace`` with injected errors. It fails about five calls a second; a preloaded library, hundreds.
"""

from tests.prove.disk.trial import PART

__all__ = ["PART"]
