"""An operation: the fold of its facts.

The journal holds facts; what an operation *is* follows from them by ``fold``, one pure function over one table.
``FOLLOWS`` says after which states a fact may stand. A fact that may not is refused before it is written, so the
journal never holds a history that cannot have happened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, assert_never

from engine.clock import Moment
from engine.errors import ImpossibleHistory
from engine.kind import Kind
from engine.mode import Mode
from engine.money import Money
from engine.order import Order
from engine.state import FINAL, State
from engine.terminal import Ending, Reply
from journal import Fact


class FactKind(StrEnum):
    """What can become known of an operation, in the past tense."""

    INTENDED = "Intended"
    """The POS asked for it."""
    DISPATCHED = "Dispatched"
    """It is about to leave: with this stamp, and this is what the terminal's memory held."""
    ANSWERED = "Answered"
    """The terminal replied to the order itself."""
    NOT_DELIVERED = "NotDelivered"
    """It is proved that the terminal did not take it."""
    LOST_TRACK = "LostTrack"
    """It left, and nothing usable came back."""
    SEEN = "Seen"
    """The terminal's memory shows it, with its ending."""
    PROVEN_ABSENT = "ProvenAbsent"
    """It is proved that it did not happen."""
    ESCALATED = "Escalated"
    """The terminal can no longer tell."""
    RULED = "Ruled"
    """A person decided: who, what and why."""
    ABORT_REQUESTED = "AbortRequested"
    """The terminal was asked to end it. What became of it is another matter."""
    CONTRADICTED = "Contradicted"
    """The terminal shows another ending than the one on record: late success, for one."""


class Evidence(StrEnum):
    """What a state rests on."""

    REPLY = "reply"
    STATUS_BY_ID = "status_by_id"
    LATEST_SLOT = "latest_slot"
    NOTHING_LEFT = "nothing_left"
    AUTHENTIC_REFUSAL = "authentic_refusal"
    FENCED_ABSENCE = "fenced_absence"
    ABSENCE_AFTER_GRACE = "absence_after_grace"
    PERSON = "person"
    NONE = "none"


