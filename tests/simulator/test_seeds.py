"""Guests and faults: scripts, weights, and the same seed again."""

import pytest

from tools.simulator import Fault, FaultPlan, Guest, Visit


def visits(guest: Guest) -> list[Visit]:
    """Let fifty guests come."""
    return [guest.visit(amount_minor=1_000, needed=True, tips=True) for _ in range(50)]


def faults(plan: FaultPlan) -> list[Fault]:
    """Play a hundred operations."""
    return [plan.next(operation=True) for _ in range(100)]


def test_the_same_seed_brings_the_same_guests() -> None:
    """Times, outcomes and tips repeat, and another seed has others."""
    assert visits(Guest(seed=7, tip_rate=0.5)) == visits(Guest(seed=7, tip_rate=0.5))
    assert visits(Guest(seed=7)) != visits(Guest(seed=8))


def test_guests_keep_to_their_times() -> None:
    """Nobody is faster or slower than the range, and the PIN comes before the end."""
    for visit in visits(Guest(takes_s=(3.0, 5.0))):
        assert 3.0 <= visit.takes_s <= 5.0
        assert 0 < visit.pin_after_s < visit.takes_s


@pytest.mark.parametrize("takes_s", [(5.0, 3.0), (-1.0, 3.0), -2.0])
def test_a_guest_that_cannot_be_is_refused(takes_s: float | tuple[float, float]) -> None:
    """A range that is none is the caller's mistake, said at once."""
    with pytest.raises(ValueError, match="seconds"):
        Guest(takes_s=takes_s)


def test_a_script_comes_before_the_weights() -> None:
    """After the scripted guests the others follow their weights."""
    guest = Guest(outcomes=["Declined", "SomethingNew"], weights={"Approved": 1.0})
    assert [visit.outcome for visit in visits(guest)[:3]] == ["Declined", "SomethingNew", "Approved"]


def test_the_same_seed_plays_the_same_faults() -> None:
    """A run can be repeated from its seed, and another seed is another run."""
    assert faults(FaultPlan(rate=0.5, seed=7)) == faults(FaultPlan(rate=0.5, seed=7))
    assert faults(FaultPlan(rate=0.5, seed=7)) != faults(FaultPlan(rate=0.5, seed=8))


def test_questions_do_not_disturb_what_operations_suffer() -> None:
    """A till that asks once more meets the same faults with its next charge."""
    quiet, curious = FaultPlan(rate=0.5, question_rate=0.5, seed=7), FaultPlan(rate=0.5, question_rate=0.5, seed=7)
    for _ in range(10):
        curious.next(operation=False)
    assert faults(quiet) == faults(curious)


def test_a_lower_rate_strikes_at_a_part_of_the_same_places() -> None:
    """Turning the rate down takes faults away and moves none."""
    often, seldom = faults(FaultPlan(rate=0.6, seed=7)), faults(FaultPlan(rate=0.2, seed=7))
    struck = [n for n, fault in enumerate(seldom) if fault is not Fault.NONE]
    assert struck
    assert [often[n] for n in struck] == [seldom[n] for n in struck]


def test_rates_of_nothing_and_of_everything() -> None:
    """At rate 0 nothing strikes, at rate 1 always something."""
    assert {Fault.NONE} == set(faults(FaultPlan()))
    assert Fault.NONE not in faults(FaultPlan(rate=1.0))


def test_a_script_is_for_operations_in_their_order() -> None:
    """Questions take nothing from it, and after it the rate rules."""
    plan = FaultPlan(script=["garbage", "busy"], question_script=["slow"])
    played = [plan.next(operation=operation) for operation in (False, True, False, True, True)]
    assert played == [Fault.SLOW, Fault.GARBAGE, Fault.NONE, Fault.BUSY, Fault.NONE]
    assert plan.played[Fault.NONE] == 2


def test_a_question_suffers_only_what_a_question_can() -> None:
    """Nobody is paying during a question, so nothing is dropped while paying."""
    plan = FaultPlan(question_rate=1.0)
    struck = {plan.next(operation=False) for _ in range(500)}
    assert not struck & {Fault.DROPPED_WHILE_PAYING, Fault.REBOOT_MID_OPERATION, Fault.UNKNOWN_OUTCOME, Fault.BUSY}
    assert {Fault.DELIVERED_LATE, Fault.WRONG_HASH} < struck


@pytest.mark.parametrize("rate", [-0.1, 1.1])
def test_a_rate_is_a_share(rate: float) -> None:
    """Anything else is the caller's mistake."""
    with pytest.raises(ValueError, match="rate"):
        FaultPlan(rate=rate)


def test_weights_that_leave_nothing_for_questions_leave_them_alone() -> None:
    """A plan of nothing but busy terminals has no fault that a question could suffer."""
    plan = FaultPlan(rate=1.0, question_rate=1.0, weights={Fault.BUSY: 1.0, Fault.SLOW: 0.0})
    assert [plan.next(operation=operation) for operation in (True, False)] == [Fault.BUSY, Fault.NONE]
