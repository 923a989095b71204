"""The part: forgeries, each kind by the thousand, with planted blunders."""

from __future__ import annotations

from collections import Counter

from tests.prove.part import Control, Count, Part, Result, Work
from tests.prove.security.blunders import BLUNDERS, try_blunder
from tests.prove.security.forger import KINDS
from tests.prove.security.judging import Batch, Found, batches, try_batch

_BATCH = 10_000
_SHOWN = 5
"""Of many sentences that say the same, so many are enough to see it again."""


def run(work: Work) -> Result:
    """Spread the batches over the workers, and the blunders with them."""
    forged = batches(work.seed, work.amount(quick=30_000, full=1_000_000), size=_BATCH)
    tasks = [*range(len(BLUNDERS)), *forged]
    found, controls = Found(), []
    for one in work.spread(_do, tasks, total=len(tasks)):
        if isinstance(one, Control):
            controls.append(one)
        else:
            found = found.with_more(one)
    return _result(work, found, controls)


def _do(task: Batch | int) -> Found | Control:
    return try_batch(task) if isinstance(task, Batch) else try_blunder(task)


def _result(work: Work, found: Found, controls: list[Control]) -> Result:
    kinds = Counter(found.tried)
    return Result(
        counts=(
            Count(
                what="forged, altered, replayed or stale replies",
                number=kinds.total(),
                least=work.amount(quick=30_000, full=1_000_000),
            ),
            Count(what="kinds of forgery", number=len(kinds), least=len(KINDS)),
            Count(what="authentic replies in between, believed", number=found.true - len(found.refused)),
        ),
        never={"forgeries believed": len(found.believed), "authentic replies not believed": len(found.refused)},
        controls=tuple(sorted(controls, key=lambda control: control.fault)),
        problems=(*found.believed[:_SHOWN], *found.refused[:_SHOWN]),
    )


PART = Part(
    name="security",
    claim="Nobody in the store's network can make the till believe what its terminal did not say, or said before.",
    run=run,
)
