"""The lane of a terminal: who is using it, since when, and does he live?

No free lane is taken for a look, because a till that came in that moment would find it busy. One that bears the text
of a holder is tried without waiting: he does not notice if he is at work, and if he died there, nobody else is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from engine import Activity, TerminalSettings
from journal import JournalError, Lane, is_locked
from tools.doctor.holder import Holder, holder_of, lives, named
from tools.doctor.line import Line, failure, good, warning
from tools.doctor.patient import Patient


class Use(StrEnum):
    """How a lane is used."""

    FREE = "free"
    DIED = "free, and its last holder died at work"
    HELD = "held"
    ORPHANED = "held by a child of a process that is dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A lane as it is now; ``for_s`` is how long it has been so, in seconds, as far as somebody wrote it down."""

    use: Use
    path: Path | None = None
    holder: Holder | None = None
    for_s: float | None = None


def look(patient: Patient, terminal: str) -> Held:
    """How the lane of a terminal is used."""
    lane = patient.lane(terminal)
    if lane is None:
        return Held(use=Use.FREE)
    if lane.pid is None:
        # Its holder may have found no room for his text.
        holder = holder_of(lane.path)
        return Held(use=Use.FREE) if holder is None else Held(use=Use.HELD, path=lane.path, holder=holder)
    use = _use(lane.path, lane.pid)
    # Who gives a lane back takes his text away first; and who comes next writes another one.
    if use is Use.DIED and patient.lane(terminal) != lane:
        return look(patient, terminal)
    return Held(use=use, path=lane.path, holder=named(lane.pid), for_s=_for_s(patient, lane))


def _use(path: Path, pid: int) -> Use:
    """Of a lane with a text. That there is such a process is no proof: after a restart it may be another program."""
    alive = lives(pid) is not False
    try:
        locked = is_locked(path)
    except JournalError:
        return Use.HELD if alive else Use.DIED
    if not locked:
        return Use.DIED
    return Use.HELD if alive else Use.ORPHANED


def _for_s(patient: Patient, lane: Lane) -> float | None:
    try:
        return max(0.0, (patient.now - datetime.fromisoformat(lane.since or "")).total_seconds())
    except (ValueError, TypeError):
        return None


def lane(settings: TerminalSettings, held: Held, activity: Activity | None) -> Iterator[Line]:
    """The line about it; ``activity`` is what the terminal itself says, if it was asked and can tell."""
    about, busy = settings.name, activity is Activity.BUSY
    told = {"use": str(held.use), "pid": held.holder.pid if held.holder else None, "for_s": held.for_s}
    match held.use:
        case Use.HELD if held.for_s is not None and held.for_s > longest_s(settings):
            yield warning(
                "lane",
                f"{held.holder} has held it for {_span(held.for_s)}, longer than any payment lasts: it may hang",
                "look at that till; if it hangs, end the process, and run `tillproof recover`",
                about=about,
                measured=told,
            )
        case Use.HELD:
            since = f" for {_span(held.for_s)}" if held.for_s is not None else ""
            yield good("lane", f"{held.holder} is using it{since}, and is alive", about=about, measured=told)
        case Use.ORPHANED:
            yield failure(
                "lane",
                f"its holder is dead, and a child of it keeps the lane: {held.holder}",
                f"find who has it open, `lsof {held.path}`, and end that process; then run `tillproof recover`",
                about=about,
                measured=told,
            )
        case _ if busy:
            yield warning(
                "lane",
                "no till of this journal is using it, and the terminal says that an operation is running",
                "wait until the guest is done; then run `tillproof recover`",
                about=about,
                measured=told,
            )
        case Use.DIED:
            yield warning(
                "lane",
                f"free; its last holder, process {held.holder.pid if held.holder else '?'}, died at work",
                "run `tillproof recover`",
                about=about,
                measured=told,
            )
        case _:
            idle = ", and the terminal is idle" if activity is Activity.IDLE else ""
            yield good("lane", f"free{idle}", about=about, measured=told)


def longest_s(settings: TerminalSettings) -> float:
    """How long one operation may keep a lane: the guest's time, the grace and the patience."""
    return settings.payment_timeout_s + settings.grace_s + settings.patience_s


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < _MINUTES_FROM_S else f"{seconds / 60:.0f} min"


_MINUTES_FROM_S = 120
