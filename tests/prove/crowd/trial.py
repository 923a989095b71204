"""The part: a crowd for five minutes, and two crowds with a planted fault."""

from __future__ import annotations

from functools import partial

from tests.prove.crowd.plants import PLANTS
from tests.prove.crowd.scene import Found, Scene, play
from tests.prove.crowd.witness import LANES, TILLS
from tests.prove.part import Control, Count, Part, Result, Work

_SHOWN = 10


def run(work: Work) -> Result:
    """The planted ones first, because they are short; then the honest one."""
    length_s, plant_s = work.amount(quick=5, full=300), work.amount(quick=2, full=5)
    total_s = length_s + plant_s * len(PLANTS)

    def after(begun_s: int, passed_s: float) -> None:
        work.tell(begun_s + round(passed_s), total_s)

    controls = []
    for number, plant in enumerate(PLANTS):
        folder = work.folder / f"planted-{number}"
        scene = Scene(folder=folder, seed=work.seed, length_s=plant_s, patience_s=0.5, plant=plant)
        problems = play(scene, partial(after, number * plant_s)).problems
        controls.append(Control(fault=plant, caught=bool(problems), by=problems[0] if problems else ""))
    scene = Scene(folder=work.folder / "crowd", seed=work.seed, length_s=length_s, patience_s=20.0)
    found = play(scene, partial(after, total_s - length_s))
    return _result(work, found, tuple(controls))


def _result(work: Work, found: Found, controls: tuple[Control, ...]) -> Result:
    held = sum("inside" in told for told in found.problems)
    stuck = sum("is stuck" in told for told in found.problems)
    errors = sum("a caller got" in told for told in found.problems)
    wrong = len(found.problems) - held - stuck - errors
    return Result(
        counts=(
            Count(what="kills of a till at work", number=found.kills, least=work.amount(quick=3, full=500)),
            Count(what="of them in a lane", number=found.kills_inside, least=work.amount(quick=1, full=200)),
            Count(what="operations", number=found.outcomes.total(), least=work.amount(quick=30, full=5_000)),
            Count(what="times that a lane was entered", number=found.entries, least=work.amount(quick=30, full=5_000)),
        ),
        never={
            "a lane was held by two": held,
            "a lane or a till was stuck": stuck,
            "an error reached a caller": errors,
            "an operation ended otherwise than in the ledger": wrong,
        },
        controls=controls,
        doubts=found.doubts,
        figures={
            "processes and terminals": f"{TILLS} and {len(LANES)}",
            "operations by till, over all its lives": f"{min(found.by_till)} to {max(found.by_till)}",
            "longest operation, waiting included": f"{found.longest_s:.1f} s",
            "told that the terminal is in use": f"{found.refusals:,}",
            "outcomes": ", ".join(f"{times:,} {word}" for word, times in found.outcomes.most_common()),
        },
        problems=found.problems[:_SHOWN],
    )


PART = Part(
    name="crowd",
    claim="Eight processes share four terminals and one journal while they are killed at random: no lane is held by "
    "two, none is stuck, and no error of a lock reaches a caller.",
    run=run,
)
