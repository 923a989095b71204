"""Two small books that agree, and ways to spoil them."""

from __future__ import annotations

from datetime import UTC, datetime

from engine import Evidence, State
from tools.demo.audit import Account, Entry, Faults, audit
from tools.demo.bills import Bill
from tools.demo.story import Kill, Plan, Recovered, Story

BILLS = [Bill(number=number, amount_minor=1_000 + number, terminal="terminal-1") for number in (1, 2, 3)]


def entry(number: int, operation_id: str, *, approved: bool = True) -> Entry:
    """What the ledger says of an operation for this bill."""
    return Entry(terminal="terminal-1", operation_id=operation_id, amount_minor=1_000 + number, approved=approved)


def account(number: int, operation_id: str, state: State, evidence: Evidence = Evidence.REPLY) -> Account:
    """What the journal says of an operation for this bill."""
    return Account(
        operation_id=operation_id,
        reference=f"bill-{number:04d}/{operation_id[-1]}",
        state=state,
        evidence=evidence,
        reason="as planted",
        unsettled=state in {State.DISPATCHED, State.LOST, State.ESCALATED},
    )


def entries() -> list[Entry]:
    """Guest 1 pays at once, guest 2 after having been declined, guest 3 never."""
    return [entry(1, "a1"), entry(2, "b1", approved=False), entry(2, "b2"), entry(3, "c1", approved=False)]


def accounts() -> list[Account]:
    """The journal of the same three."""
    return [
        account(1, "a1", State.APPROVED),
        account(2, "b1", State.DECLINED),
        account(2, "b2", State.APPROVED, Evidence.LATEST_SLOT),
        account(3, "c1", State.CANCELLED),
    ]


def story(
    *,
    ledger: list[Entry] | None = None,
    journal: list[Account] | None = None,
    running: tuple[str, ...] = ("b2",),
    byes: dict[int, str] | None = None,
    faults: Faults | None = None,
) -> Story:
    """A story with these books."""
    found = audit(BILLS, entries() if ledger is None else ledger, accounts() if journal is None else journal)
    at = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    return Story(
        plan=Plan(bills=3, terminals=1, kills=1, fault_rate=0.1, seed=7),
        kills=(Kill(after_bills=1, at=at, running=running, settling=()),),
        recoveries=(Recovered(exit_code=0, report={"findings": [], "unread": {}}, took_s=0.5),),
        byes={1: "paid", 2: "paid", 3: "cash"} if byes is None else byes,
        faults=faults or Faults(orders=4, questions=2, on_orders={"wrong_hash": 1}),
        audit=found,
        facts=12,
        breaks=(),
        took_s=3.0,
    )
