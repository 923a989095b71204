"""The matrix: every release and mode, each assumption right and wrong, under each fault, audited by the ledger."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import Any

import pytest

from engine import InDoubt, Mode
from tools.rehearsal import Stage
from tools.simulator import Assumptions, Fault, FaultPlan, Guest, RebootEffect, ReplyStamps

RELEASES = ("1", "2.0", "2.1", "2.2")

SWITCHES: dict[str, dict[str, Any]] = {
    "as assumed": {},
    "no fence trusted": {"fence": False},
    "idle not told by dialogs": {"idle_by_dialogs": False},
    "memory not wiped whole": {"wiped_whole": False},
    "shared with other tills": {"shared": True},
    "abort to truth": {"aborts_lost": True},
    "id of a start in its body": {"async_id_in_path": False, "assumptions": Assumptions(async_id_in_path=False)},
    "slots outlive a capture": {"assumptions": Assumptions(slot_survives_capture=True)},
    "slots outlive a restart": {"assumptions": Assumptions(slot_survives_reboot=True)},
    "stamps outlive a restart": {"assumptions": Assumptions(stamps_survive_reboot=True)},
    "replies bear whole seconds": {
        "reply_stamps_rise": False,
        "assumptions": Assumptions(reply_stamps=ReplyStamps.SECONDS),
    },
    "replies bear whole seconds, and the till believes that they rise": {
        "assumptions": Assumptions(reply_stamps=ReplyStamps.SECONDS),
    },
    "replies bear the request's stamp": {"assumptions": Assumptions(reply_stamps=ReplyStamps.ECHO)},
    "busy terminals answer no question": {"assumptions": Assumptions(modeless_while_busy=False)},
    "dialogs greet when idle": {"idle_by_dialogs": False, "assumptions": Assumptions(dialogs_empty_when_idle=False)},
    "aborts by id elsewhere": {
        "abort_path": "/Aborts",
        "aborts_lost": True,
        "assumptions": Assumptions(abort_by_id_path="/Aborts/{id}"),
    },
    "running is told by 206": {"assumptions": Assumptions(running_status=206)},
    "three asynchronous endings are remembered": {"assumptions": Assumptions(async_memory=3)},
    "no payment by its receipt": {"assumptions": Assumptions(payment_by_receipt=False)},
    "currency beside the amount": {"assumptions": Assumptions(currency_nested=False)},
    "an abort may come too late": {"aborts_lost": True, "assumptions": Assumptions(abort_may_still_approve=True)},
    "a restart after the bank's yes": {"assumptions": Assumptions(reboot_effect=RebootEffect.APPROVED_BEFORE)},
}
"""Each INFERRED or OPEN behaviour in its other position, the till configured for it where it has a switch."""

FAULTS = tuple(Fault)


def play(release: str, mode: Mode, switch: str, fault: Fault) -> tuple[Stage, list[str]]:
    """A warm-up, the operation under its fault, the same reference again, a later recovery; and what stays in doubt."""
    stage = Stage(
        guest=Guest(takes_s=4.0, weights={"Approved": 1.0}),
        plan=FaultPlan(script=("none", fault)),
        profile=release,
        latency_s=0.4,
        patience_s=5.0,
        # Longer than the latest arrival of a late order, which is what makes a grace one.
        grace_s=230.0,
        **SWITCHES[switch],
    )
    till = stage.start()
    till.pay("bill-0", mode=mode)
    till.pay("bill-1", mode=mode)
    stage.start().pay("bill-1", mode=mode)
    stage.virtual.advance(400)
    report = stage.start().recovery.recover()
    return stage, [f"{found.row}" for found in report.unsettled]


def may_stay_in_doubt(release: str, switch: str, fault: Fault) -> bool:
    """The cases in which nobody can know: the terminal restarted in the middle and forgot."""
    del release, switch
    return fault is Fault.REBOOT_MID_OPERATION


def believes_in_one_transmission(release: str, fault: Fault) -> bool:
    """v1 has no stamps: a copy of the order that comes second hears "busy", which is taken for proof.

    Convention 3 of the protocol: a refusal proves something after exactly one transmission, and we transmit once.
    Where a network makes two of it, the first copy's payment is found as a late success.
    """
    return release == "1" and fault is Fault.DELIVERED_TWICE


@pytest.mark.parametrize("switch", SWITCHES)
def test_the_ledger_agrees_with_the_journal_in_every_cell(switch: str) -> None:
    """No false ending and no second charge; and what stays in doubt has a reason that is listed."""
    doubts: Counter[str] = Counter()
    for release, mode, fault in product(RELEASES, Mode, FAULTS):
        stage, rows = play(release, mode, switch, fault)
        cell = f"{release} {mode} {switch} {fault}"
        if believes_in_one_transmission(release, fault):
            assert rows in ([], ["contradicted"]), cell
            continue
        assert list(stage.discrepancies()) == [], cell
        charges = Counter(entry.id for entry in stage.ledger if entry.approved)
        assert set(charges.values()) == {1}, cell
        if rows:
            assert may_stay_in_doubt(release, switch, fault), f"{cell}: {rows}"
            doubts.update(rows)
    assert set(doubts) <= {"forgotten", "with a person"}, doubts


def test_the_matrix_plays_every_cell_that_it_claims() -> None:
    """Releases by modes by switches by faults, and each fault really strikes."""
    assert len(RELEASES) * len(Mode) * len(SWITCHES) * len(FAULTS) == 4 * 2 * 22 * 18
    for fault in FAULTS:
        stage, _ = play("2.2", Mode.SYNC, "as assumed", fault)
        assert stage.lines["bar"].plan.played[fault] >= 1


def test_what_stays_in_doubt_is_told_with_its_reason() -> None:
    """The restart in mid-payment: the caller hears in doubt, and the sentence says who wiped the proof."""
    stage, rows = play("2.2", Mode.SYNC, "as assumed", Fault.REBOOT_MID_OPERATION)
    assert rows == ["with a person"]
    outcome = stage.start().pay("bill-1")
    assert isinstance(outcome, InDoubt)
    assert "wiped the proof" in outcome.reason
