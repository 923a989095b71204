"""The trial: mutate the code, and have the tests notice."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from tests.prove.mutation.blind import try_blind_test, try_unsteady_test
from tests.prove.mutation.campaign import Campaign, NotTried, lay_out, mutate
from tests.prove.mutation.mutants import Mutant, explanations, outdated, unexplained
from tests.prove.part import Control, Count, Part, Result, Slice, Work

_JUDGING = (
    "recovery/looking.py",
    "recovery/settling.py",
    "recovery/slots.py",
    "recovery/table.py",
    "engine/conduct.py",
    "engine/facts.py",
    "engine/operation.py",
    "engine/samport/freshness.py",
    "engine/samport/judgement.py",
    "engine/samport/reading.py",
    "engine/samport/signing.py",
    "journal/chain.py",
    "journal/reach.py",
    "journal/sqlite.py",
    "journal/verification.py",
)
"""The code that judges outcomes: every mutant in it is noticed, or explained in ``survivors.toml``."""

_TESTS = ("tests/engine", "tests/journal", "tests/recovery")

_SCORE = 95
"""Of a hundred mutants so many have to be noticed."""


def _run(work: Work) -> Result:
    """Mutate a sample, or all that judges; and two planted projects whose tests are blind."""
    controls = (try_blind_test(work.folder), try_unsteady_test(work.folder))
    began = monotonic()
    campaign = _campaign(work)
    try:
        mutants = mutate(lay_out(work.folder, campaign), campaign, children=work.workers, tell=work.tell)
    except NotTried as error:
        return Result(controls=controls, problems=(f"mutmut tried nothing: {error}",))
    return _result(work, mutants, controls, monotonic() - began)


def _campaign(work: Work) -> Campaign:
    match work.slice:
        case Slice.QUICK:
            # The table, and of the rest a tenth, another one for each seed: by the last digit of mutmut's number.
            return Campaign(
                files=("recovery/looking.py", "recovery/slots.py", "recovery/table.py"),
                tests=("tests/recovery",),
                patterns=("recovery.table.*", f"recovery.*_{work.seed % 10}"),
            )
        case Slice.FULL | Slice.LONG:
            return Campaign(files=_JUDGING, tests=_TESTS)


def _result(work: Work, mutants: Sequence[Mutant], controls: tuple[Control, ...], took_s: float) -> Result:
    explained = explanations()
    unnoticed = unexplained(mutants, explained)
    problems = [mutant.sentence() for mutant in unnoticed]
    noticed = sum(mutant.noticed for mutant in mutants)
    score = 100 * noticed / max(len(mutants), 1)
    if work.slice is not Slice.QUICK:
        problems += [
            f"survivors.toml explains what does not survive: {entry.function}, {entry.became!r}"
            for entry in outdated(mutants, explained)
        ]
        if score < _SCORE:
            problems.append(f"the tests notice {score:.1f} % of all mutants, and {_SCORE} % were promised")
    return Result(
        counts=(
            Count(
                what="mutants of the code that judges outcomes",
                number=len(mutants),
                least=work.amount(quick=10, full=2_000),
            ),
        ),
        never={"survivors that nobody has explained": len(unnoticed)},
        controls=controls,
        figures={
            "mutation score": f"{score:.1f} % ({noticed:,} of {len(mutants):,} noticed)",
            "explained survivors": f"{len(mutants) - noticed - len(unnoticed):,}",
            "mutation": f"{len(mutants) / took_s:.1f} mutants a second",
        },
        problems=tuple(problems),
    )


PART = Part(
    name="mutation",
    claim="Wherever the code that judges outcomes is changed in a small way, a test fails.",
    run=_run,
    modules=("mutmut",),
)
