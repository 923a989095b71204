"""Disks and files that fail: every call once and for ever, bits that flip, files that are not what they were.

Three trials, each with planted faults that only count as caught by the words that they must cause.

*Calls*: below Python and SQLite, each open, write, sync, truncate, rename and unlink of each kind of operation fails
once, or it and all later ones, with an input/output error, no space, or a write cut short; or from there on nothing
grows any more, as on a full disk when the guest has paid. Then the disk is sound again, a new run of the program
recovers, and the terminals' ledger judges. What never struck is not counted.

*Bits*: different single flips and truncations in the file and its log, of journals of several shapes, as a till leaves
them that was closed or killed; each must be noticed, or change nothing that anyone can read. Where only the check
notices, a till pays all the same, and must charge nobody twice.

*Places*: a journal that is read-only, deleted, replaced, overwritten, emptied, copied or put back from yesterday,
under a running till or between two.

What it cannot see:

* A flush that reports success and did nothing. No program can; the accountant's copy can.
* A journal that was put back together with the folder beside it, or copied, does not know the references that were paid
  after it. The same reference, given to it, charges again. A recovery warns of a stranger in the terminal's memory, and
  nothing blocks; after a capture or a restart the terminal has forgotten, and not even the stranger is seen.
* A read-only file system is not tried as such, only a file whose owner may not write: root ignores all other modes.
* A journal in which a reference cannot even be looked up gives ``JournalError`` and not ``NothingSent``: nobody knows
  then whether that reference had been paid before. Nothing is sent either way.

We also considered ``strace`` with injected errors. It fails about five calls a second; a preloaded library, hundreds.
"""

from tests.prove.disk.trial import PART

__all__ = ["PART"]
