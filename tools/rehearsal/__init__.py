"""The rehearsal: the shipped engine, recovery and protocol code at simulated terminals, in virtual time.

Only three things are not the shipped ones, and they are the three ports: the journal is the one in memory, the line
has no sockets, and the clock moves when it is told. The power can be cut before, during or after any effect on them.
A whole lunch passes in a moment, the same one for the same seed, and the terminal's ledger says what really happened.

We also considered mocks that answer as we expect a terminal to. They agree with our mistakes.
"""

from tools.rehearsal.audit import discrepancies
from tools.rehearsal.clock import RehearsalClock
from tools.rehearsal.line import DirectWire
from tools.rehearsal.power import Cut, Power, PowerCut
from tools.rehearsal.stage import Process, Stage

__all__ = ["Cut", "DirectWire", "Power", "PowerCut", "Process", "RehearsalClock", "Stage", "discrepancies"]
