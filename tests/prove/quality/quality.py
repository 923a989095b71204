"""The part: fuzz all that reads, and mutate what the tests must guard."""

from __future__ import annotations

import importlib.util

from tests.prove.part import Part, Result, Work


def run(work: Work) -> Result:
    """Fuzz, then mutate; each with its planted faults."""
    if missing := [name for name in ("atheris", "mutmut") if importlib.util.find_spec(name) is None]:
        return Result(not_measured=(f"quality: needs {' and '.join(missing)}, not on this machine",))
    from tests.prove.quality.fuzz_trial import fuzz_all  # noqa: PLC0415 - only where the two are
    from tests.prove.quality.mutation_trial import mutate_all  # noqa: PLC0415

    fuzzed, mutated = fuzz_all(work), mutate_all(work)
    return Result(
        counts=(*fuzzed.counts, *mutated.counts),
        never={**fuzzed.never, **mutated.never},
        controls=(*fuzzed.controls, *mutated.controls),
        figures={**fuzzed.figures, **mutated.figures},
        problems=(*fuzzed.problems, *mutated.problems),
    )


PART = Part(
    name="quality",
    claim=(
        "Nothing that reads what a terminal, a person or a disk says raises anything but its declared errors, nor "
        "hangs; and wherever the code that judges outcomes is changed in a small way, a test fails."
    ),
    run=run,
)
