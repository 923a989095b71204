"""What could silently lie in mutation: a survivor that is explained away."""

from __future__ import annotations

from unittest.mock import Mock

import pytest

from tests.prove.mutation import few_first
from tests.prove.mutation.mutants import Explanation, Mutant, explanations, outdated, unexplained

_LIVING = Mutant(name="recovery.looking.xǁLookoutǁlatest__mutmut_12", fate="survived", was="a", became="b")
_EXPLAINED = Explanation(function="recovery.looking.Lookout.latest", was="a", became="b", why="the same")


def test_a_survivor_is_told_by_its_function_and_explained_by_the_very_change() -> None:
    """Mutmut's numbers shift with each line of code, so an explanation names the change; another change is not it."""
    other = Mutant(name="recovery.looking.x_standing__mutmut_1", fate="survived", was="a", became="b")
    changed = Mutant(name=_LIVING.name, fate="survived", was="a", became="c")
    killed = Mutant(name=_LIVING.name, fate="killed", was="a", became="c")
    assert (_LIVING.function, other.function) == ("recovery.looking.Lookout.latest", "recovery.looking.standing")
    assert unexplained([_LIVING, other, changed, killed], [_EXPLAINED]) == [other, changed]


def test_an_explanation_of_what_is_killed_or_gone_is_told() -> None:
    """Else explanations would pile up, and one of them would fit a real survivor one day."""
    killed = Mutant(name=_LIVING.name, fate="killed", was="a", became="b")
    assert list(outdated([_LIVING], [_EXPLAINED])) == []
    assert list(outdated([killed], [_EXPLAINED])) == [_EXPLAINED]
    assert list(outdated([], [_EXPLAINED])) == [_EXPLAINED]


def test_every_explanation_says_why() -> None:
    """A survivor that is only named is not explained."""
    assert [entry for entry in explanations() if len(entry.why.split()) < 4] == []


@pytest.mark.parametrize("passing", [90, 120, 130])
def test_a_few_tests_come_first_and_each_runs_once(monkeypatch: pytest.MonkeyPatch, passing: int) -> None:
    """Of ninety, or of those that pass, all are run; where none is left nothing else is looked for."""
    ran: list[str] = []

    def run(options: list[str]) -> pytest.ExitCode:
        ran.extend(options)
        return pytest.ExitCode.OK

    monkeypatch.setenv("MUTANT_UNDER_TEST", "recovery.x__mutmut_1")
    monkeypatch.setattr(pytest, "main", run)
    names = [f"test-{number}" for number in range(passing)]
    config = Mock(args=list(names), invocation_params=Mock(args=["-x", *names]))
    answer = few_first.pytest_cmdline_main(config)
    left = [] if answer == pytest.ExitCode.OK else config.args
    assert [name for name in [*ran, *left] if name != "-x"] == names
    assert (answer is None) == (passing != 120)
