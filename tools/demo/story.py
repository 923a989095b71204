"""What is to be played, and what was: the plan of a rush, and the story of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tools.demo.audit import Audit, Faults
from tools.demo.bills import MOST_BILLS
from tools.demo.errors import WrongTurn

MOST_TERMINALS = 16
MOST_KILLS = 50
HIGHEST_RATE = 0.5
"""Beyond it, no terminal is reached often enough for a rush to end."""

PASSED, FAILED, USAGE, IN_DOUBT = 0, 1, 2, 30
"""The exit codes, in the meaning that the command line gives them; see ``tools.demo.run``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be played. ``fault_rate`` is a share, from 0 to 0.5.

    Raises:
        WrongTurn: it cannot be.
    """

    bills: int
    terminals: int
    kills: int
    fault_rate: float
    seed: int

    def __post_init__(self) -> None:
        for name, value, least, most in (
            ("terminals", self.terminals, 1, MOST_TERMINALS),
            ("bills", self.bills, self.terminals, MOST_BILLS),
            ("kills", self.kills, 0, min(MOST_KILLS, self.bills)),
            ("fault_rate", self.fault_rate, 0, HIGHEST_RATE),
        ):
            if not least <= value <= most:
                raise WrongTurn(f"{name}: {value} cannot be played; give {least} to {most}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """A SIGKILL that was sent, and what the journal said right after it.

    ``running`` are the operations that had been sent to a terminal and had no answer on record, ``settling`` those
    whose reply had been lost before and whose truth was being looked for.
    """

    after_bills: int
    at: datetime
    running: tuple[str, ...]
    settling: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What one ``tillproof recover --json`` said."""

    exit_code: int
    report: Mapping[str, Any]
    took_s: float

    def as_line(self) -> str:
        """In one line: what each operation turned out to be, and on what evidence."""
        found = Counter((finding["outcome"], finding["evidence"]) for finding in self.report["findings"])
        settled = ", ".join(f"{times} {outcome} by {evidence}" for (outcome, evidence), times in sorted(found.items()))
        unread = ", ".join(self.report["unread"])
        return (
            f"tillproof recover: exit code {self.exit_code} in {self.took_s:.1f} s; "
            f"{settled or 'nothing was unsettled'}" + (f"; memory not read: {unread}" if unread else "")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that happened. ``byes`` has how the guest of each bill left, as the last POS saw it."""

    plan: Plan
    kills: tuple[Kill, ...]
    recoveries: tuple[Recovered, ...]
    byes: Mapping[int, str]
    faults: Faults
    audit: Audit
    facts: int
    breaks: tuple[str, ...]
    took_s: float

    @property
    def hits(self) -> int:
        """How many kills met an operation that was running at a terminal."""
        return sum(bool(kill.running) for kill in self.kills)

    @property
    def unserved(self) -> tuple[int, ...]:
        """Bills whose guest neither paid, nor gave up, nor waits for a person."""
        return tuple(sorted(set(range(1, self.plan.bills + 1)) - self.byes.keys()))

    @property
    def exit_code(self) -> int:
        """How the demo ended."""
        wrong = self.audit.differences or self.breaks or self.faults.wrong_keys
        if wrong or (self.unserved and not self.audit.in_doubt):
            return FAILED
        return IN_DOUBT if self.audit.in_doubt else PASSED

    @property
    def sentence(self) -> str:
        """The end of the story."""
        audit = self.audit
        if self.exit_code == IN_DOUBT:
            return f"Nobody was charged twice, but {len(audit.in_doubt)} operations stay in doubt."
        if self.exit_code == FAILED:
            return f"THE DEMO FAILED: {audit.differences} differences between the ledgers and the journal; see above."
        waiting = f"; {len(audit.with_person)} wait for a person" if audit.with_person else ""
        return f"Nothing was lost: {len(audit.charged_once)} guests paid by card, each charged exactly once{waiting}."

    @property
    def warnings(self) -> tuple[str, ...]:
        """What keeps this run from proving as much as it was meant to, or what else is not as it should be."""
        asked = self.plan.kills
        told = {
            f"Note: {asked} kills were asked for, {len(self.kills)} came, {self.hits} hit a running operation.": (
                self.hits < asked
            ),
            "Note: not a single fault was played.": self.plan.fault_rate and not self.faults.played,
            "Note: no terminal restarted and no other till was here, so nobody should have to wait for a person.": (
                self.audit.with_person
            ),
            f"Note: {self.faults.wrong_keys} requests carried a wrong key; that blocks a terminal.": (
                self.faults.wrong_keys
            ),
        }
        return tuple(sentence for sentence, holds in told.items() if holds)
