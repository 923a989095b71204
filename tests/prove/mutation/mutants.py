"""Mutants: the code with one small thing changed, and whether a test noticed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SURVIVORS = Path(__file__).parent / "survivors.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change: in which function, what the line was and became, and its fate (killed, timed out, survived)."""

    name: str
    fate: str
    was: str = ""
    became: str = ""

    @property
    def noticed(self) -> bool:
        """Whether a test failed, or did not come to its end."""
        return self.fate in {"killed", "timed out"}

    @property
    def function(self) -> str:
        """``recovery.looking.Lookout.latest``, from mutmut's mangled name."""
        place = re.sub(r"__mutmut_\d+$", "", self.name)
        return re.sub(r"\.x(?:ǁ|_)", ".", place).replace("ǁ", ".")

    def sentence(self) -> str:
        """What was changed, for a person."""
        return f"{self.function}: {self.was!r} became {self.became!r}, and no test fails ({self.name})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a mutant in the code that judges outcomes may live."""

    function: str
    was: str
    became: str
    why: str

    def fits(self, mutant: Mutant) -> bool:
        """Whether this very change is explained; its number in the function is no part of it."""
        return (self.function, self.was, self.became) == (mutant.function, mutant.was, mutant.became)


def explanations(path: Path = SURVIVORS) -> tuple[Explanation, ...]:
    """All that are written down."""
    return tuple(Explanation(**entry) for entry in tomllib.loads(path.read_text("utf-8")).get("survivor", ()))


def unexplained(mutants: Iterable[Mutant], explained: Sequence[Explanation]) -> list[Mutant]:
    """The survivors that nobody has an explanation for."""
    return [
        mutant
        for mutant in mutants
        if not mutant.noticed and not any(explanation.fits(mutant) for explanation in explained)
    ]


def outdated(mutants: Sequence[Mutant], explained: Iterable[Explanation]) -> Iterator[Explanation]:
    """Explanations of what does not survive any more, or is not there."""
    for explanation in explained:
        if not any(explanation.fits(mutant) for mutant in mutants if not mutant.noticed):
            yield explanation
