"""Freshness: a reply counts only if it is newer than everything that was heard from its terminal before.

The hash of a reply covers method and path of its request, the status and the body, and the terminal's own stamp, but
nothing that is new in each request (``protocol.md``, *Keyed hash*). So a machine on the store's network can keep a
reply to ``GET …/Payments/latest`` and play it again tomorrow, and its hash fits: the till would hear that a payment is
absent, and charge a second time. What a replay cannot have is a stamp that nobody has seen yet.

The rule: the stamp of a believed reply is strictly newer than the newest stamp believed before, over all threads,
processes and restarts of the till. Anything else is *no reply*. That stamps of replies rise is OPEN, behind the switch
``reply_stamps_rise``; v1 has no stamps, and TLS instead.

Two replies on two connections may be heard in another order than they were signed: that of an abort, and that of the
payment which it cuts short. Then the older one is dropped. An abort is asked for again; a payment becomes unconfirmed,
and is settled by questions.

We also considered to compare with what was heard before the *request* was sent, which spares that race, and costs a
second number for each request; and to compare with our own clock, which a store sets by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from engine.errors import Unconfirmed
from engine.log import log
from engine.samport.signing import Trust
from journal import JournalError

Newer = Callable[[int], bool]
"""Whether a stamp, in microseconds since 1970, is above all that were heard of this terminal; if so, it is noted.
See ``Journal.advance``."""

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

    def __init__(self, terminal: str, newer: Newer) -> None:
        self._terminal = terminal
        self._newer = newer

    def trust(self, stamp: str) -> Trust:
        """How far a reply is believed whose hash fits.

        Raises:
            Unconfirmed: what was heard before cannot be looked up, so nothing can be said of this reply.
        """
        moment_us = stamp_us(stamp)
        if moment_us is None:
            return Trust.UNDATED
        try:
            newer = self._newer(moment_us)
        except JournalError as error:
            raise Unconfirmed(f"a reply came, and whether it is an old one cannot be looked up: {error}") from error
        if newer:
            return Trust.AUTHENTIC
        log().warning("reply.replayed", terminal=self._terminal, stamp=stamp)
        return Trust.REPLAYED
