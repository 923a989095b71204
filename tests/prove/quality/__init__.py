"""The tests' own quality: fuzzing of everything that reads, and mutation of everything that the tests must guard.

What is tried. *Fuzzing*: replies of the terminal, from bytes to the judged outcome that is stored; the signatures in
their headers; texts with card numbers; amounts and names of bills; configurations; and the files of a journal with
bytes changed or cut off. Every reader may raise the errors that it declares and no other, and may take a second at
most. *Mutation*: each function is changed in every way that mutmut knows, one at a time, and the tests of the room must
fail. In the code that judges outcomes each survivor is explained in ``survivors.toml``, with the reason why no test can
tell it from the original; an explanation of what does not survive is red as well.

How. Atheris (libFuzzer) keeps inputs that reach new code and changes them further; it begins with real replies of the
simulated terminal. A finding is told with the very bytes; one that took too long is read again alone, so that a busy
machine is no finding. Mutmut works in a copy of the project in the part's folder. Planted are a reader that forgets a
field, one that never ends, one that goes too deep, a project whose test runs a rule and ignores what it answers, and
one whose test has another name when it is collected again: mutmut would not find it, and call every mutant noticed.

What it cannot see. Mutmut changes what stands inside functions, so the rows of the decision table and the members of an
enumeration are not mutated; the walk in ``tests/recovery/test_table.py`` guards the first. Functions with decorators
are left out by it, properties and static methods included. A mutant that only another room's tests would notice counts
as a survivor. Branch coverage is no figure here: ``make test`` fails below 100 % of engine, journal and recovery.

We also considered Hypothesis for the fuzzing, which writes better examples and a hundred times fewer of them; and a
mutator of our own, which would be one more thing that has to be believed.
"""

from tests.prove.quality.quality import PART

__all__ = ["PART"]
