"""The tally: what has happened since it was last read, told by the facts of the journal.

Facts are read and not listened to: so it hears of all that every process has written into the journal, and paying costs
nothing for it. It begins where the journal ends when it is made, because a journal of years is not to be read through.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from engine import FINAL, FactKind, Operation, fold
from journal import Fact, Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one fact has changed. ``doubt_s`` is how long there was doubt, where this fact ended it."""

    kind: FactKind
    operation: Operation
    ended: bool
    doubt_s: float | None


class Tally:
    """Reads on from where it was. Not to be shared between threads."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._seq = reader.head().seq
        self._open: dict[str, list[Fact]] = {}

    def steps(self) -> Iterator[Step]:
        """What is new, oldest first; each is told once.

        Raises:
            JournalError: the journal cannot be read; nothing is lost by asking again.
            ImpossibleHistory: a newer release has written into it.
        """
        for fact in self._reader.facts(after=self._seq):
            step = self._step(fact)
            self._seq = fact.seq
            yield step

    def _step(self, fact: Fact) -> Step:
        before = self._open.get(fact.subject) or [
            each for each in self._reader.facts_of(fact.subject) if each.seq < fact.seq
        ]
        facts = [*before, fact]
        operation = fold(facts)
        if operation.state in FINAL:
            self._open.pop(fact.subject, None)
        else:
            self._open[fact.subject] = facts
        ended = operation.state in FINAL and (not before or fold(before).state not in FINAL)
        return Step(
            kind=FactKind(fact.kind), operation=operation, ended=ended, doubt_s=_doubt_s(facts) if ended else None
        )


def _doubt_s(facts: list[Fact]) -> float | None:
    """From the loss of the reply, or after a crash from the dispatch, to the last fact; None without a loss."""
    lost = next((fact for fact in facts if fact.kind == FactKind.LOST_TRACK), None)
    if lost is None:
        return None
    sent = next(fact for fact in facts if fact.kind == FactKind.DISPATCHED)
    began = sent.at if lost.body.get("crashed") else lost.at
    return max(0.0, (datetime.fromisoformat(facts[-1].at) - datetime.fromisoformat(began)).total_seconds())
