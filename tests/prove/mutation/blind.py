"""Planted projects whose tests are blind: what a coverage of 100 % cannot see, and what mutmut would not tell."""

from __future__ import annotations

from pathlib import Path

from tests.prove.mutation.campaign import Campaign, NotTried, configure, mutate
from tests.prove.mutation.mutants import Mutant, unexplained
from tests.prove.part import Control

_CODE = """
def may_charge(sent, answered):
    return not sent and not answered


def may_refund(charged, refunded):
    return charged > refunded
"""

_LOOKS_AT_HALF = """
from judge.rule import may_charge, may_refund


def test_both():
    may_charge(True, False)
    assert [may_refund(2, 1), may_refund(1, 1), may_refund(1, 2)] == [True, False, False]
"""

_CHANGES_ITS_NAME = r"""
import pytest

from judge.rule import may_charge


@pytest.mark.parametrize("sent", ["\ud800"], ids=repr)
def test_charge(sent):
    may_charge(sent, False)
"""

_CAMPAIGN = Campaign(files=("judge/rule.py",), tests=("checks",))


def try_blind_test(folder: Path) -> Control:
    """The mutants of what nobody looks at must survive and be told, and the others must be noticed."""
    mutants = _mutated(folder / "blind", _LOOKS_AT_HALF)
    told = unexplained(mutants, ())
    return Control(
        fault="a test that runs a rule and does not look at what it says",
        caught=bool(told) and {mutant.function for mutant in told} == {"judge.rule.may_charge"} and _some(mutants),
        by=told[0].sentence() if told else "",
    )


def try_unsteady_test(folder: Path) -> Control:
    """A test that is not found under its own name again would count as failed, and every mutant as noticed."""
    try:
        _mutated(folder / "unsteady", _CHANGES_ITS_NAME)
    except NotTried as error:
        told = str(error)
    else:
        told = ""
    return Control(
        fault="a test whose name is another one when it is collected again",
        caught="Failed to run pytest" in told,
        by="mutmut did not begin: it could not run the tests by their names" if told else "",
    )


def _mutated(tree: Path, test: str) -> list[Mutant]:
    for name, content in (("judge/__init__.py", ""), ("judge/rule.py", _CODE), ("checks/test_rule.py", test)):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(content)
    configure(tree, _CAMPAIGN, source=("judge",), also=("checks",))
    return mutate(tree, _CAMPAIGN, children=1, tell=lambda done, total: None)


def _some(mutants: list[Mutant]) -> bool:
    """Whether what the test does look at was mutated, and noticed."""
    return any(mutant.noticed and mutant.function == "judge.rule.may_refund" for mutant in mutants)
