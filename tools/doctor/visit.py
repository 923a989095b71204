"""A visit to a terminal: the safe questions, asked once, and what can be learnt from the answers.

Not through a till. Opening one waits for the journal's writer, checkpoints, and makes a journal where there is none;
and where the journal is damaged, full or read-only there is no till, though the terminal may be well. What a question
needs is less: the keys, and a stamp from the very sequence, under the very lock, from which the tills draw theirs.
With another sequence a question could overtake an order that is under way, and the terminal would refuse the order.
So without that sequence nothing is asked, and only whether something listens at the address is tried.

Asked are ``/DeviceInformation`` and, on 2.1 and later, ``/Dialogs``: no question starts, stops or changes anything.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from engine import (
    OPERATIONS,
    Activity,
    Heard,
    HttpWire,
    LoggedWire,
    NotDelivered,
    SamportTerminal,
    SystemClock,
    TerminalSettings,
    Unconfirmed,
)
from journal import DayLines, FileNumbers, JournalError, MemoryJournal, Number, Numbers
from tillproof import wire_log_folder
from tools.doctor.patient import Patient

_STAMP_WAIT_S = 20.0
"""A till keeps its stamp while it asks; a question takes 15 s at most, if nobody configured it longer."""

_CONNECT_S = 5.0
_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What came of it. Either the terminal told of itself (``device``), or ``refusal`` says why it did not.

    ``took_ms`` is how long the first answer took; ``ahead_s`` how far its clock is ahead of ours, by the stamp of a
    reply whose hash fits; ``drawn_ahead_s`` how far the newest stamp of the tills is ahead of our clock.
    """

    device: dict[str, str] | None = None
    refusal: NotDelivered | Unconfirmed | None = None
    took_ms: float | None = None
    ahead_s: float | None = None
    drawn_ahead_s: float | None = None
    activity: Activity | None = None

    @property
    def asked(self) -> bool:
        """Whether a question was on its way: not where there was no stamp to be had."""
        return self.refusal is None or not isinstance(self.refusal.__cause__, JournalError)


def visit(patient: Patient, settings: TerminalSettings, journal: Path) -> Visit:
    """Ask a terminal with its keys.

    Raises:
        BadInput: its certificate cannot be read.
    """
    clock = SystemClock()
    with closing(_numbers(patient, journal)) as numbers:
        return _visit(patient, settings, _Listening(numbers, now=clock.now, keeps=settings.reply_stamps_rise), clock)


def _visit(patient: Patient, settings: TerminalSettings, numbers: _Listening, clock: SystemClock) -> Visit:
    # The stamps of replies are looked at in any case; whether old ones are believed stays as it is configured.
    settings = replace(settings, reply_stamps_rise=True)
    drawn_ahead_s = _drawn_ahead_s(numbers, settings.name, clock.now())
    with closing(_Log(patient)) as log, closing(_terminal(settings, numbers, log.append, clock)) as terminal:
        began = time.monotonic()
        try:
            device = dict(terminal.device())
            took_ms = (time.monotonic() - began) * 1000
        except (NotDelivered, Unconfirmed) as refusal:
            return Visit(refusal=refusal, ahead_s=numbers.ahead_s, drawn_ahead_s=drawn_ahead_s)
        return Visit(
            device=device,
            took_ms=took_ms,
            ahead_s=numbers.ahead_s,
            drawn_ahead_s=drawn_ahead_s,
            activity=_activity(terminal),
        )


def listens(settings: TerminalSettings) -> str | None:
    """Why nothing takes a connection at a terminal's address; None if something does. Not a byte is sent."""
    place = urlsplit(settings.origin)
    try:
        socket.create_connection((place.hostname or "", place.port or 0), timeout=_CONNECT_S).close()
    except OSError as error:
        return error.strerror or str(error)
    return None


def _terminal(
    settings: TerminalSettings, numbers: Numbers, append: Callable[[str], None], clock: SystemClock
) -> SamportTerminal:
    keys = (settings.integration_key, settings.secret_key) if settings.release.signs else (settings.integration_key,)
    wire = LoggedWire(
        HttpWire(settings.origin, settings.certificate),
        append=append,
        terminal=settings.name,
        host=settings.origin.partition("://")[2],
        secrets=keys,
        now=clock.now,
        unit=settings.amount_unit,
    )
    heard = Heard(numbers, settings.name)
    return SamportTerminal(settings, wire=wire, draw=partial(_draw, numbers, settings.name), heard=heard, clock=clock)


def _draw(numbers: Numbers, terminal: str, floor: int) -> AbstractContextManager[Number]:
    return numbers.rising(terminal, floor=floor)


def _activity(terminal: SamportTerminal) -> Activity | None:
    try:
        return terminal.activity()
    except (NotDelivered, Unconfirmed):
        return None


def _drawn_ahead_s(numbers: Numbers, terminal: str, now: datetime) -> float | None:
    try:
        reached_ms = numbers.reached(terminal)
    except JournalError:
        return None
    return None if reached_ms < 0 else reached_ms / 1000 - now.timestamp()


def _numbers(patient: Patient, journal: Path) -> FileNumbers | MemoryJournal:
    """The sequences of the tills; where no till has been yet, the clock alone is above all that was drawn."""
    if journal.exists() or (patient.surroundings is not None and patient.surroundings.made):
        return FileNumbers(journal, wait_s=_STAMP_WAIT_S)
    return MemoryJournal(projection=OPERATIONS, now=SystemClock().now)


class _Log:
    """The communication log, where a till has made one; the questions of a doctor stand in it like all others."""

    def __init__(self, patient: Patient) -> None:
        folder = None if patient.settings is None else wire_log_folder(patient.settings)
        kept = folder is not None and folder.is_dir()
        self._lines = DayLines(folder, now=SystemClock().now) if kept and folder is not None else None

    def append(self, line: str) -> None:
        """Note a request or a reply."""
        if self._lines is not None:
            self._lines.append(line)

    def close(self) -> None:
        """Close the file."""
        if self._lines is not None:
            self._lines.close()


class _Listening:
    """Sequences that hear how far the terminal's clock is ahead, when the stamp of a believed reply is noted.

    Only a reply whose hash fits is noted, so nobody else can tell us the time. Without ``keeps`` the stamps of replies
    are no sequence of the till, and are not made one.
    """

    def __init__(self, numbers: Numbers, *, now: Callable[[], datetime], keeps: bool) -> None:
        self._numbers = numbers
        self._now = now
        self._keeps = keeps
        self.ahead_s: float | None = None

    def rising(self, name: str, *, floor: int) -> AbstractContextManager[Number]:
        """See ``Numbers``."""
        return self._numbers.rising(name, floor=floor)

    def advance(self, name: str, *, to: int) -> bool:
        """See ``Numbers``."""
        self.ahead_s = to / _MICROSECONDS - self._now().timestamp()
        return self._numbers.advance(name, to=to) if self._keeps else True

    def reached(self, name: str) -> int:
        """See ``Numbers``."""
        return self._numbers.reached(name) if self._keeps or not name.endswith(".heard") else -1
