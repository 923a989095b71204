"""A till of the crew: the shipped engine and recovery, at a simulated terminal whose line loses answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from multiprocessing.synchronize import Event
from typing import cast

from engine import Book, TillproofError
from tests.prove.stress.scene import Found, Scene
from tools.rehearsal import Process, Stage, discrepancies
from tools.rehearsal.stage import PoweredJournal
from tools.simulator import Fault, FaultPlan, Guest

_LINE: Mapping[Fault, float] = {fault: 1.0 for fault in Fault if fault not in {Fault.NONE, Fault.REBOOT_MID_OPERATION}}
"""All faults but a restart of the terminal, after which nobody could know."""

_SHIFT = 25
"""Payments until the till is started anew and recovers."""

_REST_S = 0.3
"""Its virtual time passes quickly, and the cores are there for commits."""


def pay(scene: Scene, role: str, done: Event) -> Found:
    """Pay in a virtual time of its own, in the journal that all share, until all are done; then ask the ledger."""
    stage = Stage(
        guest=Guest(takes_s=4.0, weights={"Approved": 4.0, "Declined": 1.0}, seed=scene.seed),
        plan=FaultPlan(rate=0.3, weights=_LINE, seed=scene.seed),
        patience_s=4.0,
    )
    book = scene.opened()
    stage.journal = cast("PoweredJournal", book)  # the stage's own one is in memory, and its power is never cut here
    deeds: Counter[str] = Counter()
    while not deeds or not done.wait(_REST_S):
        till = stage.start()
        for _ in range(_SHIFT):
            _pay_once(till, f"{role}/{deeds['payments through the engine']}")
            deeds["payments through the engine"] += 1
        stage.virtual.advance(400.0)
        till.recovery.recover()
        deeds["recoveries"] += 1
    operations = Book(book).newest(terminal="bar", limit=len(stage.ledger) + deeds["payments through the engine"])
    told = tuple(discrepancies(operations, stage.ledger))
    account = book.account
    book.close()
    return Found(account=account, deeds=deeds, problems=tuple(f"{role}: {sentence}" for sentence in told[:3]))


def _pay_once(till: Process, reference: str) -> None:
    try:
        till.pay(reference)
    except TillproofError:
        return  # an earlier one stays open until the recovery; what was stored is compared in the end
