"""The audit: what the tills believe and have told, against what the terminals' ledgers know."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from engine import FINAL, FactKind, Operation, State
from tests.prove.simulation.doubt import justified
from tests.prove.simulation.play import Play
from tools.rehearsal import discrepancies
from tools.simulator import Entry, Kind

_KINDS = ("charged_twice", "lost", "false", "stuck", "broken")


@dataclass(kw_only=True)
class Findings:
    """What a seed came to."""

    charged_twice: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    doubts: Counter[str] = field(default_factory=Counter)

    @property
    def problems(self) -> list[str]:
        """A sentence for each thing that is wrong."""
        return [sentence for kind in _KINDS for sentence in getattr(self, kind)]

    def add(self, other: Findings) -> None:
        """Take in what another seed came to."""
        for kind in _KINDS:
            getattr(self, kind).extend(getattr(other, kind))
        self.counts.update(other.counts)
        self.doubts.update(other.doubts)

    def told_with(self, before: str, after: str) -> Findings:
        """The same, each sentence between what is known of the seed."""
        told = replace(self)
        for kind in _KINDS:
            setattr(told, kind, [f"{before}: {sentence}; {after}" for sentence in getattr(self, kind)])
        return told


def audit(play: Play) -> Findings:
    """Everything that can be said of a play that has come to its end."""
    operations = play.operations()
    entries = {entry.id: entry for entry in play.ledger if entry.id is not None}
    found = Findings()
    found.charged_twice += _charged_twice(play, operations)
    found.false += discrepancies(operations, play.ledger)
    found.false += _told_wrongly(play, entries)
    for operation in operations:
        entry = entries.get(operation.order.operation_id)
        if operation.state in FINAL:
            found.lost += _lost(operation, entry)
            continue
        found.stuck += _stuck(play, operation, found)
    for till, _ in play.books():
        found.broken += till.program().journal.verify().breaks
    found.counts.update(_counted(play, operations))
    return found


def _charged_twice(play: Play, operations: list[Operation]) -> Iterator[str]:
    """A bill is paid once, whatever number of references it took."""
    bills = {operation.order.operation_id: operation.order.reference for operation in operations}
    paid: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in play.ledger:
        if entry.approved and entry.kind in {Kind.PAYMENT, Kind.REFUND} and entry.id in bills:
            paid[bills[entry.id].partition("/")[0]].append(entry)
    for bill, entries in paid.items():
        if len(entries) > 1:
            yield f"{bill} moved money {len(entries)} times, under {', '.join(str(entry.id) for entry in entries)}"


def _told_wrongly(play: Play, entries: dict[str, Entry]) -> Iterator[str]:
    """What somebody was once told must be true in the end, also where the journal has been put right since."""
    for told in play.told:
        outcome = told.outcome
        if outcome.word == "in_doubt":
            continue
        entry = entries.get(outcome.operation_id)
        truth = "not_performed" if entry is None else _WORDS.get(entry.outcome, entry.outcome)
        if outcome.word != truth:
            yield f"{outcome.reference} was told to be {outcome.word}, and the ledger says {truth} ({outcome.reason})"


_WORDS = {
    "Approved": "approved",
    "Declined": "declined",
    "Cancelled": "cancelled",
    "KilledByReboot": "not_performed",
}


def _lost(operation: Operation, entry: Entry | None) -> Iterator[str]:
    if entry is not None and entry.approved and operation.state is not State.APPROVED:
        yield f"{operation.order.reference} was paid, and is {operation.state} in the journal"


def _stuck(play: Play, operation: Operation, found: Findings) -> Iterator[str]:
    name = operation.order.reference
    if operation.state is not State.ESCALATED:
        yield f"{name} is still {operation.state} after the calm: {operation.reason}"
        return
    (fact,) = (
        fact for till, book in play.books() for fact in book.facts_of(operation) if fact.kind == FactKind.ESCALATED
    )
    row = str(fact.body["row"])
    found.doubts[row] += 1
    if not justified(play, operation, row):
        yield f"{name} was given to a person ({row}) without a cause: {operation.reason}"


def _places(play: Play, operation: Operation) -> Iterator[str]:
    """Where an operation was done: what can be compared, to see what makes doubts."""
    scene = play.script.scene
    yield f"on release {scene.release}"
    yield "on a terminal that others use too" if scene.shared else "on a terminal of our own"
    if operation.dispatch is not None:
        yield f"in {operation.dispatch.mode} mode"


def _counted(play: Play, operations: list[Operation]) -> Counter[str]:
    counts: Counter[str] = Counter()
    paid = {entry.id for entry in play.ledger if entry.approved}
    for operation in operations:
        counts["operations"] += 1
        counts[f"{operation.order.kind}s"] += 1
        counts[f"{operation.order.kind}s {operation.state}"] += 1
        doubtful = operation.state is State.ESCALATED
        counts["doubts that were paid"] += doubtful and operation.order.operation_id in paid
        for place in _places(play, operation):
            counts[f"operations {place}"] += 1
            counts[f"doubts {place}"] += doubtful
    for shift in play.shifts:
        for what, times in shift.struck.items():
            counts[f"struck {what}"] += times
    counts["deaths"] = sum(len(till.died_at) for till in play.tills)
    counts["deaths in recovery"] = play.fate.deaths_in_recovery
    counts["ledger"] = len(play.ledger)
    return counts
