"""The audit: the terminals' ledgers against the journal. Pure, so that its own ability to fail can be tested.

The ledgers are the truth and speak first. A guest is recognised in them by the amount, which no other bill has (see
``make_bills``), so nothing that the audit says of guests leans on an id that the audited code has made. Ids are
compared as well, but that is a question of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine import State
from tools.demo.bills import Bill, bill_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a terminal's ledger says of one operation that it performed."""

    terminal: str
    operation_id: str | None
    amount_minor: int | None
    approved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What the journal says of one operation.

    ``lost`` is whether its reply was lost, ``killed`` whether the till was killed under it, and ``doubt_s`` how many
    seconds it took from the one or the other to the truth; None where that is not known, or nothing was lost.
    """

    operation_id: str
    reference: str
    state: str
    evidence: str
    reason: str = ""
    unsettled: bool = False
    lost: bool = False
    killed: bool = False
    doubt_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What the requests of the tills suffered. Late orders were refused for their stamp, or taken and performed."""

    orders: int = 0
    questions: int = 0
    on_orders: Mapping[str, int] = field(default_factory=dict)
    on_questions: Mapping[str, int] = field(default_factory=dict)
    late_refused: int = 0
    late_taken: int = 0
    wrong_keys: int = 0

    @property
    def played(self) -> int:
        """How many in all."""
        return sum(self.on_orders.values()) + sum(self.on_questions.values())


def together(faults: Iterable[Faults]) -> Faults:
    """Those of all terminals."""
    all_of_them = list(faults)
    return Faults(
        orders=sum(f.orders for f in all_of_them),
        questions=sum(f.questions for f in all_of_them),
        on_orders=dict(sum((Counter(f.on_orders) for f in all_of_them), Counter())),
        on_questions=dict(sum((Counter(f.on_questions) for f in all_of_them), Counter())),
        late_refused=sum(f.late_refused for f in all_of_them),
        late_taken=sum(f.late_taken for f in all_of_them),
        wrong_keys=sum(f.wrong_keys for f in all_of_them),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What the audit found.

    Guests and bills are told by the bill's number, operations by their reference. The six fields under *must be
    empty* are the differences; each holds who or what is concerned.
    """

    charged_once: tuple[int, ...]
    unpaid: tuple[int, ...]
    # must be empty
    charged_twice: tuple[int, ...]
    lost: tuple[int, ...]
    phantom: tuple[int, ...]
    unknown_ids: tuple[str, ...]
    disagreeing: tuple[str, ...]
    strange_amounts: tuple[str, ...]
    # not yet known, and not wrong either
    in_doubt: tuple[Account, ...]
    with_person: tuple[Account, ...]
    lost_replies: int
    settled_by: Mapping[str, int]
    doubts_in_line_s: tuple[float, ...]
    doubts_after_kill_s: tuple[float, ...]

    @property
    def differences(self) -> int:
        """How many things are not as they must be."""
        wrong = (self.charged_twice, self.lost, self.phantom, self.unknown_ids, self.disagreeing, self.strange_amounts)
        return sum(len(found) for found in wrong)


def audit(bills: Sequence[Bill], entries: Iterable[Entry], accounts: Iterable[Account]) -> Audit:
    """Compare both books, bill by bill and operation by operation."""
    charges = [entry for entry in entries if entry.approved]
    accounts = list(accounts)
    by_amount = {bill.amount_minor: bill.number for bill in bills}
    times_charged = Counter(by_amount[c.amount_minor] for c in charges if c.amount_minor in by_amount)
    paid_in_till = {bill_number(account.reference) for account in accounts if account.state == State.APPROVED}
    known = {account.operation_id: account for account in accounts}
    open_accounts = [account for account in accounts if account.unsettled]
    # Of these the till knows that it does not know. They are named one by one, and are neither lost nor unpaid.
    parked = {bill_number(account.reference) for account in open_accounts}
    return Audit(
        charged_once=tuple(sorted(number for number, times in times_charged.items() if times == 1)),
        unpaid=tuple(sorted({bill.number for bill in bills} - times_charged.keys() - paid_in_till - parked)),
        charged_twice=tuple(sorted(number for number, times in times_charged.items() if times > 1)),
        lost=tuple(sorted(times_charged.keys() - paid_in_till - parked)),
        phantom=tuple(sorted(paid_in_till - times_charged.keys())),
        unknown_ids=tuple(str(charge.operation_id) for charge in charges if charge.operation_id not in known),
        disagreeing=tuple(_disagreeing(charges, known)),
        strange_amounts=tuple(
            f"{charge.amount_minor} at {charge.terminal}" for charge in charges if charge.amount_minor not in by_amount
        ),
        in_doubt=tuple(account for account in open_accounts if not _waits_for_person(account)),
        with_person=tuple(account for account in open_accounts if _waits_for_person(account)),
        lost_replies=sum(account.lost for account in accounts),
        settled_by=dict(Counter(account.evidence for account in accounts if not account.unsettled)),
        doubts_in_line_s=_doubts(accounts, killed=False),
        doubts_after_kill_s=_doubts(accounts, killed=True),
    )


def _disagreeing(charges: Sequence[Entry], known: Mapping[str, Account]) -> Iterable[str]:
    """Operations on whose ending the two books differ, even where the bill as a whole comes out right."""
    charged = {charge.operation_id for charge in charges}
    for account in known.values():
        settled_otherwise = account.state in _NOT_CHARGED and account.operation_id in charged
        charged_nowhere = account.state == State.APPROVED and account.operation_id not in charged
        if settled_otherwise or charged_nowhere:
            yield account.reference


_NOT_CHARGED = frozenset({State.DECLINED, State.CANCELLED, State.NOT_PERFORMED})


def _waits_for_person(account: Account) -> bool:
    """Whether it was given to a person, for a reason that it states; an alarm waits for one as well."""
    return account.state not in {State.INTENDED, State.DISPATCHED, State.LOST} and bool(account.reason)


def _doubts(accounts: Sequence[Account], *, killed: bool) -> tuple[float, ...]:
    return tuple(sorted(a.doubt_s for a in accounts if a.doubt_s is not None and a.killed is killed))
