"""A line of the examination: what was looked at, how it is, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Verdict(StrEnum):
    """How something is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line. ``about`` is the terminal that it is about, if it is about one.

    ``measured`` holds the numbers behind the finding, with their units last, for whoever reads JSON.
    """

    check: str
    verdict: Verdict
    finding: str
    remedy: str | None = None
    about: str | None = None
    measured: Mapping[str, object] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "check": self.check,
            "terminal": self.about,
            "verdict": str(self.verdict),
            "finding": self.finding,
            "remedy": self.remedy,
            "measured": dict(self.measured),
        }


_NOTHING: Mapping[str, object] = MappingProxyType({})


def good(check: str, finding: str, *, about: str | None = None, measured: Mapping[str, object] = _NOTHING) -> Line:
    """It is as it should be."""
    return Line(check=check, verdict=Verdict.OK, finding=finding, about=about, measured=measured)


def warning(
    check: str, finding: str, remedy: str, *, about: str | None = None, measured: Mapping[str, object] = _NOTHING
) -> Line:
    """Payments work, and somebody should look at it all the same."""
    return Line(check=check, verdict=Verdict.WARN, finding=finding, remedy=remedy, about=about, measured=measured)


def failure(
    check: str, finding: str, remedy: str, *, about: str | None = None, measured: Mapping[str, object] = _NOTHING
) -> Line:
    """It is broken, or about to be."""
    return Line(check=check, verdict=Verdict.FAIL, finding=finding, remedy=remedy, about=about, measured=measured)


def unchecked(check: str, why: str, remedy: str | None = None, *, about: str | None = None) -> Line:
    """Nobody knows, and why."""
    return Line(check=check, verdict=Verdict.NOT_CHECKED, finding=why, remedy=remedy, about=about)
