"""The clock: how far do till and terminal disagree about the time?

A terminal refuses a stamp that is too far from its own clock. How far that is, is OPEN; a related server allows 15
minutes (``protocol.md``, *Timestamps*). The refusal is a 401, as for wrong keys: so a wrong clock looks like them, and
who then tries other keys gets the terminal blocked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from engine import TerminalSettings, Unconfirmed
from tools.doctor.line import Line, failure, good, unchecked, warning
from tools.doctor.visit import Visit

_NOTABLE_S = 60.0
_REFUSED_S = 15 * 60.0
_WINDOW = f"{_REFUSED_S / 60:.0f} min"
LOOKS_LIKE_WRONG_KEYS = (
    f"compare the clocks of till and terminal first: {_WINDOW} apart, or less, right keys are refused like wrong ones"
)


def is_refused_for_time(visit: Visit) -> bool:
    """Whether our stamps are so far from the terminal's clock that right keys would be refused as well."""
    if abs(visit.ahead_s or 0) >= _REFUSED_S:
        return True
    return refused_our_keys(visit) and (visit.drawn_ahead_s or 0) >= _REFUSED_S


def refused_our_keys(visit: Visit) -> bool:
    """Whether the answer was a 401, which a wrong clock gives as well as wrong keys."""
    return isinstance(visit.refusal, Unconfirmed) and visit.refusal.hopeless


def clock(settings: TerminalSettings, visit: Visit) -> Iterator[Line]:
    """By the stamp of a reply whose hash fits, against the clock of this machine when it came."""
    about = settings.name
    if visit.drawn_ahead_s is not None and visit.drawn_ahead_s > _NOTABLE_S:
        yield _drawn_ahead(about, visit.drawn_ahead_s)
    if visit.ahead_s is None:
        signs = settings.release.signs
        why = "no signed reply came" if signs else "a terminal of API 1 puts no time into its replies"
        if signs and refused_our_keys(visit):
            told = f"{why}, and a clock that is {_WINDOW} off looks like wrong keys; this machine has {_here()}"
            yield unchecked("clock", told, "read the terminal's clock on its display, and compare", about=about)
        else:
            yield unchecked("clock", why, about=about)
        return
    off_s, told = abs(visit.ahead_s), f"the terminal's is {_span(visit.ahead_s)} ours"
    remedy = "set both by the network's time (NTP); see first which one is wrong"
    measured = {"ahead_s": round(visit.ahead_s, 3)}
    if off_s >= _REFUSED_S:
        yield failure("clock", f"{told}: it refuses what we send", remedy, about=about, measured=measured)
    elif off_s >= _NOTABLE_S:
        yield warning("clock", f"{told}; from {_WINDOW} on it may refuse us", remedy, about=about, measured=measured)
    else:
        yield good("clock", told, about=about, measured=measured)


def _here() -> str:
    return f"{datetime.now(UTC).astimezone():%Y-%m-%d %H:%M (UTC%z)}"


def _drawn_ahead(about: str, seconds: float) -> Line:
    """Stamps never go back. After a clock that was ahead was set right, they stay ahead until it has caught up."""
    told = f"the till's stamps are {seconds / 60:.0f} min ahead of its clock, because that was ahead once"
    measured = {"stamps_ahead_s": round(seconds, 3)}
    if seconds >= _REFUSED_S:
        return failure(
            "stamps",
            f"{told}: the terminal may refuse them until the clock has caught up",
            "if this clock is right, wait so long; delete no files",
            about=about,
            measured=measured,
        )
    return warning("stamps", told, "none; look that the clock stays right", about=about, measured=measured)


def _span(ahead_s: float) -> str:
    size = abs(ahead_s)
    shown = f"{size:.1f} s" if size < _NOTABLE_S else f"{size / 60:.0f} min"
    return f"{shown} {'ahead of' if ahead_s >= 0 else 'behind'}"
