"""The POS: ``python -m tools.demo.pos CONFIG BILLS TERMINALS SEED``. It is there to be killed.

It keeps no book of its own. What was paid before it was killed, and what is open, it asks of Tillproof, under the
references that it would give the attempts anyway. That is all a POS has to do:

    approved                                the bill is paid
    declined, cancelled, not performed      the guest tries again, under the next reference, or at last pays cash
    in doubt                                pay again under the *same* reference: it asks first, and never charges twice
    terminal occupied or unsettled          come back to this bill
"""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from enum import StrEnum
from typing import assert_never

import structlog

import tillproof
from tools.demo.bills import CURRENCY, MOST_ATTEMPTS, Bill, make_bills, terminal_names
from tools.demo.child import end_with_parent, say

_REST_S = 0.1
"""Before the POS comes back to a terminal that could not take the bill."""

_ENOUGH = 20
"""After so many refusals in a row, each of which had the terminal's patience, a terminal is left to a person."""


class Bye(StrEnum):
    """How a guest leaves the terminal, for now."""

    PAID = "paid"
    CASH = "cash"
    PARKED = "parked"
    """In doubt, and only a person can tell."""
    LATER = "later"


def main(arguments: Sequence[str]) -> None:
    """Serve every bill that is not served yet."""
    config, bills, terminals, seed = arguments
    end_with_parent()
    # Standard output is for the parent; the log goes where a POS would keep it.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    names = terminal_names(int(terminals))
    lunch = make_bills(int(bills), terminals=names, seed=int(seed))
    failures: list[BaseException] = []
    with tillproof.open(config) as till:
        lanes = [_start(till, [bill for bill in lunch if bill.terminal == name], failures) for name in names]
        for lane in lanes:
            lane.join()
    if failures:
        raise failures[0]
    say(over=True)


def _start(till: tillproof.Till, bills: Sequence[Bill], failures: list[BaseException]) -> threading.Thread:
    def work() -> None:
        try:
            serve(till, bills)
        except BaseException as error:  # noqa: BLE001 - told by the main thread, at the end
            failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def serve(till: tillproof.Till, bills: Sequence[Bill]) -> None:
    """Serve the guests of one terminal, one after the other; whoever cannot be served now waits at the end."""
    queue = deque(bills)
    refusals = 0
    while queue and refusals < _ENOUGH:
        bill = queue.popleft()
        bye = _serve(till, bill)
        if bye is Bye.LATER:
            queue.append(bill)
            refusals += 1
            time.sleep(_REST_S)
        else:
            refusals = 0
            say(bill=bill.number, terminal=bill.terminal, done=bye)


def _serve(till: tillproof.Till, bill: Bill) -> Bye:
    for attempt in range(1, MOST_ATTEMPTS + 1):
        outcome = _known(till, bill.reference(attempt))
        if outcome is None or isinstance(outcome, tillproof.InDoubt):
            outcome = _pay(till, bill, attempt)
        match outcome:
            case None:
                return Bye.LATER
            case tillproof.Approved():
                return Bye.PAID
            case tillproof.InDoubt():
                return Bye.PARKED if outcome.needs_person else Bye.LATER
            case tillproof.Declined() | tillproof.Cancelled() | tillproof.NotPerformed():
                continue
            case _:
                assert_never(outcome)
    return Bye.CASH


def _known(till: tillproof.Till, reference: str) -> tillproof.Outcome | None:
    try:
        return till.outcome_of(reference)
    except tillproof.UnknownReference:
        return None


def _pay(till: tillproof.Till, bill: Bill, attempt: int) -> tillproof.Outcome | None:
    """What became of it; None when nothing is known and the POS has to come back."""
    say(bill=bill.number, terminal=bill.terminal, attempt=attempt)
    try:
        outcome = till.pay(bill.amount, CURRENCY, terminal=bill.terminal, reference=bill.reference(attempt))
    except (
        tillproof.TerminalOccupied,
        tillproof.TerminalUnsettled,
        tillproof.NothingSent,
        tillproof.AnswerNotStored,
    ) as why:
        say(bill=bill.number, terminal=bill.terminal, attempt=attempt, refused=type(why).__name__)
        return None
    say(bill=bill.number, terminal=bill.terminal, attempt=attempt, outcome=outcome.word)
    return outcome


if __name__ == "__main__":
    main(sys.argv[1:])