FOLLOWS: Mapping[FactKind, frozenset[State | None]] = {
    FactKind.INTENDED: frozenset({None}),
    FactKind.DISPATCHED: frozenset({State.INTENDED}),
    FactKind.ANSWERED: frozenset({State.DISPATCHED}),
    FactKind.NOT_DELIVERED: frozenset({State.INTENDED, State.DISPATCHED}),
    FactKind.LOST_TRACK: frozenset({State.DISPATCHED}),
    FactKind.SEEN: frozenset({State.LOST, State.ESCALATED}),
    FactKind.PROVEN_ABSENT: frozenset({State.LOST}),
    FactKind.ESCALATED: frozenset({State.LOST}),
    # A person may also rule on what is final: to answer an alarm.
    FactKind.RULED: frozenset({State.LOST, State.ESCALATED}) | FINAL,
    # Asked from beside the thread that conducts the operation, which may be a step further by now.
    FactKind.ABORT_REQUESTED: frozenset(State),
    FactKind.CONTRADICTED: FINAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """What was true when the order was about to leave.

    ``slot_before`` is the identity of what the slot of this kind held. ``witness`` names another slot that held
    something, and its identity, where this one was empty.
    """

    stamp_ms: int
    moment: Moment
    slot_before: str
    witness: tuple[Kind, str] | None = None
    mode: Mode = Mode.SYNC


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation as its facts tell it.

    ``reason`` is the latest sentence about it, ``reply`` the latest word of the terminal. ``alarm`` is a sentence
    while a sighting contradicts what had been final and nobody has ruled on it. ``link_lost`` says that the line lost
    its reply, and not a crash of the till; ``left_by`` when the order had left at the latest, if it was lost. Times are
    those of the facts.
    """

    order: Order
    state: State
    opened_at: str
    updated_at: str
    evidence: Evidence = Evidence.NONE
    reason: str = ""
    dispatch: Dispatch | None = None
    reply: Reply | None = None
    alarm: str | None = None
    link_lost: bool = False
    left_by: Moment | None = None

    @property
    def unsettled(self) -> bool:
        """Whether somebody still has to find out or to decide."""
        return self.state not in FINAL or self.alarm is not None


def fold(facts: Sequence[Fact]) -> Operation:
    """What the facts of one operation add up to.

    Raises:
        ImpossibleHistory: a fact that may not follow, or no fact at all.
    """
    operation: Operation | None = None
    for fact in facts:
        operation = follow(operation, fact)
    if operation is None:
        raise ImpossibleHistory("an operation without facts does not exist")
    return operation


def follow(before: Operation | None, fact: Fact) -> Operation:
    """What an operation is after one more fact.

    Raises:
        ImpossibleHistory: the fact may not follow.
    """
    state = before.state if before else None
    try:
        kind = FactKind(fact.kind)
    except ValueError as error:
        raise ImpossibleHistory(f"{fact.subject}: {fact.kind!r} is not a fact that this release knows") from error
    if state not in FOLLOWS[kind]:
        raise ImpossibleHistory(f"{fact.subject}: {kind} cannot follow the state {state or 'nothing'}")
    body: Mapping[str, Any] = fact.body
    if before is None:
        return Operation(order=_order(fact.subject, body), state=State.INTENDED, opened_at=fact.at, updated_at=fact.at)
    return replace(before, updated_at=fact.at, **_change(before, kind, body))


def _change(before: Operation, kind: FactKind, body: Mapping[str, Any]) -> dict[str, Any]:
    match kind:
        case FactKind.DISPATCHED:
            return {"state": State.DISPATCHED, "dispatch": _dispatch(body)}
        case FactKind.ANSWERED | FactKind.SEEN:
            reply = Reply.from_body(body["reply"])
            evidence = Evidence(body.get("evidence", Evidence.LATEST_SLOT if kind is FactKind.SEEN else Evidence.REPLY))
            return {"state": ended(reply), "evidence": evidence, "reply": reply, "reason": body["reason"]}
        case FactKind.NOT_DELIVERED | FactKind.PROVEN_ABSENT:
            evidence = Evidence(body["evidence"])
            return {"state": State.NOT_PERFORMED, "evidence": evidence, "reason": body["reason"]}
        case FactKind.LOST_TRACK:
            return {
                "state": State.LOST,
                "reason": body["reason"],
                "link_lost": not body.get("crashed", False),
                "left_by": _moment(body) if "span" in body else None,
            }
        case FactKind.ABORT_REQUESTED:
            return {}
        case FactKind.ESCALATED:
            shown = Reply.from_body(body["reply"]) if "reply" in body else None
            return {"state": State.ESCALATED, "reason": body["reason"], "reply": shown}
        case FactKind.RULED:
            reason = f"{body['by']} ruled: {body['reason']}"
            return {
                "state": State(body["outcome"]),
                "evidence": Evidence.PERSON,
                "reason": reason,
                "alarm": None,
            }
        case FactKind.CONTRADICTED:
            return _contradicted(before, Reply.from_body(body["reply"]), body["reason"])
        case _:  # pragma: no cover - an intent follows nothing, which was seen to above
            raise ImpossibleHistory(f"{before.order.operation_id}: {kind} twice")


def _contradicted(before: Operation, reply: Reply, reason: str) -> dict[str, Any]:
    """Money that turns out to have moved is the truth at once; any other contradiction is for a person to weigh."""
    change: dict[str, Any] = {"alarm": reason, "reply": reply}
    if reply.ending is Ending.APPROVED and before.state is not State.APPROVED:
        change |= {"state": State.APPROVED, "evidence": Evidence.LATEST_SLOT, "reason": reason}
    return change


def ended(reply: Reply) -> State:
    """The final state that a reply means.

    Raises:
        ImpossibleHistory: the reply has no ending that we know; it must not be taken for one.
    """
    match reply.ending:
        case Ending.APPROVED:
            return State.APPROVED
        case Ending.DECLINED:
            return State.DECLINED
        case Ending.CANCELLED:
            return State.CANCELLED
        case None:
            raise ImpossibleHistory(f"{reply.outcome_text!r} is no ending")
        case _:
            assert_never(reply.ending)


def _order(operation_id: str, body: Mapping[str, Any]) -> Order:
    amount = Money(body["amount_minor"], body["currency"]) if body.get("amount_minor") is not None else None
    return Order(
        operation_id=operation_id,
        kind=Kind(body["kind"]),
        terminal=body["terminal"],
        reference=body["reference"],
        amount=amount,
        target_receipt=body.get("target_receipt"),
        taken_over=body.get("taken_over", False),
        table=body.get("table"),
        despite=body.get("despite"),
    )


def _moment(body: Mapping[str, Any]) -> Moment:
    return Moment(span=body["span"], ticks_ms=body["ticks_ms"])


def _dispatch(body: Mapping[str, Any]) -> Dispatch:
    witness = (Kind(body["witness_kind"]), body["witness"]) if "witness" in body else None
    return Dispatch(
        stamp_ms=body["stamp_ms"],
        moment=_moment(body),
        slot_before=body["slot_before"],
        witness=witness,
        mode=Mode(body.get("mode", Mode.SYNC)),
    )
