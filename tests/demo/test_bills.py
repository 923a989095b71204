"""What follows from a seed."""

from __future__ import annotations

import pytest

from tools.demo.bills import MOST_BILLS, bill_number, kill_moments, make_bills, terminal_names

NAMES = terminal_names(4)


def test_the_same_seed_makes_the_same_bills() -> None:
    """Whoever is given a seed can look at the same lunch."""
    assert make_bills(320, terminals=NAMES, seed=7) == make_bills(320, terminals=NAMES, seed=7)


def test_another_seed_makes_other_bills() -> None:
    """A seed that changes nothing would be none."""
    assert make_bills(320, terminals=NAMES, seed=7) != make_bills(320, terminals=NAMES, seed=8)


def test_no_two_bills_have_the_same_amount() -> None:
    """The audit recognises a guest in the ledgers by the amount, also in the largest lunch."""
    bills = make_bills(MOST_BILLS, terminals=NAMES, seed=1)
    assert len({bill.amount_minor for bill in bills}) == MOST_BILLS


def test_a_bill_always_goes_to_the_same_terminal() -> None:
    """Bills are dealt in turn, so a POS that starts anew finds each at the terminal where it was."""
    bills = make_bills(6, terminals=NAMES, seed=1)
    assert [bill.terminal for bill in bills] == [*NAMES, *NAMES[:2]]


def test_a_reference_leads_back_to_its_bill() -> None:
    """The journal's references say whose bill an operation was."""
    bill = make_bills(42, terminals=NAMES, seed=1)[-1]
    assert (bill.reference(2), bill_number(bill.reference(2))) == ("bill-0042/2", 42)


def test_amounts_are_written_in_major_units() -> None:
    """The POS gives text with two decimals, and loses none of them."""
    bill = make_bills(1, terminals=NAMES, seed=1)[0]
    assert bill.amount == f"{bill.amount_minor // 100}.{bill.amount_minor % 100:02d}"


@pytest.mark.parametrize("seed", range(20))
def test_kills_come_in_the_middle_of_the_rush_and_in_order(seed: int) -> None:
    """A kill before the first bill or after the last would hit nobody."""
    moments = [moment.after_bills for moment in kill_moments(5, bills=320, seed=seed)]
    assert moments == sorted(moments)
    assert moments[0] >= 1
    assert moments[-1] < 320 * 0.95


def test_the_same_seed_kills_at_the_same_moments() -> None:
    """Kills belong to the lunch that the seed stands for."""
    assert kill_moments(5, bills=320, seed=7) == kill_moments(5, bills=320, seed=7)
