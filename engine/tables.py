"""Tables: whether a guest at a table may be asked to pay while an earlier bill of the same table is in doubt.

A reference protects an attempt: the same one never charges twice. A cashier whose payment is in doubt may make a new
bill for the same guests, though, and that bill has a new reference. Where the POS names the table, this is noticed.

What is in doubt: an operation whose reply was lost, one that waits for a person, and one that was sent and that nobody
conducts any more, because the till was killed. One that runs at this moment is not: two guests of one table may pay
their halves at two terminals at once.
"""

from __future__ import annotations

from engine.book import Book
from engine.errors import TerminalOccupied, TillproofError
from engine.operation import Operation
from engine.order import Order
from engine.outcome import InDoubt, outcome_of
from engine.state import FINAL, State


class TableInDoubt(TillproofError):
    """An earlier payment of this table is in doubt, and another one could charge its guests twice. Nothing was sent."""

    def __init__(self, table: str, blocking: InDoubt) -> None:
        super().__init__(
            f"table {table}: {blocking.kind} {blocking.reference!r} on {blocking.terminal} is in doubt "
            f"({blocking.reason}), and its guests may have paid; nothing was sent. Ask for {blocking.reference!r} "
            f"first. Where you know better, give despite={blocking.reference!r} (--despite on the command line), "
            "and it stays on record that you did"
        )
        self.table = table
        self.blocking = blocking


def must_not_be_in_doubt(book: Book, order: Order) -> None:
    """Look at the table of a new order, for which the caller holds the lane of its terminal.

    Raises:
        TableInDoubt: an earlier operation of the table is in doubt, and the order does not say that it knows.
        NothingSent: it cannot be found out.
    """
    if order.table is None:
        return
    for earlier in book.unsettled():
        if earlier.order.table == order.table and earlier.order.reference != order.despite:
            doubt = outcome_of(earlier)
            if isinstance(doubt, InDoubt) and not (_may_run(earlier, order) and _runs(book, earlier)):
                raise TableInDoubt(order.table, doubt)


def _may_run(earlier: Operation, order: Order) -> bool:
    """Whether somebody else may conduct it at this moment; on our own terminal we hold the lane."""
    return earlier.state is State.DISPATCHED and earlier.order.terminal != order.terminal


def _runs(book: Book, earlier: Operation) -> bool:
    try:
        with book.lane(earlier.order.terminal, wait_s=0):
            # Its conductor may have written the end, and left, since we looked.
            return book.get(earlier.order.operation_id).state in FINAL
    except TerminalOccupied:
        return True
