"""What holds over a whole run, and the POS that breaks it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.accredit.sheets import entry, order, question, row
from tools.accredit import Word, judge_manners

_START = row(0, "POST", "/PaymentsAsync/one")
_STATUS = row(1, "GET", "/PaymentsAsync/one/status", 202)


def test_an_orderly_run_passes() -> None:
    """One request after the other, each with a later stamp."""
    verdicts = judge_manners([order(0), question(1)], [entry(0, 101_00)])
    assert {verdict.word for verdict in verdicts.values()} == {Word.PASSED}


@pytest.mark.parametrize("stamp", ["2026-11-24T12:00:00.000Z", "2026-11-24T11:59:59Z", "noon"])
def test_a_stamp_that_does_not_rise_fails(stamp: str) -> None:
    """Equal, older, and unreadable."""
    verdicts = judge_manners([order(0), replace(question(1), stamp=stamp)], [])
    assert verdicts["timestamps-rise"].word is Word.FAILED


def test_a_401_is_forgiven_only_where_the_line_made_it() -> None:
    """The second copy of an order, and one that came late, are refused without any fault of the POS."""
    assert judge_manners([question(0, 401)], [])["no-avoidable-401"].word is Word.FAILED
    spoiled = [order(0, 401, arrived="duplicate"), order(1, 401, arrived="late")]
    assert judge_manners(spoiled, [])["no-avoidable-401"].word is Word.PASSED


def test_asynchronous_requests_in_parallel_fail_but_an_abort_may_overtake() -> None:
    """They flood the terminal; an abort is sent from outside the loop."""
    second = row(1.05, "GET", "/Dialogs/one")
    abort = row(1.05, "POST", "/Abort/one")
    assert judge_manners([_START, _STATUS, second], [])["one-at-a-time"].word is Word.FAILED
    assert judge_manners([_START, _STATUS, abort], [])["one-at-a-time"].word is Word.PASSED
    assert judge_manners([order(0), replace(question(0.05), at=order(0).at)], [])["one-at-a-time"].word is Word.PASSED


def test_an_id_that_is_used_twice_fails() -> None:
    """Then a lost answer cannot be told from an older one."""
    twin = replace(entry(5, 102_00), custom_data=entry(0, 101_00).custom_data)
    assert judge_manners([order(0)], [entry(0, 101_00), twin])["ids-unique"].word is Word.FAILED


def test_a_charge_that_comes_after_its_case_is_found() -> None:
    """A POS that waits until nobody looks is caught at the end."""
    late = [entry(0, 111_00), entry(3, 112_00), entry(60, 111_00)]
    assert judge_manners([order(0)], late)["no-second-charge"].word is Word.FAILED


def test_nothing_is_judged_where_nothing_was_sent() -> None:
    """Silence is no good manners."""
    assert {verdict.word for verdict in judge_manners([], []).values()} == {Word.NOT_JUDGED}
