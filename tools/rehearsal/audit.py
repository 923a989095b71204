"""The audit of a rehearsal: what the journal believes, against what the terminals' ledgers know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from engine import FINAL, Operation, State
from tools.simulator import Arrival, Entry, Outcome

_ENDINGS = {
    "Approved": State.APPROVED,
    "Declined": State.DECLINED,
    "Cancelled": State.CANCELLED,
    # Cut off by a restart before any money moved.
    Outcome.KILLED: State.NOT_PERFORMED,
}


def discrepancies(operations: Iterable[Operation], ledger: Iterable[Entry]) -> Iterator[str]:
    """A sentence for each place where the journal is wrong; what it calls in doubt is not wrong.

    ``operations`` are all of the journal, ``ledger`` all entries of all terminals.
    """
    ours = [entry for entry in ledger if entry.arrived is not Arrival.FOREIGN]
    entries = {entry.id: entry for entry in ours}
    known = {operation.order.operation_id: operation for operation in operations}
    for identity, times in Counter(entry.id for entry in ours).items():
        if times > 1:
            yield f"{identity} was performed {times} times"
    for identity in entries.keys() - known.keys():
        yield f"{identity} is in the ledger and not in the journal"
    for identity, operation in known.items():
        entry = entries.get(identity)
        truth = _ENDINGS.get(entry.outcome) if entry is not None else State.NOT_PERFORMED
        if operation.state in FINAL and operation.state is not truth:
            name = operation.order.reference
            yield f"{name} is {operation.state} in the journal and {truth or 'unclear'} in the ledger"
