"""What a case came to, and the rows that decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum, unique

from tools.accredit.record import Entry, Row


@unique
class Word(StrEnum):
    """How a case ended; the first that a case meets in this order is its word."""

    FAILED = "failed"
    NOT_PLAYED = "not played"
    NOT_JUDGED = "not judged"
    AWAITED = "awaited"
    """What is hoped for may still come; when the time is up it has not."""
    PASSED = "passed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A word, its reason in one sentence, and the rows of ledger and log that decided."""

    word: Word
    why: str = ""
    evidence: tuple[Entry | Row, ...] = ()

    def as_json(self) -> dict[str, object]:
        """For the one document of ``--json``."""
        return {
            "verdict": self.word.replace(" ", "_"),
            "why": self.why,
            "evidence": [proof.as_json() for proof in self.evidence],
        }


PASSED = Verdict(word=Word.PASSED)


def failed(why: str, evidence: Iterable[Entry | Row]) -> Verdict:
    """It went wrong, and these rows show it."""
    return Verdict(word=Word.FAILED, why=why, evidence=tuple(evidence))


def awaited(why: str, evidence: Iterable[Entry | Row] = ()) -> Verdict:
    """It has not been seen yet."""
    return Verdict(word=Word.AWAITED, why=why, evidence=tuple(evidence))


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict whose word comes first; of equals, the first one."""
    order = list(Word)
    return min(verdicts, key=lambda verdict: order.index(verdict.word), default=PASSED)
