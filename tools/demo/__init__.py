"""The demo: a lunch rush that loses nothing, over real HTTP, through a real kill.

Terminals are simulated, each in a process of its own, and each with a line that fails. A POS in a process of its own
is killed with SIGKILL in the middle of the rush, several times; after each kill a new process runs the very command
that a shop would run, ``tillproof recover``, and another POS goes on. At the end the terminals' own ledgers are
audited against the journal.

This room knows processes, bills and how to show them. It must not know how an operation is conducted or settled: the
POS uses the door as any POS would, and the audit believes the ledgers.

We also considered kills of threads in one process. That is no kill: files, locks and sockets are still tidied up.
"""

from tools.demo.show import run

__all__ = ["run"]
