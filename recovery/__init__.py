"""Recovery: how doubt is settled.

This room knows evidence, the decision table and patience. It asks through the terminal port and writes through the
engine's book; it must not know the wire format, the disk or the command line. No line of it sends an order.

We also considered rules in code, one function per situation. Two of them disagreed within a day, and nobody could see
which situations no rule was for; a table can be read, printed and walked.
"""

from recovery.evidence import Evidence, Fence, Grace, Patience, Prospect, Recall, Sighting, Signs, Standing
from recovery.recovering import Finding, Recovery, Report
from recovery.table import PROSPECTS, VERDICTS, ProspectRow, Verdict, VerdictRow, decide, fitting, foresee
from recovery.watching import OVERDUE_S, News, Watch

__all__ = [
    "OVERDUE_S",
    "PROSPECTS",
    "VERDICTS",
    "Evidence",
    "Fence",
    "Finding",
    "Grace",
    "News",
    "Patience",
    "Prospect",
    "ProspectRow",
    "Recall",
    "Recovery",
    "Report",
    "Sighting",
    "Signs",
    "Standing",
    "Verdict",
    "VerdictRow",
    "Watch",
    "decide",
    "fitting",
    "foresee",
]
