"""Every situation that a cashier can be told of, found by walking the fold: each fact that may follow, after each.

So nobody keeps a list of them: a state, a fact or an evidence that is new is walked to, or the walk refuses to pass the
type checker.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import assert_never

from engine import (
    FINAL,
    FOLLOWS,
    UNKNOWN,
    Dispatch,
    Ending,
    Evidence,
    FactKind,
    Kind,
    Moment,
    Money,
    NotDelivered,
    Operation,
    Order,
    Reply,
    State,
    abort_requested,
    contradicted,
    ended,
    escalated,
    lost_track,
    not_delivered,
    proven_absent,
    ruled,
    seen,
)
from engine.facts import answered, dispatched, intended
from engine.operation import follow
from journal import Draft, Fact

DAY = date(2026, 11, 24)
_BEGUN, _FOUND = time(14, 3), time(14, 10)

_AT_ONCE = frozenset({FactKind.INTENDED, FactKind.DISPATCHED, FactKind.ANSWERED, FactKind.NOT_DELIVERED})


def order_of(kind: Kind) -> Order:
    """An order of this kind, complete."""
    amount = Money(12500, "NOK") if kind in (Kind.PAYMENT, Kind.REFUND) else None
    target = "000123" if kind is Kind.REVERSAL else None
    return Order(
        operation_id="id-1", kind=kind, terminal="bar", reference="bill-1", amount=amount, target_receipt=target
    )


def situations(kind: Kind) -> list[Operation]:
    """One operation for each situation, in the order in which they are come across."""
    order = order_of(kind)
    first = _after(None, intended(order))
    found = {_situation(first): first}
    ahead = [first]
    while ahead:
        operation = ahead.pop(0)
        for draft in _drafts(operation):
            later = _after(operation, draft)
            if _situation(later) not in found:
                found[_situation(later)] = later
                ahead.append(later)
    return list(found.values())


def _situation(operation: Operation) -> tuple[object, ...]:
    """What can make a difference to what is told, and to what may follow."""
    ending = operation.reply.ending if operation.reply else None
    return operation.state, operation.evidence, operation.alarm is not None, ending


def _after(operation: Operation | None, draft: Draft) -> Operation:
    clock = _BEGUN if FactKind(draft.kind) in _AT_ONCE else _FOUND
    # Begun as local time, so that it is shown as that in every zone.
    at = datetime.combine(DAY, clock).astimezone(UTC).isoformat(timespec="milliseconds")
    return follow(operation, Fact(seq=1, at=at, subject=draft.subject, kind=draft.kind, body=draft.body, digest=""))


def _drafts(operation: Operation) -> Iterator[Draft]:
    for kind in FactKind:
        if operation.state in FOLLOWS[kind]:
            yield from _drafts_of(kind, operation)


def _drafts_of(kind: FactKind, operation: Operation) -> Iterator[Draft]:  # noqa: C901, PLR0912 - a case for each fact
    order = operation.order
    match kind:
        case FactKind.INTENDED:
            return
        case FactKind.DISPATCHED:
            dispatch = Dispatch(stamp_ms=1, moment=Moment(span="boot", ticks_ms=1), slot_before=UNKNOWN)
            yield dispatched(order, dispatch)
        case FactKind.ANSWERED:
            yield from (answered(order, _reply(ending), "why") for ending in Ending)
        case FactKind.NOT_DELIVERED:
            yield from (not_delivered(order, NotDelivered("why", refused=refused)) for refused in (False, True))
        case FactKind.LOST_TRACK:
            yield lost_track(order, "why")
        case FactKind.SEEN:
            for basis in (Evidence.LATEST_SLOT, Evidence.STATUS_BY_ID):
                yield from (seen(operation, _reply(ending), basis, row="found", reason="why") for ending in Ending)
        case FactKind.PROVEN_ABSENT:
            for basis in (Evidence.FENCED_ABSENCE, Evidence.ABSENCE_AFTER_GRACE):
                yield proven_absent(operation, basis, row="absent", reason="why")
        case FactKind.ESCALATED:
            yield from (escalated(operation, shown, row="overwritten", reason="why") for shown in (None, _reply(None)))
        case FactKind.RULED:
            yield from (ruled(operation, outcome, by="Kim", reason="why") for outcome in State if outcome in FINAL)
        case FactKind.ABORT_REQUESTED:
            yield abort_requested(order, "accepted")
        case FactKind.CONTRADICTED:
            yield from (
                contradicted(operation, shown, row="contradicted", reason="why") for shown in _others(operation)
            )
        case _:
            assert_never(kind)


def _others(operation: Operation) -> Iterator[Reply]:
    """Every other ending than the one on record; a word that nobody knows counts where it did not happen at all."""
    yield from (_reply(ending) for ending in Ending if ended(_reply(ending)) is not operation.state)
    if operation.state is State.NOT_PERFORMED:
        yield _reply(None)


def _reply(ending: Ending | None) -> Reply:
    return Reply(operation_id="id-1", ending=ending, outcome_text=ending or "Maybe")
