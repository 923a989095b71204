"""``till.pay`` as it is shipped, at simulated terminals on loopback."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tillproof
from tools.bench.barest import BarestJournal
from tools.bench.shop import write_configuration
from tools.bench.till import open_on, open_without_journal, pay_once


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
    """Open it at the terminals behind ``ports``, with the ``journal`` that is shipped, the "barest", or "none".

    There is a "patient" one as well, which is the barest and waits for others.

    With a ``core`` all its threads stay on that one.
    """
    if "core" in given:
        os.sched_setaffinity(0, {given["core"]})
    configuration = write_configuration(folder, given["ports"][:callers])
    match given.get("journal", "shipped"):
        case "barest" | "patient" as kind:
            return Pay(open_on(BarestJournal(folder / "barest.db", patient=kind == "patient"), configuration))
        case "none":
            return Pay(open_without_journal(configuration))
        case _:
            return Pay(tillproof.open(configuration))
