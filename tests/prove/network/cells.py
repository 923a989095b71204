"""One cell: a fault, an operation and a mode; and what the till and the terminal say of it afterwards."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tillproof
from engine import FINAL, Operation, State
from tests.prove.network.desk import PATIENCE_S, Desk
from tests.prove.network.faults import FAULTS, FORGETFUL, lost_after, lost_before
from tests.prove.network.proxy import Traffic
from tests.prove.network.stopwatch import Stopwatch
from tools.rehearsal import discrepancies

TARGETS = ("pay", "refund", "reverse", "capture", "abort", "status", "latest")
MODES = ("sync", "async")
STALE = "stale_kept_alive"
"""Every connection is closed after each reply, though the reply promised to keep it. It is no fault of one exchange."""
NOBODY = "nobody_listens"
"""The address refuses connections from the beginning of the call."""

_ASKED_AFTER_A_LOSS = {"sync": ("status", "latest"), "async": ("latest",)}
_FAMILY = {"pay": "Payments", "refund": "Refunds", "reverse": "Reversals", "capture": "Captures"}
_MOST_SENT = 16 * 1024 * 1024
"""What a till that stops reading may still have taken, with the buffers of two sockets."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Cell:
    """What is tried. Each is tried on a terminal of its own."""

    fault: str
    target: str
    mode: str

    def __str__(self) -> str:
        return f"{self.fault} x {self.target} x {self.mode}"

    def fits(self, traffic: Traffic) -> bool:
        """Whether this is the exchange that the fault is for."""
        where = traffic.path.removeprefix("/api/v2/")
        match self.target:
            case "abort":
                return traffic.method == "POST" and where.startswith("Abort")
            case "status":
                return where.endswith("/status") if self.mode == "async" else where == "Dialogs"
            case "latest":
                return where.endswith("/latest")
            case _:
                return self.orders(traffic)

    def orders(self, traffic: Traffic) -> bool:
        """Whether this is the order of the operation."""
        family = _FAMILY.get(self.target, "Payments") + ("Async" if self.mode == "async" else "")
        return traffic.method == "POST" and f"/{family}" in traffic.path and traffic.order is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What came of a cell. ``late_s`` is by how much an exchange outlived its deadline, at most."""

    cell: Cell
    problems: tuple[str, ...]
    doubts: tuple[str, ...]
    exchanges: int
    late_s: float


ALL = tuple(
    Cell(fault=fault, target=target, mode=mode)
    for fault, target, mode in itertools.product((*FAULTS, STALE, NOBODY), TARGETS, MODES)
)


def judged(cell: Cell, folder: Path, stopwatch: Stopwatch) -> Judged:
    """Try a cell: a sound payment, the operation with the fault, and a recovery over a sound line."""
    with Desk(folder, slow=cell.target == "abort") as desk:
        problems = [f"{cell}: {told}" for told in _tried(cell, desk)]
        operations = desk.till.newest(10)
        problems += [f"{cell}: {told}" for told in _wrong(cell, desk, operations)]
        laps = stopwatch.laps(desk.proxy.port)
    problems += [f"{cell}: {lap}" for lap in laps if lap.complaint]
    doubts = tuple(operation.reason for operation in operations if operation.state not in FINAL)
    late_s = max((lap.late_s for lap in laps), default=0.0)
    return Judged(cell=cell, problems=tuple(problems), doubts=doubts, exchanges=len(laps), late_s=late_s)


def _tried(cell: Cell, desk: Desk) -> Iterator[str]:
    first = desk.till.pay("10.00", "NOK", terminal="bar", reference="bill-0")
    if first.word != "approved":
        yield f"the sound payment before it is {first.word}: {first.reason}"
        return
    _prepare(cell, desk)
    # That nothing was sent is an answer like any other; the journal is judged, and not the call.
    with suppress(tillproof.TillproofError):
        _ACTS.get(cell.target, _act)(cell, desk)
    if not desk.proxy.hit.is_set():
        yield "the fault did not meet its exchange"
    desk.proxy.calm()
    for thread in desk.proxy.later:
        thread.join(PATIENCE_S)
    desk.recover()


def _prepare(cell: Cell, desk: Desk) -> None:
    proxy = desk.proxy
    if cell.fault in (STALE, NOBODY):
        proxy.hangs_up = cell.fault == STALE
        if cell.fault == NOBODY:
            proxy.refuse()
        proxy.hit.set()
        return
    fault = FAULTS[cell.fault]
    if cell.target in _ASKED_AFTER_A_LOSS[cell.mode]:
        # Nobody asks for what is known, so something is lost first. If it had arrived, an asynchronous order would be
        # known by its id, without the slot, and a synchronous one by the slot, without asking what runs.
        first = lost_after if (cell.target, cell.mode) == ("latest", "sync") else lost_before

        def lose(traffic: Traffic) -> None:
            proxy.arm(cell.fits, fault)
            first(traffic)

        proxy.arm(cell.orders, lose)
    else:
        proxy.arm(cell.fits, fault)


def _act(cell: Cell, desk: Desk) -> None:
    till = desk.till
    named: dict[str, Any] = {"terminal": "bar", "reference": "bill-1", "mode": cell.mode}
    match cell.target:
        case "refund":
            till.refund("5.00", "NOK", **named)
        case "reverse":
            till.reverse("000001", **named)
        case "capture":
            till.capture(**named)
        case _:
            till.pay("12.50", "NOK", **named)


def _abort(cell: Cell, desk: Desk) -> None:
    """Pay in one thread, and abort from another as soon as the order is out."""
    desk.proxy.ordered.clear()
    with ThreadPoolExecutor(1) as pool:
        paying = pool.submit(_act, cell, desk)
        if cell.fault != NOBODY:
            desk.proxy.ordered.wait(PATIENCE_S)
        with suppress(tillproof.TillproofError):
            desk.till.abort("bill-1")
        paying.result(PATIENCE_S)


_ACTS: dict[str, Callable[[Cell, Desk], None]] = {"abort": _abort}


def _wrong(cell: Cell, desk: Desk, operations: list[Operation]) -> Iterator[str]:
    """Everything that is not as it has to be."""
    yield from discrepancies(operations, desk.ledger)
    for identity, times in desk.proxy.orders.items():
        if times > 1:
            yield f"the order of {identity} left {times} times"
    for operation in operations:
        if operation.alarm is not None:
            yield operation.alarm
        patient = operation.state is State.ESCALATED and cell.fault in FORGETFUL
        if operation.state not in FINAL and not patient:
            yield f"{operation.order.reference} stays {operation.state} over a sound line: {operation.reason}"
    if desk.proxy.said > _MOST_SENT:
        yield f"the till read on for {desk.proxy.said:,} bytes"
    if len(operations) < len(("bill-0", "bill-1")):
        yield "the operation is not in the journal"
