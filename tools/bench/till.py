"""A shipped till with another wire in it: everything else is as every user has it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import tillproof
from engine import OPERATIONS, Exchange, LoggedWire, SystemClock, TerminalSettings, WireRequest
from journal import Journal, open_journal
from tools.bench.forgetful import ForgetfulJournal
from tools.bench.paper import new_id, reference_of
from tools.bench.shop import name_of


class Wire(Protocol):
    """What an engine sends through; see ``HttpWire``."""

    def exchange(self, request: WireRequest, *, deadline_s: float, on_sent: Callable[[], None]) -> Exchange:
        """Send once and wait for the reply; never raises."""
        ...

    def close(self) -> None:
        """Close connections."""
        ...


class FittedTill(tillproof.Till):
    """A till whose wires are given; the log of the communication is written as ever."""

    def __init__(
        self, *, journal: Journal, settings: tillproof.Settings, fit: Callable[[TerminalSettings], Wire]
    ) -> None:
        self._fit = fit
        super().__init__(journal=journal, settings=settings)

    def _wire(self, terminal: TerminalSettings, clock: SystemClock) -> LoggedWire:
        return LoggedWire(
            self._fit(terminal),
            append=self._communication.append,
            terminal=terminal.name,
            host=terminal.origin.partition("://")[2],
            secrets=(terminal.integration_key, terminal.secret_key),
            now=clock.now,
            unit=terminal.amount_unit,
        )


def open_fitted(configuration: Path, fit: Callable[[TerminalSettings], Wire]) -> FittedTill:
    """Open it on its journal, in a file."""
    settings = tillproof.read_settings(configuration)
    journal = open_journal(settings.journal, projection=OPERATIONS, now=SystemClock().now)
    return FittedTill(journal=journal, settings=settings, fit=fit)


def open_without_journal(configuration: Path) -> tillproof.Till:
    """Open a shipped till which forgets everything."""
    return open_on(ForgetfulJournal(), configuration)


def open_on(journal: Journal, configuration: Path) -> tillproof.Till:
    """Open a shipped till on a journal of its own."""
    return tillproof.Till(journal=journal, settings=tillproof.read_settings(configuration))


class NotPaid(Exception):
    """The outcome is another one than was measured for; the time it took says nothing."""


def pay_once(till: tillproof.Till, caller: int) -> None:
    """One payment at the caller's terminal.

    Raises:
        NotPaid: it was not approved.
    """
    outcome = till.pay("125.00", "NOK", terminal=name_of(caller), reference=reference_of(new_id()))
    if not isinstance(outcome, tillproof.Approved):
        raise NotPaid(f"{outcome.word}: {outcome.reason}")
