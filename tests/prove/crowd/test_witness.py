"""The witness of the lanes speaks when it should, and only then."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.prove.crowd.witness import Witness


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    """One that has seen nothing yet."""
    return Witness(tmp_path)


def test_one_after_the_other_is_in_order(witness: Witness, tmp_path: Path) -> None:
    """Nothing is told; and who looks at the same folder sees how often a lane was entered."""
    for till in (0, 1):
        with witness.inside("bar", till):
            pass
    assert (witness.sentences, Witness(tmp_path).entries) == ([], 2)


def test_two_in_one_lane_are_told_by_both(witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one at its entry, the first one when it leaves."""
    first = witness.inside("bar", 0)
    first.__enter__()
    monkeypatch.setattr(os, "getpid", lambda: 2)
    with witness.inside("bar", 1):
        first.__exit__(None, None, None)
    entered, left, *_ = witness.sentences
    assert "till 1 (process 2) entered while process" in entered
    assert "left, and process" in left


def test_who_was_killed_inside_is_not_inside(witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its number stays behind, and whoever killed it has said so before; another lane is another lane."""
    killed = witness.inside("bar", 3)  # kept, or it would leave the lane when it is collected
    killed.__enter__()
    assert witness.doom(os.getpid()) is True
    assert witness.doom(99) is False  # killed later, in no lane; the first one is remembered all the same
    monkeypatch.setattr(os, "getpid", lambda: 2)
    with witness.inside("bar", 1), witness.inside("garden", 1):
        pass
    assert witness.sentences == []


def test_counts_survive_those_who_counted(witness: Witness, tmp_path: Path) -> None:
    """By till; the longest wait stays the longest."""
    witness.ended(2, waited_s=1.5)
    witness.ended(2, waited_s=0.5)
    witness.refused(7)
    witness.close()
    again = Witness(tmp_path)
    assert (again.operations[2], again.refusals, again.longest_s) == (2, 1, 1.5)
