"""``till.pay`` as it is shipped, at simulated terminals on loopback."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tillproof
from tools.bench.shop import write_configuration
from tools.bench.till import open_without_journal, pay_once


class Pay:
    """A till with a terminal for each caller."""

    def __init__(self, till: tillproof.Till) -> None:
        self._till = till

    def operate(self, caller: int) -> float:
        """One payment, from the call to the outcome."""
        pay_once(self._till, caller)
        return 0.0

    def close(self) -> None:
        """Close the till."""
        self._till.close()


def contend(folder: Path, *, callers: int, given: Mapping[str, Any]) -> Pay:
    """Open it at the terminals behind ``ports``; without a ``journal`` it forgets everything.

    With a ``core`` all its threads stay on that one.
    """
    if "core" in given:
        os.sched_setaffinity(0, {given["core"]})
    configuration = write_configuration(folder, given["ports"][:callers])
    return Pay(tillproof.open(configuration) if given.get("journal", True) else open_without_journal(configuration))
