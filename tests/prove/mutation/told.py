"""What mutmut found, as JSON: ``python -m tests.prove.mutation.told``, run where mutmut ran.

A process of its own, because mutmut reads its configuration from the folder that it is in.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

_KILLED = {1, 3}
"""pytest's exit codes for a failed test and for an error of its own, which a mutant has caused."""

_TIMES_OUT = {-24, 24, 152, 36}
"""Ended by mutmut after many times what the tests take. It counts as noticed: no test passed."""


def main() -> None:
    """Print one object for each mutant that was tried."""
    json.dump(list(_tried()), sys.stdout)


def _tried() -> Iterator[dict[str, str]]:
    for path in sorted(Path("mutants").rglob("*.meta")):
        for name, code in json.loads(path.read_text("utf-8"))["exit_code_by_key"].items():
            if code is not None:
                yield {"name": name, **_fate(name, code)}


def _fate(name: str, code: int) -> dict[str, str]:
    if code in _KILLED:
        return {"fate": "killed"}
    if code in _TIMES_OUT:
        return {"fate": "timed out"}
    return {"fate": "survived", **_difference(name)}


def _difference(name: str) -> dict[str, str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from mutmut.mutation.diff_apply import get_diff_for_mutant  # noqa: PLC0415 - mutmut reads a folder when imported

        lines = get_diff_for_mutant(name).splitlines()
    content = [line for line in lines if not line.startswith(("---", "+++"))]
    return {
        word: " ".join(line[1:].strip() for line in content if line.startswith(mark))
        for word, mark in (("was", "-"), ("became", "+"))
    }


if __name__ == "__main__":
    main()
