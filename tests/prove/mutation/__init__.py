"""The mutation of everything that the tests must guard: the tests' own quality.

What is tried. Each function is changed in every way that mutmut knows, one at a time, and the tests of the room must
fail. In the code that judges outcomes each survivor is explained in ``survivors.toml``, with the reason why no test can
tell it from the original; an explanation of what does not survive is red as well.

How. Mutmut works in a copy of the project in the part's folder. Planted are a project whose test runs a rule and
ignores what it answers, and one whose test has another name when it is collected again: mutmut would not find it, and
call every mutant noticed.

What it cannot see. Mutmut changes what stands inside functions, so the rows of the decision table and the members of an
enumeration are not mutated; the walk in ``tests/recovery/test_table.py`` guards the first. Functions with decorators
are left out by it, property and static methods included. So is ``engine/log.py``, which counts the calls between a log
line and whoever wrote it, and mutmut puts one of its own in between. A mutant that only another room's tests would
notice counts as a survivor. Branch coverage is no figure here: ``make test`` fails below 100 % of engine, journal and
recovery.

We also considered a mutator of our own, which would be one more thing that has to be believed.
"""

from tests.prove.mutation.trial import PART

__all__ = ["PART"]
