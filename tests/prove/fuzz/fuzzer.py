"""One run of the fuzzer: ``python -m tests.prove.fuzz.fuzzer TARGET FOLDER [-runs=…] [-seed=…]``.

A process of its own, because libFuzzer ends the one that it runs in. The readers are instrumented while they are
imported, so that an input that reaches something new is kept, and changed further.
"""

from __future__ import annotations

import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any


def main() -> None:
    """Fuzz the target, or with ``-runs=0`` and a file read only that."""
    atheris: Any = import_module("atheris")  # which has no types, and is not made for every system
    name, folder, *options = sys.argv[1:]
    with atheris.instrument_imports(include=["engine", "journal", "tests.prove.fuzz.planted"]):
        from tests.prove.fuzz.planted import PLANTED  # noqa: PLC0415 - imports are what is instrumented
        from tests.prove.fuzz.targets import TARGETS  # noqa: PLC0415

    # A folder for this run alone: what an earlier one has left is not what a reader begins with.
    read = {**TARGETS, **PLANTED}[name].made(Path(tempfile.mkdtemp(dir=folder)))
    atheris.Setup([sys.argv[0], *options], read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
