"""Accreditation: the vendor's cases and the hard ones, against any POS that talks to a running simulator.

This room knows the cases, what must hold at the terminal in each, and how to read a simulator's ledger and request
log through its admin port. It must not know the engine, the journal or any POS: the terminal alone is the judge, and
what a POS says of itself is no evidence. It decides nothing about money; it looks at what was done.

We also considered tests inside our own engine. They prove nothing to somebody who has written his own till.
"""

from tools.accredit.cases import CASES, COMMUNICATION_LOG, Case, Pace, Step
from tools.accredit.cashier import BadCommand, Cashier, Command, Person, Task
from tools.accredit.communication import judge_log, read_log
from tools.accredit.desk import Desk, NoSimulator
from tools.accredit.manners import judge_manners
from tools.accredit.report import document, exit_code, lines
from tools.accredit.run import Report, Result, Run
from tools.accredit.verdict import Verdict, Word

__all__ = [
    "CASES",
    "COMMUNICATION_LOG",
    "BadCommand",
    "Case",
    "Cashier",
    "Command",
    "Desk",
    "NoSimulator",
    "Pace",
    "Person",
    "Report",
    "Result",
    "Run",
    "Step",
    "Task",
    "Verdict",
    "Word",
    "document",
    "exit_code",
    "judge_log",
    "judge_manners",
    "lines",
    "read_log",
]
