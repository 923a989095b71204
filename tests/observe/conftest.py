"""A till and a terminal on loopback, as the plugin lends them to a POS program; and a lunch with every ending."""

from __future__ import annotations

import pytest

import tillproof
from tillproof_pytest import Terminal, terminal, till, till_config
from tools.simulator import FaultPlan, Outcome

__all__ = ["terminal", "till", "till_config"]

CARD = "4925000000000004"
KEYS = ("example-key", "example-secret")


class Lunch:
    """Guests, one after the other, each with another fate."""

    def __init__(self, terminal: Terminal, till: tillproof.Till) -> None:
        self.terminal = terminal
        self.till = till
        self._bills = 0

    def pay(self, *faults: str, guest: str | None = None, takes_s: float | None = None, patience_s: float = 5) -> str:
        """Let the next guest pay 125.00; what the till was told."""
        self._bills += 1
        self.terminal.next(*faults, guest=guest, takes_s=takes_s)
        reference = f"bill-{self._bills}"
        return self.till.pay("125.00", "NOK", terminal="bar", reference=reference, patience_s=patience_s).word

    def every_ending(self) -> list[str]:
        """Approved, declined, lost and settled."""
        return [self.pay(), self.pay(guest="Declined"), self.pay("lost_after_processing")]

    def doubt(self) -> None:
        """The line drops while the guest is paying, and nobody waits."""
        assert self.pay("dropped_while_paying", takes_s=0.7, patience_s=0) == "in_doubt"

    def rule(self, till: tillproof.Till, reference: str) -> None:
        """A person says that it was not paid, while the terminal is silent; else that would be heard first."""
        self.terminal._server.replace_plan(FaultPlan(question_script=["lost_before_processing"] * 20))
        till.resolve(reference, "not_performed", by="Kari", reason="the guest left")
        self.terminal._server.replace_plan(FaultPlan())

    def late_success(self) -> None:
        """A person says that the bill was not paid, while the terminal is silent; then the guest pays after all."""
        reference, before = f"bill-{self._bills}", len(self.terminal.ledger)
        self.rule(self.till, reference)
        while len(self.terminal.ledger) == before:
            pass  # the guest is still at it, and the test has a timeout
        self.till.recover()


@pytest.fixture
def lunch(terminal: Terminal, till: tillproof.Till) -> Lunch:
    """Guests at the bar."""
    return Lunch(terminal, till)


@pytest.fixture
def talkative(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that puts what must stay hidden into every text of its own: receipts, and what it says of an end."""
    planted = f"KORT {CARD} {' '.join(KEYS)}"
    monkeypatch.setattr("tools.simulator.receipts._content", lambda _: planted)
    monkeypatch.setattr("tools.simulator.answers._DESCRIPTIONS", dict.fromkeys(Outcome, planted))
