"""The whole till but for HTTP: engine, signing, verifying, journal in a file, log of the communication in a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.bench.instant import InstantWire
from tools.bench.shop import NO_PORT, name_of, write_configuration
from tools.bench.till import open_fitted, pay_once


class Operation:
    """A till with a terminal in memory for each caller."""

    def __init__(self, folder: Path, *, callers: int, receipts: bool) -> None:
        self._wires = {name_of(caller): InstantWire(receipts=receipts) for caller in range(callers)}
        configuration = write_configuration(folder, [NO_PORT] * callers)
        self._till = open_fitted(configuration, lambda terminal: self._wires[terminal.name])

    def operate(self, caller: int) -> float:
        """One payment; the terminal's own time is left out."""
        wire = self._wires[name_of(caller)]
        before_s = wire.spent_s
        pay_once(self._till, caller)
        return wire.spent_s - before_s

    @property
    def resident_kib(self) -> int:
        """How much memory this process holds now, in KiB."""
        status = Path("/proc/self/status").read_text("ascii")
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS:")).split()[1])

    def close(self) -> None:
        """Close the till."""
        self._till.close()


def contend(folder: Path, *, callers: int, given: Mapping[str, Any]) -> Operation:
    """Open it.

    With ``log`` the line of each finished operation is written to a file, which without it is filtered; with
    ``receipts`` false the terminal sends none.
    """
    if given.get("log"):
        import structlog  # noqa: PLC0415 - a till that logs with it has loaded it, and the others have not

        log = (folder / "till.log").open("w", encoding="utf-8")
        structlog.configure(
            processors=[structlog.processors.TimeStamper(fmt="iso"), structlog.processors.JSONRenderer()],
            logger_factory=structlog.WriteLoggerFactory(log),
        )
    return Operation(folder, callers=callers, receipts=given.get("receipts", True))
