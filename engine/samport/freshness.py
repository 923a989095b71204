"""Freshness: a reply counts only if it is newer than everything that was heard from its terminal before.

The hash of a reply covers method and path of its request, the status and the body, and the terminal's own stamp, but
nothing that is new in each request (``protocol.md``, *Keyed hash*). So a machine on the store's network can keep a
reply to ``GET …/Payments/latest`` and play it again tomorrow, and its hash fits: the till would hear that a payment is
absent, and charge a second time. What a replay cannot have is a stamp that nobody has seen yet.

The rule: the stamp of a believed reply is newer than everything that had been heard from its terminal when the request
left, over all threads, processes and restarts of the till. Anything else is *no reply*. That stamps of replies rise is
OPEN, behind the switch ``reply_stamps_rise``; v1 has no stamps, and TLS instead.

Not newer than everything heard until the reply came: the reply to an abort and that of the payment which it cuts short
are under way at the same time, and whichever is heard second would be dropped, though both are new.

We also considered to compare with our own clock, which a store sets by hand.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from engine.errors import NotDelivered, Unconfirmed
from engine.events import log
from engine.samport.signing import Trust
from journal import JournalError, Numbers


class Heard:
    """How far the believed stamps of one terminal have come, in microseconds since 1970; kept beside the journal."""

    def __init__(self, numbers: Numbers, terminal: str) -> None:
        self._numbers = numbers
        # No terminal has a dot in its name, so nothing else is kept under this one.
        self._name = f"{terminal}.heard"

    def reached(self) -> int:
        """The newest of all; -1 before the first.

        Raises:
            JournalError: it cannot be looked up.
        """
        return self._numbers.reached(self._name)

    def note(self, stamp_us: int) -> None:
        """This one was believed.

        Raises:
            JournalError: it cannot be noted.
        """
        self._numbers.advance(self._name, to=stamp_us)


_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def stamp_us(stamp: str) -> int | None:
    """A terminal's stamp in microseconds since 1970; None when it is no time."""
    if not _STAMP.fullmatch(stamp):
        return None
    try:
        return (datetime.fromisoformat(stamp) - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):  # the thirteenth month
        return None


class Freshness:
    """Tells new replies of one terminal from old ones."""

    def __init__(self, terminal: str, heard: Heard) -> None:
        self._terminal = terminal
        self._heard = heard

    def before(self) -> int:
        """What a reply to a request that leaves now must be newer than.

        Raises:
            NotDelivered: that cannot be looked up, so nothing may leave.
        """
        try:
            return self._heard.reached()
        except JournalError as error:
            raise NotDelivered(
                f"what was heard from {self._terminal} before cannot be looked up ({error})", refused=False
            ) from error

    def trust(self, stamp: str, before: int) -> Trust:
        """How far a reply is believed whose hash fits, to a request that left after ``before`` had been heard.

        Raises:
            Unconfirmed: that it was heard cannot be noted; then it could be played again.
        """
        moment_us = stamp_us(stamp)
        if moment_us is None:
            return Trust.UNDATED
        if moment_us <= before:
            log().warning("reply.replayed", terminal=self._terminal, stamp=stamp)
            return Trust.REPLAYED
        try:
            self._heard.note(moment_us)
        except JournalError as error:
            raise Unconfirmed(f"a reply came, and that it was heard cannot be noted: {error}") from error
        return Trust.AUTHENTIC
