"""A terminal that answers as it is told, and keeps what it was asked; a clock that stands unless somebody waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from engine import (
    EMPTY,
    OPERATIONS,
    AbortAnswer,
    Activity,
    Book,
    Charge,
    Dispatch,
    Ending,
    Kind,
    Mode,
    ModePolicy,
    Moment,
    Money,
    OnDialog,
    Operation,
    Order,
    Reply,
    Slot,
    Status,
    facts,
)
from journal import Draft, MemoryJournal

OURS = "0b7f4d7e-5f0c-4c43-9a53-0a2c6c6f2f11"
ORDER = Order(operation_id=OURS, kind=Kind.PAYMENT, terminal="bar", reference="bill-1", amount=Money(12500, "NOK"))
APPROVED = Reply(operation_id=OURS, ending=Ending.APPROVED, outcome_text="Approved", receipt_number="000123")
DECLINED = Reply(operation_id=OURS, ending=Ending.DECLINED, outcome_text="Declined")
UNCLEAR = Reply(operation_id=OURS, ending=None, outcome_text="Referred")
OLDER = Slot(identity="older", reply=replace(APPROVED, operation_id="older"))
NOTHING = Slot(identity=EMPTY, reply=None)
STAMP_MS = 1_700_000_000_000


def shown(reply: Reply) -> Slot:
    """A slot with one of ours in it."""
    return Slot(identity=str(reply.operation_id), reply=reply)


class StandingClock:
    """Stands where it is; waiting moves it."""

    def __init__(self) -> None:
        self.ticks_ms = 1_000_000
        self.span = "boot 1"
        self.slept: list[float] = []

    def now(self) -> datetime:
        """One and the same day."""
        return datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def moment(self) -> Moment:
        """Where it stands."""
        return Moment(span=self.span, ticks_ms=self.ticks_ms)

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self.slept.append(seconds)
        self.ticks_ms += round(seconds * 1000)


@dataclass
class ScriptedTerminal:
    """Each question takes the next of its answers, and the last one for ever; an error among them is raised."""

    name: str = "bar"
    patience_s: float = 30.0
    grace_s: float = 180.0
    reboot_s: float = 20.0
    fences: bool = True
    wiped_whole: bool = True
    shared: bool = False
    mode_policy: ModePolicy = ModePolicy.SYNC
    aborts_lost: bool = False
    activities: Sequence[Activity | Exception] = (Activity.IDLE,)
    slots: Mapping[Kind, Sequence[Slot | Exception]] = field(default_factory=dict)
    statuses: Sequence[Status | Exception] = ()
    aborts: Sequence[AbortAnswer | Exception] = ()
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def latest(self, kind: Kind, *, after_ms: int = 0) -> Slot:
        """What the script shows in this slot; nothing, if it does not say."""
        slot: Slot = self._next(("latest", kind, after_ms), self.slots.get(kind, (NOTHING,)))
        return slot

    def activity(self, *, after_ms: int = 0) -> Activity:
        """What runs by the script."""
        activity: Activity = self._next(("activity", after_ms), self.activities)
        return activity

    def status(self, order: Order, *, after_ms: int = 0) -> Status:
        """What became of it by the script."""
        status: Status = self._next(("status", order.operation_id, after_ms), self.statuses)
        return status

    def abort(self, order: Order, mode: Mode) -> AbortAnswer:
        """What it says to that."""
        answer: AbortAnswer = self._next(("abort", order.operation_id, mode), self.aborts)
        return answer

    def _next(self, question: tuple[Any, ...], answers: Sequence[Any]) -> Any:
        same = question[:2] if question[0] == "latest" else question[:1]
        before = sum(asked[: len(same)] == same for asked in self.asked)
        self.asked.append(question)
        answer = answers[min(before, len(answers) - 1)]
        if isinstance(answer, Exception):
            raise answer
        return answer

    @contextmanager
    def prepare(self, order: Order, mode: Mode, on_dialog: OnDialog | None) -> Iterator[Charge]:
        """Recovery sends nothing."""
        raise AssertionError(f"{order.operation_id} was to be sent again")
        yield

    def device(self) -> Mapping[str, str]:
        """Recovery does not ask."""
        raise AssertionError

    def read_card(self) -> Mapping[str, str]:
        """Recovery does not ask."""
        raise AssertionError

    def print_text(self, text: str) -> None:
        """Recovery does not print."""
        raise AssertionError

    def close(self) -> None:
        """Nothing to close."""


class Records:
    """A book over a journal in memory, and operations in it at any stage."""

    def __init__(self, clock: StandingClock) -> None:
        self.journal = MemoryJournal(projection=OPERATIONS, now=clock.now)
        self.book = Book(self.journal)

    def write(self, order: Order = ORDER, *drafts: Draft, dispatch: Dispatch | None = None) -> Operation:
        """The operation after its intent, its dispatch if there was one, and these facts."""
        operation = self.book.begin(facts.intended(order))
        for draft in ([facts.dispatched(order, dispatch)] if dispatch else []) + list(drafts):
            operation = self.book.record(operation, draft)
        return operation

    def last(self) -> tuple[str, dict[str, Any]]:
        """The kind and the particulars of the last fact."""
        *_, fact = self.journal.facts()
        return fact.kind, dict(fact.body)
