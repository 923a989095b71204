"""Kill: a till's process dies at a system call, before it or after it, and another one comes back.

**What is tried.** Every kind of operation in both modes, payments that are declined and cancelled, recoveries, aborts,
checkpoints and the making of a new journal: one *act* each, through ``tillproof.open``, at a simulated terminal behind
a real socket in a process of its own. A forked process is stopped with ptrace at the entry and the exit of each system
call of any of its threads, and at one of these stops it gets SIGKILL. Then a till comes back: it recovers, and asks for
the same references as a POS would. Two or three times it is killed as well, at a stop that the dice choose, and another
one comes back; half of them on a machine whose clock is an hour behind. The full slice takes every stop at a call that
somebody else could see (``calls.py``), and a share of the others by the dice of the run; the long one takes all. The
stops of opening the journal, which is the same for all, are taken in three acts.

**How it is judged.** By the terminal's ledger, after everything that the dead had sent has arrived: each operation
performed at most once, each known to the journal, with the ending that the ledger has, and none left in doubt. A bill
that a POS would try again is paid exactly once. What a caller had heard is on record before anybody is asked. Nobody
draws a stamp that is not above those that were sent before. The chain of the journal holds. A kill counts only if the
wait status says SIGKILL; a stop that was not reached, because the process was done before it, is no kill.

**What it cannot see.** A killed process leaves its writes to the kernel, so a missing flush does no harm here: that is
the part *power*. Guests take no time (or an hour, where they are to be cut short), so the terminal seldom works while
the till is dead. The terminal is of release 2.2 and belongs to one till: what it forgets, and what others overwrite, is
for the parts *simulation* and *crowd*. Rulings, and takeovers from another till, are not among the acts. Between two
system calls nothing can be seen from outside but shared memory, which SQLite writes without a call: a death between two
such writes is tried only where a call stands between them.

We also considered ``strace``: a tenth of the speed, and its ``--seccomp-bpf`` injects nothing without saying so. Kills
at random moments by a timer are in ``tests/door``; they hit where the time is spent, and not where the danger is.
"""

from tests.prove.kill.proof import PART

__all__ = ["PART"]
