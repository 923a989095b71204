"""Every crash, not some: the power goes before, during and after each effect of each story."""

from __future__ import annotations

from itertools import product

import pytest

from tests.crash.battery import (
    CRASHES,
    Story,
    aftermath,
    charges,
    count_effects,
    crash,
    every_crash,
    neighbour_in_the_slot,
    pay,
)
from tools.rehearsal import Cut, PowerCut, Stage


def _named(story: Story) -> str:
    return story.name


@pytest.mark.parametrize("story", CRASHES, ids=_named)
def test_wherever_the_power_goes_the_journal_ends_up_right(story: Story) -> None:
    """After recovery and a second try, the ledger has each charge once and the journal knows every ending."""
    outcomes = dict(every_crash(story))
    assert len(outcomes) == 3 * count_effects(story)
    assert {name: problems for name, problems in outcomes.items() if problems} == {}


def test_wherever_recovery_itself_dies_the_next_one_finishes() -> None:
    """A payment is cut at each effect, its recovery as well, and the recovery after that comes to the truth."""
    story = Story(name="a payment, its reply lost", act=pay, script=("dropped_while_paying",))
    tried = 0
    # Where the payment dies decides what recovery finds: nothing, a running operation, or one that has ended.
    for at, cut in ((3, Cut.BEFORE), (3, Cut.DURING), (3, Cut.AFTER), (4, Cut.BEFORE)):
        for inner_at, inner_cut in product(range(1, 200), Cut):
            stage = crash(story, at, cut)
            if not _recovery_dies(stage, inner_at, inner_cut):
                break
            tried += 1
            assert aftermath(story, stage, boot=False) == []
    assert tried > 100


def _recovery_dies(stage: Stage, at: int, cut: Cut) -> bool:
    till = stage.start()
    stage.power.arm(at, cut)
    try:
        till.recovery.recover()
    except PowerCut:
        return True
    return False


def test_a_guest_who_paid_at_a_dying_till_is_not_asked_again() -> None:
    """The till dies while the guest pays; paying the same reference afterwards gives the recorded answer."""
    story = Story(name="a payment", act=pay)
    # 2 writes and the charge after the opening question: the power goes in the middle of the third effect.
    stage = crash(story, 3, Cut.DURING)
    outcome = stage.start().pay("bill-1")
    assert (outcome.word, outcome.evidence) == ("approved", "latest_slot")
    assert charges(stage) == {"bill-0": 1, "bill-1": 1}


def test_a_neighbours_payment_of_the_same_amount_is_not_taken_for_ours() -> None:
    """Identity is our id alone: a slot that somebody else has overwritten goes to a person."""
    assert neighbour_in_the_slot() == []
