"""The controls: engines with one well-known blunder each, which the same battery must catch.

A battery that passes everything proves nothing. Each blunder here has been shipped by somebody. That the battery
accuses nobody wrongly is what ``test_every_crash.py`` shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from tests.crash.battery import CRASHES, LATER_S, Story, every_crash, neighbour_in_the_slot, pay
from tests.prove.plants import (
    absence_without_idle,
    amount_as_identity,
    blind_retry,
    intent_after_sending,
    refusal_401_is_trusted,
    time_out_is_declined,
)
from tools.simulator import Assumptions, Fault, TimestampCheck

Plant = Callable[[pytest.MonkeyPatch], None]

BLUNDERS: list[tuple[Plant, str]] = [
    (blind_retry, r"performed 2 times"),
    (time_out_is_declined, r"LATE SUCCESS: on record as declined"),
    (intent_after_sending, r"is in the ledger and not in the journal"),
    (amount_as_identity, r"is approved in the journal and not_performed in the ledger"),
    (refusal_401_is_trusted, r"LATE SUCCESS: on record as not_performed \(authentic_refusal\)"),
    (absence_without_idle, r"LATE SUCCESS: on record as not_performed \(fenced_absence\)"),
]


def a_fence_where_there_is_none(*, fence: bool) -> list[str]:
    """An order arrives late at a terminal that does not check stamps, under a till that believes it does, or not."""
    nobody_checks = Assumptions(timestamp_check=TimestampCheck.NONE)
    story = Story(
        name="late",
        act=pay,
        script=(Fault.DELIVERED_LATE,),
        settings={"assumptions": nobody_checks, "fence": fence, "grace_s": LATER_S / 2 + 50, "patience_s": 3.0},
    )
    return [problem for _, problems in every_crash(story) for problem in problems]


def _problems() -> Iterator[str]:
    yield from neighbour_in_the_slot()
    for story in CRASHES:
        for _, problems in every_crash(story):
            yield from problems


@pytest.mark.parametrize(("plant", "damage"), BLUNDERS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_well_known_blunder_does_not_get_through(plant: Plant, damage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each blunder charges twice, loses a payment or says something false, and the battery says which."""
    plant(monkeypatch)
    assert any(re.search(damage, problem) for problem in _problems())


def test_a_fence_that_is_not_there_is_noticed() -> None:
    """If the assumption behind the switch ``fence`` is wrong, an absence was said too early, and the alarm says so."""
    problems = a_fence_where_there_is_none(fence=True)
    assert any("LATE SUCCESS: on record as not_performed (fenced_absence)" in problem for problem in problems)


def test_with_the_switch_off_the_missing_fence_does_no_harm() -> None:
    """Without trust in stamps only the grace proves an absence, and nothing false is said."""
    assert a_fence_where_there_is_none(fence=False) == []
