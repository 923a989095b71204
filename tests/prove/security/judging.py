"""The shipped judging, at a line that delivers forgeries: what of them is believed?"""

from __future__ import annotations

import logging
import random
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

from engine import (
    OPERATIONS,
    RELEASES,
    Exchange,
    Heard,
    Kind,
    Mode,
    Moment,
    Money,
    NotDelivered,
    Order,
    SamportTerminal,
    Secret,
    TerminalSettings,
    Unconfirmed,
    WireRequest,
)
from journal import MemoryJournal
from tests.prove.security.forger import KINDS, OLD, Draft, Forger, somebody_elses_answer
from tests.prove.security.messages import INTEGRATION_KEY, SECRET, Act, contents, genuine, is_genuine

_BEGINNING_US = 1_735_787_045_678_000
_TICK_US = 1_000
_TRUE_ONES = 0.08
"""The share of authentic replies among the others: a till that believes nothing would pass everything."""

_ABOUT_ANOTHER = somebody_elses_answer.__name__.replace("_", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """So many messages, with these dice; ``rising`` is the switch ``reply_stamps_rise``."""

    seed: str
    messages: int
    rising: bool = True


@dataclass(slots=True, kw_only=True)
class Found:
    """What became of a batch. ``believed`` are sentences, one for each forgery that was taken for the terminal's."""

    tried: Counter[str] = field(default_factory=Counter)
    true: int = 0
    believed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """True and new ones that were not believed."""

    def with_more(self, other: Found) -> Found:
        """Both in one."""
        return Found(
            tried=self.tried + other.tried,
            true=self.true + other.true,
            believed=self.believed + other.believed,
            refused=self.refused + other.refused,
        )


class _Started(BaseException):
    """The till believes that its order was started, and goes on to ask for it. No Exception: nothing may catch it."""


class _Clock:
    """A till's clock, moved by hand."""

    def __init__(self) -> None:
        self.now_us = _BEGINNING_US

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.now_us / 1_000_000, UTC)

    def moment(self) -> Moment:
        return Moment(span="one", ticks_ms=self.now_us // 1000)

    def sleep(self, seconds: float) -> None:
        self.now_us += round(seconds * 1_000_000)


class _Line:
    """The line, in the forger's hand: each act hears one message, as often as it asks."""

    def __init__(self) -> None:
        self.make: Callable[[WireRequest], Exchange] = lambda _: Exchange(left=True)
        self._said: Exchange | None = None
        self._asked = ""

    def begin(self, make: Callable[[WireRequest], Exchange]) -> None:
        self.make, self._said = make, None

    def exchange(self, request: WireRequest, *, deadline_s: float, on_sent: Callable[[], None]) -> Exchange:
        on_sent()
        if self._said is None:
            self._asked, self._said = request.path, self.make(request)
        elif self._asked != request.path:
            raise _Started
        return self._said

    def close(self) -> None:
        """Nothing to close."""


class Till:
    """One terminal of the shipped code, on such a line."""

    def __init__(self, batch: Batch) -> None:
        self.dice = random.Random(batch.seed)  # noqa: S311 - repeatable
        self.clock = _Clock()
        self.line = _Line()
        self.forger = Forger(self.dice)
        self._journal = MemoryJournal(projection=OPERATIONS, now=self.clock.now)
        self.orders = [self._order() for _ in range(8)]
        self._terminal = SamportTerminal(
            _settings(rising=batch.rising),
            wire=self.line,
            draw=lambda floor: self._journal.rising("bar", floor=floor),
            heard=Heard(self._journal, "bar"),
            clock=self.clock,
        )
        self._kinds = [kind for kind in KINDS if batch.rising or KINDS[kind] not in OLD]

    def hear(self, found: Found, where: str) -> None:
        """Let the till do something, and hear one message: a true one, or one of a forger."""
        self.clock.now_us += _TICK_US * self.dice.randrange(1, 4)
        act, order = self.dice.choice(list(Act)), self.dice.choice(self.orders)
        if not self.forger.heard_us or self.dice.random() < _TRUE_ONES:
            self._hear_true(act, order, found, where)
            return
        kind = self.dice.choice(self._kinds)
        if kind == _ABOUT_ANOTHER:
            act = self.dice.choice([Act.ORDER, Act.STATUS])
        self._hear_forged(act, order, kind, found, where)

    def _hear_true(self, act: Act, order: Order, found: Found, where: str) -> None:
        content = self.dice.choice(contents(act, order.operation_id))
        said: list[tuple[WireRequest, Exchange]] = []

        def say(request: WireRequest) -> Exchange:
            said.append((request, genuine(request, content, self.clock.now_us)))
            return said[0][1]

        found.true += 1
        if not self.believes(act, order, say):
            found.refused.append(
                f"{where}: {act} was not believed, though its reply ({content.status}) was true and new"
            )
        self.forger.overhear(*said[0], self.clock.now_us)

    def _hear_forged(self, act: Act, order: Order, kind: str, found: Found, where: str) -> None:
        content = self.dice.choice(contents(act, order.operation_id))
        true_by_chance: list[bool] = []

        def say(request: WireRequest) -> Exchange:
            draft = Draft(request=request, content=content, now_us=self.clock.now_us)
            forged = KINDS[kind](self.forger, draft)
            true_by_chance.append(kind != _ABOUT_ANOTHER and is_genuine(request, forged, self.forger.heard_us))
            return forged

        believed = self.believes(act, order, say)
        if true_by_chance[0]:  # no forgery came of it, so it is none; the till has heard it
            self.forger.heard_us = self.clock.now_us
            return
        found.tried[kind] += 1
        if believed:
            found.believed.append(f"{where}: {act} believed {kind} ({content.status})")
        if kind == _ABOUT_ANOTHER:  # it is the terminal's, and so its stamp was heard
            self.forger.heard_us = self.clock.now_us

    def believes(self, act: Act, order: Order, say: Callable[[WireRequest], Exchange]) -> bool:
        """Whether the till takes what it hears for the terminal's word."""
        self.line.begin(say)
        try:
            self._do(act, order)
        except Unconfirmed:
            return False
        except (NotDelivered, _Started):  # a refusal that was believed is worth a second charge
            return True
        return True

    def _do(self, act: Act, order: Order) -> object:
        match act:
            case Act.ORDER | Act.START:
                mode = Mode.SYNC if act is Act.ORDER else Mode.ASYNC
                with self._terminal.prepare(order, mode, None) as charge:
                    return charge.send(lambda: None)
            case Act.STATUS:
                return self._terminal.status(order)
            case Act.LATEST:
                return self._terminal.latest(Kind.PAYMENT)
            case Act.IDLE:
                return self._terminal.activity()
            case Act.ABORT:
                return self._terminal.abort(order, Mode.SYNC)
            case Act.DEVICE:
                return self._terminal.device()

    def _order(self) -> Order:
        return Order(
            operation_id=str(uuid.UUID(int=self.dice.getrandbits(128), version=4)),
            kind=Kind.PAYMENT,
            terminal="bar",
            reference="bill-1",
            amount=Money(12500, "NOK"),
        )


def try_batch(batch: Batch) -> Found:
    """Play one batch; in a process of its own or not."""
    # A line for each replayed reply is what a till wants, and here it would be a million lines.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    found, till = Found(), Till(batch)
    number = 0
    while found.tried.total() < batch.messages:
        number += 1
        till.hear(found, f"batch {batch.seed}, message {number}")
    return found


def batches(seed: int, messages: int, *, size: int) -> Sequence[Batch]:
    """Batches of a size for so many messages; one in five without the comparison of stamps."""
    return [
        Batch(seed=f"{seed}/{number}", messages=size, rising=number % 5 != 4) for number in range(-(-messages // size))
    ]


def _settings(*, rising: bool) -> TerminalSettings:
    return TerminalSettings(
        name="bar",
        origin="http://terminal.invalid:8085",
        base_path="/api/v2",
        release=RELEASES["2.2"],
        integration_key=Secret(INTEGRATION_KEY),
        secret_key=Secret(SECRET),
        patience_s=30.0,
        grace_s=180.0,
        reboot_s=20.0,
        payment_timeout_s=180.0,
        question_timeout_s=15.0,
        fence=True,
        idle_by_dialogs=True,
        wiped_whole=True,
        reply_stamps_rise=rising,
    )
