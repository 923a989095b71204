"""A planted project whose test runs everything and looks at half of it: what a coverage of 100 % cannot see."""

from __future__ import annotations

from pathlib import Path

from tests.prove.part import Control
from tests.prove.quality.mutants import Mutant, unexplained
from tests.prove.quality.mutation import Campaign, configure, mutate

_CODE = """
def may_charge(sent, answered):
    return not sent and not answered


def may_refund(charged, refunded):
    return charged > refunded
"""

_TEST = """
from judge.rule import may_charge, may_refund


def test_both():
    may_charge(True, False)
    assert [may_refund(2, 1), may_refund(1, 1), may_refund(1, 2)] == [True, False, False]
"""

_CAMPAIGN = Campaign(files=("judge/rule.py",), tests=("checks",))


def try_blind_test(folder: Path) -> Control:
    """Mutate it. The mutants of what nobody looks at must survive and be told, and the others must be noticed."""
    tree = folder / "blind"
    for name, content in (("judge/__init__.py", ""), ("judge/rule.py", _CODE), ("checks/test_rule.py", _TEST)):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(content)
    configure(tree, _CAMPAIGN, source=("judge",), also=("checks",))
    mutants = mutate(tree, _CAMPAIGN, children=1, tell=lambda done, total: None)
    told = unexplained(mutants, ())
    return Control(
        fault="a test that runs a rule and does not look at what it says",
        caught=bool(told) and {mutant.function for mutant in told} == {"judge.rule.may_charge"} and _some(mutants),
        by=told[0].sentence() if told else "",
    )


def _some(mutants: list[Mutant]) -> bool:
    """Whether what the test does look at was mutated, and noticed."""
    return any(mutant.noticed and mutant.function == "judge.rule.may_refund" for mutant in mutants)
