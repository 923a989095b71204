"""The SQLite bug: on a SQLite that loses commits, several of our processes work on one journal, and it loses none.

SQLite 3.7.0 to 3.51.2 forgets committed pages when one process begins its log anew at the instant in which another
begins a checkpoint (``journal/library.py``). Most Pythons carry such a SQLite, this one as a rule too. Our answer is a
lock around everything that writes or checkpoints, opening and closing included. Here a crew works on one journal file
in memory: writers who checkpoint often, a till that pays, loses answers and recovers, one who only checkpoints, one who
opens and closes, one who makes backups; and beside them strangers who read, as Python's ``sqlite3``, Datasette and the
``sqlite3`` program do. Each of ours keeps account of what was stored for it. In the end all of that, and nothing else,
must be in the journal, and the journal must verify.

That shape takes luck: the bug needs two things within some nanoseconds. So there is a second one, which takes none. A
process that checkpoints is stopped, by ptrace, after each of its system calls and then after every single instruction;
at each of these places another process commits, or has to wait for the lock; and after each the journal is compared.
Without the lock this finds the bug at the same place every time, some 200 to 400 instructions after the first system
call on the SQLite that was looked at. That is the planted fault. For the crew's audit another one is planted: a commit
that is undone, and told as stored. In the longer slices a crew without the lock also tries its luck, and it is reported
whether the bug has shown by itself.

What it cannot see: a flush that fails or lies, and a power cut (the parts *disk* and *power*); a stranger who writes,
or checkpoints, which no lock of ours can keep off. A writer is not stopped between its instructions, only a checkpoint.

We also considered one journal for all commits. A journal of some ten thousand is as good a place for the bug, many of
them are tried at once on several cores, and each is opened for the first time by somebody.
"""

from tests.prove.stress.trial import PART

__all__ = ["PART"]
