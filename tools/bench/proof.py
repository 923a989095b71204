"""The proof of durability: who says that a write is durable must have flushed, and the kernel is asked whether."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tools.bench.booth import Booth
from tools.bench.contender import UNSYNCED, Entry
from tools.bench.counting import flushes_per_operation
from tools.bench.measurement import Work

_LEAST = 2.0
"""Two durable writes need two flushes, when nobody else is there to share them with."""


def flushes_alone(entry: Entry, work: Work, *, operations: int) -> float:
    """Flushes an operation of one caller who is alone, after a warm-up."""

    def do(opened: Booth) -> int:
        opened.many(operations)
        return operations

    return flushes_per_operation(entry, work.folder, callers=1, do=do, warm=lambda opened: opened.many(50))


def durable(flushes: float) -> bool:
    """Whether so many flushes an operation can make two writes durable."""
    return flushes >= _LEAST


def broken_proofs(counted: Mapping[str, float], must_be_durable: Iterable[str]) -> Iterator[str]:
    """A sentence for each proof that did not hold: of a contender, or of the counting itself."""
    for name in must_be_durable:
        if name not in counted:
            yield f"the flushes of {name} were not counted"
        elif not durable(counted[name]):
            yield f"{name} makes {counted[name]:.2f} flushes an operation, and two durable writes need {_LEAST:g}"
    if UNSYNCED.name not in counted:
        yield "the planted contender that never flushes was not counted, so nobody knows whether one would be seen"
    elif durable(counted[UNSYNCED.name]):
        yield "the planted contender that never flushes was counted as one that does: the counting is blind"
