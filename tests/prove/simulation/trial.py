"""The trial: many seeds in several processes, and every plant until a seed gives it away."""

from __future__ import annotations

import gc
import logging
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import structlog

from tests.prove.part import Control, Count, Part, Result, Work
from tests.prove.plants import PLANTS
from tests.prove.simulation.audit import Findings
from tests.prove.simulation.performance import findings_of
from tests.prove.simulation.script import DEEDS, script_of
from tests.prove.simulation.shrink import Shrinker, as_text

_BATCH = 4
"""Seeds in one task: a second or two."""

_SEEDS_A_RUN = 10_000_000
"""Between the first seeds of two numbers of ``--seed``."""

_SEARCH = 1_000
"""Within so many seeds a removed safeguard must be noticed."""


@dataclass(kw_only=True)
class Tally:
    """What some seeds came to."""

    seeds: int = 0
    found: Findings = field(default_factory=Findings)
    took_s: float = 0.0

    def add(self, other: Tally) -> None:
        """Take in what others came to."""
        self.seeds += other.seeds
        self.took_s += other.took_s
        self.found.add(other.found)


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Some seeds for one process; with a plant, until one of them gives it away."""

    seeds: range
    folder: Path
    plant: int | None = None


def play_batch(batch: Batch) -> Tally:
    """Perform each seed."""
    _be_quiet()
    gc.disable()
    tally = Tally()
    began = time.process_time()
    for seed in batch.seeds:
        found = findings_of(script_of(seed), batch.folder)
        if found.problems:
            found = _with_the_way_there(seed, found, batch.folder)
        tally.add(Tally(seeds=1, found=found))
        gc.collect(0)
    gc.collect()
    tally.took_s = time.process_time() - began
    return tally


def search_for_plant(batch: Batch) -> tuple[int, Control]:
    """Perform seeds with the blunder planted, until one of them fails."""
    _be_quiet()
    plant = PLANTS[batch.plant or 0]
    with pytest.MonkeyPatch.context() as patch:
        plant.put(patch)
        for seed in batch.seeds:
            problems = findings_of(script_of(seed), batch.folder).problems
            if problems:
                by = f"seed {seed}: {problems[0]}"
                return batch.plant or 0, Control(fault=plant.name, caught=True, by=by)
    return batch.plant or 0, Control(fault=plant.name, caught=False, by="")


def _with_the_way_there(seed: int, found: Findings, folder: Path) -> Findings:
    """Every problem, and the one command that tells its story."""
    kept = Shrinker(script_of(seed), lambda script: bool(findings_of(script, folder).problems)).shrunk()
    command = f'python -m tests.prove.simulation {seed} --keep "{as_text(kept)}"'
    return found.told_with(f"seed {seed}", f"see {command}")


def _be_quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def _run(work: Work) -> Result:
    least = work.amount(quick=1_000, full=1_000_000)
    first = (work.seed - 1) * _SEEDS_A_RUN
    cap = work.amount(quick=100, full=_SEARCH)
    searches = [Batch(seeds=range(first, first + cap), folder=work.folder, plant=place) for place in range(len(PLANTS))]
    controls = dict(work.spread(search_for_plant, searches, total=len(searches)))
    tally = Tally()
    tasks = _batches(tally, first, work.folder, least)
    for part in work.spread(play_batch, tasks, total=least // (_BATCH * DEEDS)):
        tally.add(part)
    return _result(tally, least, tuple(controls[place] for place in sorted(controls)))


def _batches(tally: Tally, first: int, folder: Path, least: int) -> Iterator[Batch]:
    """Seeds, as long as there are payments to be made."""
    while tally.found.counts["payments"] < least:
        yield Batch(seeds=range(first, first + _BATCH), folder=folder)
        first += _BATCH


def _result(tally: Tally, least: int, controls: tuple[Control, ...]) -> Result:
    found, counts = tally.found, tally.found.counts
    faults = sum(times for what, times in counts.items() if what.startswith("struck "))
    return Result(
        counts=(
            Count(
                what="payments, with refunds, reversals and captures in between", number=counts["payments"], least=least
            ),
            Count(what="faults that struck, three for each payment on average", number=faults, least=3 * least),
            Count(what="deaths of tills", number=counts["deaths"], least=least // 50),
            Count(what="deaths in the middle of a recovery", number=counts["deaths in recovery"], least=least // 1_000),
            Count(what="seeds", number=tally.seeds),
        ),
        never={
            "bills charged twice": len(found.charged_twice),
            "paid bills lost": len(found.lost),
            "false endings, on record or told": len(found.false),
            "operations stuck, or with a person for no cause": len(found.stuck),
            "errors that should not have been raised, and broken journals": len(found.broken),
        },
        controls=controls,
        doubts={_DOUBTS.get(row, row): times for row, times in found.doubts.most_common()},
        figures=_figures(tally, counts, faults),
        problems=tuple(found.problems[:20]),
    )


def _figures(tally: Tally, counts: Counter[str], faults: int) -> dict[str, str]:
    payments = max(1, counts["payments"])
    doubts = sum(tally.found.doubts.values())
    by_state = {word: times for word, times in counts.items() if word.startswith("payments ")}
    struck = {word.removeprefix("struck "): times for word, times in counts.items() if word.startswith("struck ")}
    return {
        "rate": f"{payments / max(tally.took_s, 0.001):,.0f} payments a second and core",
        "faults for each payment": f"{faults / payments:.2f}",
        "payments by ending": ", ".join(
            f"{word.removeprefix('payments ')} {by_state[word]:,}" for word in sorted(by_state)
        ),
        "faults by kind": ", ".join(f"{word} {times:,}" for word, times in sorted(struck.items())),
        "other operations": ", ".join(f"{kind} {counts[kind]:,}" for kind in ("refunds", "reversals", "captures")),
        "need a person": f"{doubts / max(1, counts['operations']):.2%} of all operations, under these faults; "
        f"{counts['doubts that were paid']:,} of them were paid",
        "need a person, by place": ", ".join(_shares(counts)),
        "what would shrink it": _REMEDIES,
    }


def _shares(counts: Counter[str]) -> Iterator[str]:
    for word in sorted(counts):
        _, kind, place = word.partition("doubts ")
        if kind and place.startswith(("on ", "in ")):
            yield f"{place} {counts[word] / max(1, counts[f'operations {place}']):.2%}"


_DOUBTS = {
    "forgotten": "forgotten: a restart or a capture wiped what the terminal had shown",
    "overwritten": "overwritten: somebody else's operation took the place of the proof",
    "empty, unsure": "empty, unsure: the terminal showed nothing before and after, and had time to forget",
    "found unclear": "found unclear: the terminal told an outcome that nobody knows",
}
"""By the rows of the table of verdicts."""

_REMEDIES = (
    "forgotten and empty: a till that asks sooner after a crash, a terminal whose memory outlives a restart; "
    "overwritten: a terminal for each till, or one journal for all of them; "
    "unclear: the vendor's list of outcomes; all of them: the back office, or the day's close, as a second witness"
)

PART = Part(
    name="simulation",
    claim="Whatever goes wrong at whatever moment, no bill is charged twice and none that was paid is lost.",
    run=_run,
)
