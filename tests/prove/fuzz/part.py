"""The part. Its trial is imported only where it is run: the fuzzer is in this folder too, and would import it first.

Readers that were imported before they could be instrumented are fuzzed blindly, and nothing is found.
"""

from __future__ import annotations

from tests.prove.part import Part, Result, Work


def _run(work: Work) -> Result:
    from tests.prove.fuzz.trial import fuzz_all  # noqa: PLC0415 - see above

    return fuzz_all(work)


PART = Part(
    name="fuzz",
    claim="Nothing that reads what a terminal, a person or a disk says raises an undeclared error, nor hangs.",
    run=_run,
    modules=("atheris",),
)
