"""What could silently lie in mutation: a survivor that is explained away."""

from __future__ import annotations

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
