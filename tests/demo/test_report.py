"""The report prints what it promises, and its exit code means it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from engine import Evidence, State
from tests.demo.plants import account, accounts, entries, entry, story
from tools.demo.audit import Faults
from tools.demo.errors import WrongTurn
from tools.demo.report import document, opening, rows, verdict
from tools.demo.story import Plan, Recovered


def test_the_last_lines_state_plainly_what_was_not_lost() -> None:
    """Every promise has a line with a number, and the last line is the sum of them."""
    assert verdict(story()) == [
        "Guests charged twice or more: 0",
        "Paid at the terminal, unpaid in the till: 0",
        "Paid in the till, not at the terminal: 0",
        "Approved at a terminal, unknown to the journal: 0",
        "Endings on which the books differ: 0",
        "Approved amounts that no bill has: 0",
        "Bills that nobody came back to: 0",
        "Still in doubt: 0",
        "Waiting for a person: 0",
        "Nothing was lost: 2 guests paid by card, each charged exactly once.",
    ]


def test_the_rows_say_what_was_thrown_at_it() -> None:
    """Nothing lost is worth as much as the faults and kills that were played, so they stand beside it."""
    told = dict(rows(story()))
    assert told["paid by card"] == "2 guests, charged exactly once"
    assert told["unpaid by card"] == "1 guests, never charged, who paid cash"
    assert told["faults on orders"] == "1 of 4: wrong_hash 1"
    assert told["kills"].startswith("1 by SIGKILL, 1 hit a running operation: 1 were at the terminals")
    assert told["settled by"] == "reply 3, latest_slot 1"
    assert "grace 30 s (0 verdicts leaned on it)" in told["conditions"]


def test_times_are_told_with_median_and_p95() -> None:
    """A reader sees how long the truth took, usually and at its worst."""
    books = [replace(account(1, f"a{n}", State.APPROVED), lost=True, doubt_s=n / 100) for n in range(1, 101)]
    told = dict(rows(story(journal=books)))
    assert told["truth, in line"].startswith("median 0.51 s, p95 0.96 s, longest 1.00 s")
    assert told["truth, after a kill"] == "none"


def test_a_double_charge_fails_the_demo_and_is_named() -> None:
    """The exit code is 1, and the line names the bill."""
    spoilt = story(ledger=[*entries(), entry(1, "a1")])
    assert spoilt.exit_code == 1
    assert "Guests charged twice or more: 1 (1)" in verdict(spoilt)
    assert verdict(spoilt)[-1].startswith("THE DEMO FAILED: 1 differences")


def test_a_lost_payment_fails_the_demo() -> None:
    """The exit code is 1, and the line names the bill."""
    spoilt = story(journal=[account(1, "a1", State.DECLINED), *accounts()[1:]])
    assert spoilt.exit_code == 1
    assert "Paid at the terminal, unpaid in the till: 1 (1)" in verdict(spoilt)


def test_a_broken_journal_fails_the_demo() -> None:
    """Books that agree are worth nothing if one of them can have been rewritten."""
    assert replace(story(), breaks=("fact 3 does not follow",)).exit_code == 1


def test_a_bill_that_was_forgotten_fails_the_demo() -> None:
    """A guest who still stands there was not served, and no doubt explains it."""
    spoilt = story(byes={1: "paid", 2: "paid"})
    assert spoilt.exit_code == 1
    assert "Bills that nobody came back to: 1 (3)" in verdict(spoilt)


def test_a_wrong_key_fails_the_demo() -> None:
    """A wrong key blocks a real terminal from production."""
    assert story(faults=Faults(wrong_keys=1)).exit_code == 1


def test_doubt_that_a_recovery_should_settle_ends_with_30() -> None:
    """It is no difference, and no success either; each one is named with its reason."""
    doubtful = story(journal=[account(1, "a1", State.LOST, Evidence.NONE), *accounts()[1:]])
    assert doubtful.exit_code == 30
    assert "  bill-0001/1: as planted" in verdict(doubtful)


def test_what_was_given_to_a_person_is_named_and_no_failure() -> None:
    """An answer or a person: the second is an end that the product promises."""
    waiting = story(journal=[account(1, "a1", State.ESCALATED, Evidence.NONE), *accounts()[1:]])
    assert waiting.exit_code == 0
    assert verdict(waiting)[-2].endswith("so nobody should have to wait for a person.")
    assert verdict(waiting)[-1] == (
        "Nothing was lost: 2 guests paid by card, each charged exactly once; 1 wait for a person."
    )


def test_kills_that_hit_nothing_are_told() -> None:
    """A kill between two guests proves little, and the report must not pretend otherwise."""
    expected = "Note: 1 kills were asked for, 1 came, 0 hit a running operation."
    assert expected in verdict(story(running=()))


def test_a_rush_without_a_fault_is_told() -> None:
    """Ten per cent of few exchanges may be none."""
    assert "Note: not a single fault was played." in verdict(story(faults=Faults(orders=4)))


def test_the_document_is_json_and_says_the_same() -> None:
    """A program reads the same numbers as a person."""
    told = json.loads(json.dumps(document(story())))
    assert (told["exit_code"], told["differences"], told["kills_that_hit"]) == (0, 0, 1)
    assert told["verdict"] == verdict(story())[-1]
    assert told["audit"]["charged_once"] == [1, 2]
    assert told["kills"][0]["at"] == "2025-01-02T03:04:05.000+00:00"


def test_a_recovery_is_told_in_one_line() -> None:
    """Exit code, time, and what each operation turned out to be, on what evidence."""
    findings = [{"outcome": "approved", "evidence": "latest_slot"}] * 2
    recovered = Recovered(exit_code=0, report={"findings": findings, "unread": {"terminal-1": "silent"}}, took_s=0.5)
    assert recovered.as_line() == (
        "tillproof recover: exit code 0 in 0.5 s; 2 approved by latest_slot; memory not read: terminal-1"
    )


def test_the_opening_names_the_seed() -> None:
    """Whoever sees a run can play it again."""
    assert opening(story().plan) == "A lunch rush: 3 bills, 1 terminals, 1 kills, 10% faults, seed 7"


@pytest.mark.parametrize("wrong", [{"bills": 0}, {"terminals": 17}, {"kills": 99}, {"fault_rate": 0.9}])
def test_a_plan_that_cannot_be_played_is_refused(wrong: dict[str, int]) -> None:
    """The message names the field and what can be given."""
    with pytest.raises(WrongTurn, match=next(iter(wrong))):
        replace(Plan(bills=24, terminals=2, kills=1, fault_rate=0.1, seed=7), **wrong)
