"""The SQLite bug: on a SQLite that loses commits, several of our processes work on one journal, and it loses none.

SQLite 3.7.0 to 3.51.2 forgets committed pages when one process begins its log anew at the instant in which another
begins a checkpoint (``journal/library.py``). Most Pythons carry such a SQLite, this one as a rule too. Our answer is a
lock around everything that writes or checkpoints, opening and closing included. Here a crew works on one journal file
in memory: writers who checkpoint often, a till that pays, loses answers and recovers, one who only checkpoints, one who
opens and closes, one who makes backups; and beside them strangers who read, as Python's ``sqlite3``, Datasette and the
``sqlite3`` program do. Each of ours keeps account of what was stored for it. In the end all of that, and nothing else,
must be in the journal, and the journal must verify.

The planted fault is the same crew in a world in which the lock does nothing. The bug needs two things within some
nanoseconds, so it is tried until it shows, for some minutes at most; and one part of the honest rounds is of the very
shape in which it shows.

What it cannot see: a flush that fails or lies, and a power cut (the parts *disk* and *power*); a stranger who writes,
or checkpoints, which no lock of ours can keep off.

We also considered one journal for all commits. A journal of some ten thousand is as good a place for the bug, many of
them are tried at once on several cores, and each is opened for the first time by somebody.
"""

from tests.prove.stress.trial import PART

__all__ = ["PART"]
