"""Several processes: eight tills, four terminals, one journal, and somebody who kills them at random.

Each till is a process behind the shipped door (``tillproof.open``), with the shipped locks, over HTTP on loopback. It
pays at whichever terminal the dice say, sometimes under a reference that all tills use, recovers, and looks around.
Several times a second one of them is killed (SIGKILL) and started again. A witness in shared memory is told at the door
of each lane who enters and who leaves; it knows nothing of our locks. After the last kill every till must get into
every lane, in a bounded time; no error of a lock, of SQLite or of the journal may have reached a caller; and when a
last recovery is done, the terminals' ledgers judge every operation.

Planted are a lane that keeps nobody out, and one whose lock outlives its holder, as a file with a process number in it
does.

What it cannot see: two who are in one lane while one of them is being killed, because a dead one cannot say when it
left; threads of one process (``tests/door`` has these); and a lock on a network share, which a journal refuses.

The tills come from a fork server, that is from a process that has the program loaded and nothing opened, because a
Python that starts anew for each kill would spend the minutes on importing. We also considered many terminals, so that
nobody waits; but waiting is where a lock is lost.
"""

from tests.prove.crowd.trial import PART

__all__ = ["PART"]
