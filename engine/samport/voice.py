"""The voice: speaks to one terminal, one request after the other in the order of their stamps.

Drawing a stamp, signing and sending happen under one lock per terminal, over all threads and processes of the till, the
abort of a running operation included; so the order of stamps is the order of sending (``protocol.md``, *Timestamps*).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from engine.clock import Clock
from engine.errors import NotDelivered
from engine.samport.credentials import credentials_of
from engine.samport.freshness import Heard
from engine.samport.hiding import KeyHider
from engine.samport.judgement import judge_answer, stamp_was_stale
from engine.samport.signing import Trust
from engine.samport.wire import Exchange, Wire, WireRequest
from engine.settings import TerminalSettings
from journal import JournalError, Number

_STAMP_LEAPS_MS = (1, 1_000, 60_000)
"""How far past a refused stamp the next one leaps, once for each further try; the vendor says to step over such a
refusal. A terminal that heard a till whose clock was ahead wants more than a millisecond; more than a minute would look
wrong to its check of the skew."""

Draw = Callable[[int], AbstractContextManager[Number]]
"""Draws the next stamp of this terminal, at least the given one; see ``Journal.rising``."""


class Voice:
    """Stamps, signs and sends, and says whether what came back is the terminal's."""

    def __init__(self, settings: TerminalSettings, *, wire: Wire, draw: Draw, heard: Heard, clock: Clock) -> None:
        self._wire = wire
        self._draw = draw
        self._clock = clock
        self._credentials = credentials_of(settings, heard)
        self._hider = KeyHider((settings.integration_key, settings.secret_key))
        self._question_timeout_s = settings.question_timeout_s

    @contextmanager
    def turn(self, after_ms: int = 0) -> Iterator[Number]:
        """The right to send next, with a stamp above ``after_ms``.

        Raises:
            NotDelivered: the disk gives no stamp, so nothing leaves.
        """
        with ExitStack() as stack:
            try:
                number = stack.enter_context(self._draw(max(int(self._clock.now().timestamp() * 1000), after_ms + 1)))
            except JournalError as error:
                raise NotDelivered(f"no stamp could be drawn ({error})", refused=False) from error
            yield number

    def request(self, method: str, path: str, body: bytes, stamp_ms: int) -> WireRequest:
        """A request, complete; its bytes are made once, for the hash and for the wire."""
        headers = {
            **self._credentials.headers(method=method, path=path, body=body, stamp_ms=stamp_ms),
            "Accept": "application/json",
            # The hash covers the bytes as sent; a packed body would have to be unpacked before anyone trusts it.
            "Accept-Encoding": "identity",
        }
        if body:
            headers["Content-Type"] = "application/json; charset=utf-8"
        return WireRequest(method=method, path=path, headers=headers, body=body)

    def say(
        self,
        request: WireRequest,
        deadline_s: float | None = None,
        *,
        on_sent: Callable[[], None] | None = None,
    ) -> tuple[Exchange, Trust]:
        """One exchange, transmitted once, within ``deadline_s``, or the time of a question.

        The turn is kept until the reply is there: two requests on two connections may arrive in another order than
        they were sent, and the one with the older stamp would be refused. Whoever waits for a guest gives it away
        when his bytes are out, in ``on_sent``.
        """
        before = self._credentials.before()
        deadline_s = deadline_s or self._question_timeout_s
        exchange = self._wire.exchange(request, deadline_s=deadline_s, on_sent=on_sent or _nothing)
        # Judged first: the hash is over the bytes as they came.
        trust = self._credentials.trust(request, exchange, before)
        return self._hider.hide(exchange), trust

    def say_anew(self, method: str, path: str, after_ms: int = 0, *, body: bytes = b"") -> tuple[Exchange, Trust]:
        """Say something that may be said again: at once, with a newer stamp, if the terminal found ours too old.

        And if its reply is no newer than one before: two honest ones may share a tick of the terminal's clock.
        """
        leaps = iter(_STAMP_LEAPS_MS)
        while True:
            with self.turn(after_ms) as number:
                exchange, trust = self.say(self.request(method, path, body, number.value))
            leap = next(leaps, None)
            if leap is None or not (trust is Trust.REPLAYED or stamp_was_stale(exchange, trust)):
                return exchange, trust
            after_ms = number.value + leap

    def ask(self, path: str, after_ms: int = 0) -> Mapping[str, Any] | None:
        """The document that a question is answered with; None for "none".

        Raises:
            NotDelivered, Unconfirmed: no authentic answer.
        """
        return judge_answer(*self.say_anew("GET", path, after_ms))

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()


def _nothing() -> None:
    """What is done when the bytes of a question are out."""
