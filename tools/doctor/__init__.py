"""The doctor: what is wrong with a till, one line a check, each with its remedy.

For a technician at a dead till. This room knows what can be looked at without doing harm, and what to do about what it
finds. It must not change anything: the journal is only read, no lane is taken, and nothing that is asked of a terminal
starts, stops or changes an operation. What it writes are files of its own beside the journal, gone when it is done, and
the stamps of its questions.

We also considered to examine an open till. But opening one makes a journal where none is, waits for the writer, and
fails where most is wrong; see ``tools/doctor/visit.py``.
"""

from tools.doctor.examination import examine
from tools.doctor.line import Line, Verdict

__all__ = ["Line", "Verdict", "examine"]
