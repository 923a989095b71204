"""What must hold at the terminal: each claim looks at ledger and log only, never at what the POS says.

A claim is pure. It is passed, failed for good, awaited (what it wants to see may still come), or not played.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from itertools import pairwise

from tools.accredit.record import Row, Seen
from tools.accredit.verdict import PASSED, Verdict, Word, awaited, failed, worst

Claim = Callable[[Seen], Verdict]

# "No formal rate limit" (protocol.md, Sequential polling); a till that waits for a busy terminal needs no more.
MOST_IN_A_SECOND = 5

_BUSY = 503


def judge(claims: Iterable[Claim], seen: Seen) -> Verdict:
    """The verdict on one step: the gravest of its claims."""
    return worst(claim(seen) for claim in claims)


def started_once(seen: Seen) -> Verdict:
    """An order is sent once: sending it again is never automatic (`protocol.md`, Conventions, 3)."""
    if len(seen.starts) > 1:
        return failed(f"the POS sent {len(seen.starts)} orders for one bill", (*seen.starts, *seen.of_amount))
    return PASSED if seen.starts else awaited("no order came")


def never_blind(seen: Seen) -> Verdict:
    """A second order is not sent before the terminal has answered what became of the first."""
    if not seen.starts:
        return awaited("no order came")
    for before, after in pairwise(seen.starts):
        if not any(row.learns and before.until <= row.at and row.until <= after.at for row in seen.rows):
            return failed("the POS ordered again before the terminal had told what became of it", (before, after))
    return PASSED


def charged_at_most_once(seen: Seen) -> Verdict:
    """The guest pays once, whatever happened on the line."""
    if len(seen.charges) > 1:
        return failed(f"the guest was charged {len(seen.charges)} times", (*seen.charges, *seen.starts))
    return PASSED


def charged_once(seen: Seen) -> Verdict:
    """The ledger has exactly one approved entry of this amount."""
    missing = awaited("the ledger has no approved entry of this amount", (*seen.entries, *seen.starts))
    return charged_at_most_once(seen) if seen.charges else missing


def declined_once(seen: Seen) -> Verdict:
    """The ledger has exactly one entry of this amount, and it is declined."""
    if [entry.outcome for entry in seen.of_amount] == ["Declined"]:
        return PASSED
    if seen.of_amount:
        return failed("the ledger has something else than one declined entry", seen.of_amount)
    return awaited("the ledger has no entry of this amount", seen.starts)


def entered(seen: Seen) -> Verdict:
    """The operation reached the terminal, whatever became of it."""
    return PASSED if seen.of_amount else awaited("the ledger has no entry of this amount", seen.starts)


def nothing_entered(seen: Seen) -> Verdict:
    """The ledger has no operation."""
    return failed("the ledger has an operation", seen.of_amount) if seen.of_amount else PASSED


def named(seen: Seen) -> Verdict:
    """The operation carries an id by which its answer can be found again (`protocol.md`, Missing answers)."""
    nameless = [entry for entry in seen.of_amount if entry.identity is None]
    return failed("customData holds no id, so a lost answer could not be recognised", nameless) if nameless else PASSED


def asked_afterwards(seen: Seen) -> Verdict:
    """After a lost or false reply the POS asks `latest` or `status`."""
    if seen.starts and any(row.learns and row.at >= seen.starts[0].until for row in seen.rows):
        return PASSED
    return awaited("the POS did not ask `latest` or `status` after its order, or heard no answer", seen.rows)


def outcome_in_reply(seen: Seen) -> Verdict:
    """Only the reply to a blocking order has an outcome that can be falsified."""
    if seen.starts and seen.starts[0].asynchronous:
        return Verdict(
            word=Word.NOT_PLAYED, why="the reply to an asynchronous start carries no outcome", evidence=seen.starts[:1]
        )
    return PASSED


def heard_busy(seen: Seen) -> Verdict:
    """The POS met the busy terminal."""
    refused = [row for row in seen.starts if row.status == _BUSY]
    return PASSED if refused else awaited("no order met the busy terminal", seen.starts)


def not_hammering(seen: Seen) -> Verdict:
    """A busy terminal is not flooded."""
    crowd: deque[Row] = deque()
    for row in seen.rows:
        crowd.append(row)
        while row.at - crowd[0].at >= 1:
            crowd.popleft()
        if len(crowd) > MOST_IN_A_SECOND:
            return failed(f"more than {MOST_IN_A_SECOND} requests came within one second", crowd)
    return PASSED


def captured(seen: Seen) -> Verdict:
    """A capture stands in the ledger, and a payment before it."""
    captures = [entry for entry in seen.entries if entry.kind == "capture" and entry.approved]
    if not captures:
        return awaited("the ledger has no approved capture", (*seen.entries, *seen.starts))
    paid = [entry for entry in seen.entries if entry.kind == "payment" and entry.approved]
    if not any(entry.finished_at <= captures[0].started_at for entry in paid):
        return failed("no payment stands before the capture", seen.entries)
    return PASSED if len(captures) == 1 else failed("the day was closed more than once", captures)
