"""Two tills at one terminal, each with a journal of its own: neither's operations end up under the other's names."""

from __future__ import annotations

import random
from itertools import product

import pytest

from engine import InDoubt, Mode, NotPerformed, TerminalUnsettled
from tools.rehearsal import Process, Stage, discrepancies
from tools.simulator import FaultPlan, Guest


@pytest.mark.parametrize(("seed", "mode"), list(product(range(12), Mode)))
def test_operations_of_two_tills_never_end_under_the_wrong_reference(seed: int, mode: Mode) -> None:
    """In turns, with faults: every ending that either journal names is the ledger's for that very id."""
    ours = Stage(
        guest=Guest(takes_s=2.0, weights={"Approved": 3.0, "Declined": 1.0}, seed=seed),
        plan=FaultPlan(rate=0.3, seed=seed),
        latency_s=0.3,
        patience_s=4.0,
        shared=True,
    )
    theirs = ours.beside()
    tills = {"ours": (ours, ours.start()), "theirs": (theirs, theirs.start())}
    dice = random.Random(seed)  # noqa: S311 - repeatable
    for number in range(25):
        name, (_, till) = dice.choice(list(tills.items()))
        _pay(till, f"{name}-{number}", mode)
    ours.virtual.advance(400)
    for stage, _ in tills.values():
        stage.start().recovery.recover()
    known = {operation.order.operation_id for stage, _ in tills.values() for operation in stage.operations}
    for stage, _ in tills.values():
        own = {operation.order.operation_id for operation in stage.operations}
        entries = [entry for entry in ours.ledger if entry.id in own or entry.id not in known]
        assert list(discrepancies(stage.operations, entries)) == []


def _pay(till: Process, reference: str, mode: Mode) -> None:
    try:
        outcome = till.pay(reference, mode=mode)
    except TerminalUnsettled:
        return
    assert isinstance(outcome, InDoubt | NotPerformed) or outcome.reference == reference
