"""The mutation of the code that judges outcomes: the tests' own quality.

What is tried. In the fourteen files that say what became of a payment, each function is changed in every way that
mutmut knows, one at a time, and the tests of engine, journal and recovery must fail. Each survivor is explained in
``survivors.toml``, with the reason why no test can tell it from the original; an explanation of what does not survive
is red as well.

How. Mutmut works in a copy of the project in the part's folder. Planted are a project whose test runs a rule and
ignores what it answers, and one whose test has another name when it is collected again: mutmut would not find it, and
call every mutant noticed.

What it cannot see. Mutmut changes what stands inside functions, so the rows of the decision table and the members of an
enumeration are not mutated; the walk in ``tests/recovery/test_table.py`` guards the first. Functions with decorators
are left out by it, property and static methods included. And the other two thirds of engine, journal and recovery are
not mutated: of the first 790 of all 9,595 mutants these tests noticed three in four, because much of the rest is tested
where it is used, from the doors and the command line, by tests that take too long to be run for each of them. Branch
coverage is no figure here: ``make test`` fails below 100 % of engine, journal and recovery.

We also considered a mutator of our own, which would be one more thing that has to be believed.
"""

from tests.prove.mutation.trial import PART

__all__ = ["PART"]
