"""Rows and entries for tests: what a POS may have left at the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tools.accredit.cases import CASES, Step
from tools.accredit.claims import judge
from tools.accredit.record import Entry, Row, Seen
from tools.accredit.verdict import Verdict, worst

NOON = 1_795_521_600.0
"""Noon in UTC; every test begins there."""


def row(
    at: float, method: str, path: str, status: int | None = 200, *, took_s: float = 0.1, fault: str = "none"
) -> Row:
    """A request, so many seconds after noon, stamped with its own time."""
    return Row(
        at=NOON + at,
        until=NOON + at + took_s,
        method=method,
        path=f"/api/v2{path}",
        stamp=f"2026-11-24T12:{int(at) // 60:02d}:{at % 60:06.3f}Z",
        status=status,
        fault=fault,
        arrived="direct",
    )


def order(at: float, status: int | None = 200, **more: object) -> Row:
    """A blocking payment order."""
    return replace(row(at, "POST", "/Payments", status), **more)  # type: ignore[arg-type]


def question(at: float, status: int | None = 200) -> Row:
    """The question for the last payment."""
    return row(at, "GET", "/Payments/latest", status)


def entry(at: float, amount_minor: int | None, outcome: str = "Approved", *, kind: str = "payment") -> Entry:
    """An operation that the terminal performed, with an id of its own."""
    return Entry(
        kind=kind,
        outcome=outcome,
        amount_minor=amount_minor,
        currency="NOK",
        custom_data={"id": f"id-{at}"},
        operation_id=None,
        receipt_number="000001",
        arrived="direct",
        started_at=NOON + at,
        finished_at=NOON + at + 0.1,
    )


def steps(name: str) -> Sequence[Step]:
    """The steps of a case."""
    return next(case.steps for case in CASES if case.name == name)


def amount(name: str) -> int:
    """The amount of a case's first step."""
    return steps(name)[0].amount_minor


def judged(name: str, rows: Sequence[Row], entries: Sequence[Entry]) -> Verdict:
    """What a whole case comes to when it left these behind."""
    return worst(
        judge(
            step.claims,
            Seen(since=NOON, amount_minor=step.amount_minor, rows=tuple(rows), entries=tuple(entries)),
        )
        for step in steps(name)
    )
