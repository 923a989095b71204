"""The page of states and facts, and which may follow which."""

from __future__ import annotations

from engine import FINAL, FOLLOWS, UNDECIDED, Evidence, FactKind, Kind, Money, Operation, Order, State, outcome_of
from tools.cli.words import EVIDENCE
from tools.reference.markdown import Lines, heading, table
from tools.reference.meanings import meanings

_STATES = """
The journal holds facts; the state of an operation is what they add up to, by one pure function. A fact that may not
follow is refused before it is written.

## States
"""


def states() -> Lines:
    """``docs/states.md``: states, facts, and which may follow which."""
    yield from heading("States and facts", _STATES)
    yield from table(
        ("state", "meaning", "outcome told", "that is"),
        [(f"`{state}`", meanings(State)[state], f"`{_word(state)}`", _standing(state)) for state in State],
    )
    yield "## Facts"
    yield ""
    yield from table(
        ("fact", "meaning", "may follow"),
        [(f"`{fact}`", meanings(FactKind)[fact], ", ".join(_before(FOLLOWS[fact]))) for fact in FactKind],
    )
    yield "## Evidence: what a final state rests on"
    yield ""
    yield from table(("evidence", "meaning"), [(f"`{basis}`", EVIDENCE[basis]) for basis in Evidence])


def _word(state: State) -> str:
    order = Order(operation_id="", kind=Kind.PAYMENT, terminal="bar", reference="bill", amount=Money(1, "NOK"))
    return outcome_of(Operation(order=order, state=state, opened_at="", updated_at="")).word


def _standing(state: State) -> str:
    if state in FINAL:
        return "final"
    return "undecided: nothing new is started on its terminal" if state in UNDECIDED else "with a person"


def _before(before: frozenset[State | None]) -> list[str]:
    return (["nothing"] if None in before else []) + [f"`{state}`" for state in State if state in before]
