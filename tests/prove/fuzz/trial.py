"""The trial: fuzz everything that reads what others wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from time import monotonic

from tests.prove.fuzz.fuzzing import Batch, Found, fuzz
from tests.prove.fuzz.planted import PLANTED
from tests.prove.fuzz.targets import TARGETS
from tests.prove.part import Control, Count, Result, Work


@dataclass(frozen=True, slots=True)
class _Share:
    """Executions of a target in the full slice, and in one batch, after which its corpus is shared."""

    full: int
    batch: int


_SHARES: Mapping[str, _Share] = {
    "replies": _Share(2_000_000, 250_000),
    "orders": _Share(1_200_000, 300_000),
    "signatures": _Share(1_200_000, 400_000),
    "configurations": _Share(300_000, 50_000),
    "texts": _Share(292_000, 73_000),
    "journals": _Share(8_000, 2_000),
}
"""Five million. What reads faster is given more: a journal's files are laid out anew for each execution."""

_QUICK = 200
"""The quick slice does so many times less, and the long one ten times more."""

_PLANTED_RUNS = 200_000
"""Until a planted fault must have been found; it takes some hundreds, or some thousands."""


def fuzz_all(work: Work) -> Result:
    """Fuzz the planted readers, and then every target for its share."""
    began = monotonic()
    tasks = [*_planted(work), *_batches(work)]
    found = [*work.spread(fuzz, tasks, total=len(tasks))]
    ours = [one for one in found if one.target in TARGETS]
    problems = tuple(one.problem for one in ours if one.problem)
    executed: Counter[str] = Counter()
    for one in ours:
        executed[one.target] += one.executed
    rate = executed.total() / (monotonic() - began)
    return Result(
        counts=(
            Count(what="executions of a reader", number=executed.total(), least=sum(_shares(work).values())),
            *(Count(what=f"of them of {name}", number=executed[name], least=_shares(work)[name]) for name in TARGETS),
        ),
        never={"errors that a reader does not declare, or hangs": len(problems)},
        controls=tuple(_control(one) for one in found if one.target in PLANTED),
        figures={
            "fuzzing": f"{rate:,.0f} executions a second, {work.workers} at a time",
            "readings that took a second once and not again": f"{sum(one.stalls for one in ours)}",
        },
        problems=problems,
    )


def _shares(work: Work) -> dict[str, int]:
    return {
        name: work.amount(quick=share.full // _QUICK, full=share.full, long=10 * share.full)
        for name, share in _SHARES.items()
    }


def _batches(work: Work) -> Iterator[Batch]:
    """Every target's share in batches, the corpus of each laid out."""
    shares = _shares(work)
    for order, (name, target) in enumerate(TARGETS.items()):
        at_once = _SHARES[name].batch
        for number, done in enumerate(range(0, shares[name], at_once)):
            batch = _batch(work, name, min(at_once, shares[name] - done), 1000 * order + number)
            if not number:
                batch.sow(target.seeds())
            yield batch


def _planted(work: Work) -> Iterator[Batch]:
    for number, (name, target) in enumerate(PLANTED.items()):
        batch = _batch(work, name, _PLANTED_RUNS, number)
        batch.sow(target.seeds())
        yield batch


def _batch(work: Work, name: str, runs: int, number: int) -> Batch:
    target = {**TARGETS, **PLANTED}[name]
    seed = (work.seed * 100_003 + number) % 2**31 or 1  # 0 would be the time
    return Batch(target=name, runs=runs, seed=seed, longest=target.longest, folder=work.folder)


def _control(one: Found) -> Control:
    wanted = PLANTED_SIGNS[one.target]
    return Control(
        fault=f"a reader that {one.target.replace('_', ' ')}",
        caught=one.problem is not None and wanted in one.problem,
        by=one.problem or "",
    )


PLANTED_SIGNS: Mapping[str, str] = {
    "forgets_a_field": "KeyError",
    "never_ends": "reads for longer",
    "goes_too_deep": "RecursionError",
}
"""What must stand in the sentence about each planted fault: found by the right sign, and not by an accident."""
