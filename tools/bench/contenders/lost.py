"""A payment whose reply is lost: from the moment the line breaks until its outcome is settled."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from engine import Exchange, HttpWire, TerminalSettings, WireRequest
from tools.bench.shop import write_configuration
from tools.bench.till import open_fitted, pay_once


class _Watched:
    """The shipped wire, and when an order on it was last lost."""

    def __init__(self, terminal: TerminalSettings) -> None:
        self._wire = HttpWire(terminal.origin, terminal.certificate)
        self.lost_at: float | None = None

    def exchange(self, request: WireRequest, *, deadline_s: float, on_sent: Callable[[], None]) -> Exchange:
        """See ``Wire``."""
        exchange = self._wire.exchange(request, deadline_s=deadline_s, on_sent=on_sent)
        if exchange.status is None and request.method == "POST":
            self.lost_at = time.perf_counter()
        return exchange

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()


class NothingLost(Exception):
    """The terminal answered the order, so there was nothing to settle."""


class Lost:
    """A till with one terminal, which processes every order and loses every reply to one."""

    def __init__(self, configuration: Path) -> None:
        # Each loss is a warning, which without a handler would go to the terminal of whoever measures.
        self._log = logging.FileHandler(configuration.with_name("till.log"), encoding="utf-8")
        logging.getLogger("tillproof").addHandler(self._log)
        self._wires: list[_Watched] = []
        self._till = open_fitted(configuration, self._fit)

    def _fit(self, terminal: TerminalSettings) -> _Watched:
        self._wires.append(_Watched(terminal))
        return self._wires[-1]

    def operate(self, caller: int) -> float:
        """One payment; what passes until its reply is lost is left out.

        Raises:
            NothingLost: see there.
        """
        wire = self._wires[caller]
        wire.lost_at, began = None, time.perf_counter()
        pay_once(self._till, caller)
        if wire.lost_at is None:
            raise NothingLost("the reply came")
        return wire.lost_at - began

    def close(self) -> None:
        """Close the till, and its log."""
        self._till.close()
        logging.getLogger("tillproof").removeHandler(self._log)
        self._log.close()


def contend(folder: Path, *, callers: int, given: Mapping[str, Any]) -> Lost:
    """Open it at the terminals behind ``ports``."""
    return Lost(write_configuration(folder, given["ports"][:callers]))
