"""The fold: every fact after every state is either followed or refused, and nothing else."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from engine import FINAL, Evidence, FactKind, ImpossibleHistory, Operation, State, fold, outcome_of
from engine.operation import FOLLOWS, follow
from journal import Fact

_REPLY = {"operation_id": "id-1", "ending": "approved", "outcome_text": "Approved"}

_BODIES: dict[FactKind, dict[str, Any]] = {
    FactKind.INTENDED: {
        "kind": "payment",
        "terminal": "bar",
        "reference": "bill-1",
        "amount_minor": 12500,
        "currency": "NOK",
    },
    FactKind.DISPATCHED: {"stamp_ms": 1, "span": "boot", "ticks_ms": 1, "slot_before": "empty"},
    FactKind.ANSWERED: {"reply": _REPLY, "reason": "approved"},
    FactKind.NOT_DELIVERED: {"evidence": "nothing_left", "reason": "no connection"},
    FactKind.LOST_TRACK: {"reason": "the connection broke"},
    FactKind.SEEN: {"reply": _REPLY, "row": "found", "reason": "approved"},
    FactKind.PROVEN_ABSENT: {"evidence": "fenced_absence", "row": "absent", "reason": "it did not happen"},
    FactKind.ESCALATED: {"row": "overwritten", "reason": "overwritten"},
    FactKind.RULED: {"outcome": "declined", "by": "Kim", "reason": "the guest showed a declined slip"},
    FactKind.ABORT_REQUESTED: {"answer": "accepted"},
    FactKind.CONTRADICTED: {"reply": _REPLY, "row": "contradicted", "reason": "LATE SUCCESS"},
}

_WAYS: dict[State, list[FactKind]] = {
    State.INTENDED: [FactKind.INTENDED],
    State.DISPATCHED: [FactKind.INTENDED, FactKind.DISPATCHED],
    State.LOST: [FactKind.INTENDED, FactKind.DISPATCHED, FactKind.LOST_TRACK],
    State.ESCALATED: [FactKind.INTENDED, FactKind.DISPATCHED, FactKind.LOST_TRACK, FactKind.ESCALATED],
    State.APPROVED: [FactKind.INTENDED, FactKind.DISPATCHED, FactKind.ANSWERED],
    State.DECLINED: [FactKind.INTENDED, FactKind.DISPATCHED, FactKind.LOST_TRACK, FactKind.RULED],
    State.CANCELLED: [FactKind.INTENDED, FactKind.DISPATCHED, FactKind.ANSWERED],
    State.NOT_PERFORMED: [FactKind.INTENDED, FactKind.NOT_DELIVERED],
}


def history(*kinds: FactKind, **bodies: dict[str, Any]) -> list[Fact]:
    """Facts of one operation, with usual particulars unless others are given by the name of the kind."""
    return [
        Fact(
            seq=seq,
            at=f"2026-11-24T12:00:{seq:02d}.000Z",
            subject="id-1",
            kind=kind,
            body=bodies.get(kind.name.lower(), _BODIES[kind]),
            digest="",
        )
        for seq, kind in enumerate(kinds, 1)
    ]


def reached(state: State) -> Operation:
    """An operation in this state."""
    answer = {"reply": _REPLY | {"ending": "cancelled"}, "reason": "cancelled"}
    return fold(history(*_WAYS[state], **({"answered": answer} if state is State.CANCELLED else {})))


@pytest.mark.parametrize("state", State)
def test_every_state_can_be_reached(state: State) -> None:
    """The table of ways is complete, so the walk below starts from every state there is."""
    assert reached(state).state is state


@pytest.mark.parametrize(("state", "kind"), list(product(State, FactKind)))
def test_every_fact_follows_or_is_refused(state: State, kind: FactKind) -> None:
    """For each state and fact: the fold moves on exactly if the table allows it, and refuses otherwise."""
    (fact,) = history(kind)
    if state in FOLLOWS[kind]:
        assert isinstance(follow(reached(state), fact), Operation)
    else:
        with pytest.raises(ImpossibleHistory, match=r"id-1: "):
            follow(reached(state), fact)


@pytest.mark.parametrize("kind", FactKind)
def test_only_an_intent_begins_a_history(kind: FactKind) -> None:
    """Nothing can be known of an operation that nobody asked for."""
    if kind is FactKind.INTENDED:
        assert fold(history(kind)).state is State.INTENDED
    else:
        with pytest.raises(ImpossibleHistory, match="cannot follow the state nothing"):
            fold(history(kind))


def test_no_facts_are_no_operation() -> None:
    """The fold of nothing is an error, not an empty operation."""
    with pytest.raises(ImpossibleHistory):
        fold([])


def test_an_unknown_fact_is_refused_by_name() -> None:
    """A fact from a newer release is not skipped: it may be the one that matters."""
    (fact,) = history(FactKind.INTENDED)
    stranger = Fact(seq=2, at=fact.at, subject="id-1", kind="Teleported", body={}, digest="")
    with pytest.raises(ImpossibleHistory, match="'Teleported'"):
        fold([fact, stranger])


@pytest.mark.parametrize("state", State)
def test_every_state_is_told_as_an_outcome(state: State) -> None:
    """Whoever asks gets a value for every state, and doubt exactly for what is not final."""
    operation = reached(state)
    assert (outcome_of(operation).word == "in_doubt") == (state not in FINAL)
    assert operation.unsettled == (state not in FINAL)


def test_every_final_state_names_its_evidence() -> None:
    """No ending without what it rests on."""
    assert {state: reached(state).evidence for state in FINAL} == {
        State.APPROVED: Evidence.REPLY,
        State.DECLINED: Evidence.PERSON,
        State.CANCELLED: Evidence.REPLY,
        State.NOT_PERFORMED: Evidence.NOTHING_LEFT,
    }


def test_late_success_becomes_the_truth_and_an_alarm() -> None:
    """Money that turns out to have moved is told as moved, and somebody has to look at it."""
    operation = fold(history(*_WAYS[State.NOT_PERFORMED], FactKind.CONTRADICTED))
    assert (operation.state, operation.alarm, operation.unsettled) == (State.APPROVED, "LATE SUCCESS", True)


def test_an_approval_is_not_withdrawn_by_a_contradiction() -> None:
    """If the terminal later shows a decline, both stand until a person has ruled."""
    declined = {"reply": _REPLY | {"ending": "declined"}, "row": "contradicted", "reason": "CONTRADICTION"}
    operation = fold(history(*_WAYS[State.APPROVED], FactKind.CONTRADICTED, contradicted=declined))
    assert (operation.state, operation.alarm) == (State.APPROVED, "CONTRADICTION")


def test_a_ruling_ends_the_alarm() -> None:
    """A person's ruling is final, is told as one, and silences what it answers."""
    operation = fold(history(*_WAYS[State.NOT_PERFORMED], FactKind.CONTRADICTED, FactKind.RULED))
    assert (operation.state, operation.evidence, operation.alarm) == (State.DECLINED, Evidence.PERSON, None)
    assert operation.reason == "Kim ruled: the guest showed a declined slip"
