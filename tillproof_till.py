"""The till: everything that a POS asks for. It is ``tillproof.Till``, and this file is for that name alone.

It stands beside the door and not in it, because it brings HTTP, all of recovery, and what writes. Whoever opens a till
waits for all of that once, and no payment waits for any of it; whoever only looks something up needs none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

from engine import (
    FINAL,
    AbortAnswer,
    BadInput,
    Book,
    Engine,
    Heard,
    HttpWire,
    Kind,
    LoggedWire,
    Mode,
    Money,
    Observer,
    OnDialog,
    Order,
    Outcome,
    Records,
    SamportTerminal,
    Settings,
    State,
    SystemClock,
    TerminalSettings,
    new_operation_id,
)
from journal import DayLines, Journal, Number
from recovery import News, Recovery, Report, Watch
from tillproof import wire_log_folder

__all__ = ["Till"]


class Till(Records):
    """Everything a POS asks for. Safe to share between threads; open one for each process.

    Every operation takes a ``reference``, the POS's own name for this attempt. The same reference with the same
    content never charges again: it returns the recorded outcome, or waits for the running one. A new attempt, after
    ``Declined`` or ``NotPerformed``, takes a new reference.

    Operations raise ``BadInput`` (with ``ReferenceReused``), ``TerminalOccupied``, ``TerminalUnsettled``,
    ``TableInDoubt`` and ``NothingSent``, and then nothing was sent; ``AnswerNotStored`` carries an outcome that the
    disk did not take.
    """

    __module__ = "tillproof"  # where it is to be had, also for whoever reads its repr

    def __init__(self, *, journal: Journal, settings: Settings) -> None:
        super().__init__(reader=journal, settings=settings)
        clock = SystemClock()
        self._communication = DayLines(wire_log_folder(settings), now=clock.now)
        self._terminals = {
            name: SamportTerminal(
                terminal,
                wire=self._wire(terminal, clock),
                draw=partial(_draw, journal, name),
                heard=Heard(journal, name),
                clock=clock,
            )
            for name, terminal in settings.terminals.items()
        }
        self._observer = Observer()
        book = Book(journal, self._observer)
        self._recovery = Recovery(book=book, terminals=self._terminals, clock=clock)
        self._watch = Watch(book=book, recovery=self._recovery, clock=clock)
        self._engine = Engine(
            book=book,
            terminals=self._terminals,
            clock=clock,
            settle=self._recovery.settle,
            clear_road=self._recovery.clear_road,
        )

    def pay(
        self,
        amount: str | Decimal,
        currency: str,
        *,
        terminal: str,
        reference: str,
        table: str | None = None,
        despite: str | None = None,
        patience_s: float | None = None,
        mode: str | None = None,
        on_dialog: OnDialog | None = None,
    ) -> Outcome:
        """Let a guest pay. ``amount`` is in major units, as text or Decimal: "125.00".

        Blocks until the guest has paid, or until doubt was not settled within ``patience_s`` (the configured one).
        ``table`` is where the guests sit: while an earlier bill of that table is in doubt, under whatever reference and
        on whatever terminal, this is refused, unless ``despite`` names that bill; which is then on record. ``mode`` is
        "sync" or "async", if not the configured one; ``on_dialog`` hears what the terminal shows to the guest, as it
        changes, in asynchronous mode.
        """
        money = Money.parse(amount, currency)
        order = _order(Kind.PAYMENT, terminal, reference, amount=money, table=table, despite=despite)
        return self._conduct(order, patience_s, mode, on_dialog)

    def refund(
        self,
        amount: str | Decimal,
        currency: str,
        *,
        terminal: str,
        reference: str,
        patience_s: float | None = None,
        mode: str | None = None,
        on_dialog: OnDialog | None = None,
    ) -> Outcome:
        """Give money back. The terminal keeps no link to the sale; that is the POS's to remember."""
        order = _order(Kind.REFUND, terminal, reference, amount=Money.parse(amount, currency))
        return self._conduct(order, patience_s, mode, on_dialog)

    def reverse(
        self,
        receipt_number: str,
        *,
        terminal: str,
        reference: str,
        patience_s: float | None = None,
        mode: str | None = None,
        on_dialog: OnDialog | None = None,
    ) -> Outcome:
        """Undo the payment with this receipt number (six digits), whole."""
        order = _order(Kind.REVERSAL, terminal, reference, target_receipt=receipt_number)
        return self._conduct(order, patience_s, mode, on_dialog)

    def capture(
        self,
        *,
        terminal: str,
        reference: str | None = None,
        patience_s: float | None = None,
        mode: str | None = None,
        on_dialog: OnDialog | None = None,
    ) -> Outcome:
        """Close the terminal's day: everything since the last capture is sent for clearing.

        Without a ``reference`` one is made of terminal and time; name one yourself to be able to ask again for it.
        """
        reference = reference or f"capture-{terminal}-{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        return self._conduct(_order(Kind.CAPTURE, terminal, reference), patience_s, mode, on_dialog)

    def abort(self, name: str) -> AbortAnswer:
        """Ask the terminal to end a running operation; from any thread or process.

        ``ACCEPTED`` is a request that was heard, and no outcome: it may still be approved. ``TOO_LATE`` means that it
        can no longer be cut short. Either way the outcome comes to whoever conducts the operation.

        Raises:
            UnknownReference: no operation has this reference or id.
            BadInput: it is settled, or this release cannot abort it.
            NotDelivered, Unconfirmed: the terminal gave no authentic answer.
        """
        return self._engine.abort(name)

    def complete(
        self,
        operation_id: str,
        *,
        terminal: str,
        kind: str = "payment",
        reference: str | None = None,
        patience_s: float | None = None,
    ) -> Outcome:
        """Find out what became of an asynchronous operation that another till started, and keep it in this journal.

        Raises:
            UnknownReference: the terminal does not know it, or not any more.
            BadInput: no such kind (payment, refund or capture), or no such terminal.
            StillRunning: the guest has not paid yet; ask again.
            NotDelivered, Unconfirmed: the terminal gave no authentic answer.
        """
        if kind not in [Kind.PAYMENT, Kind.REFUND, Kind.CAPTURE]:
            raise BadInput(f"kind: {kind!r} cannot be completed from here; give payment, refund or capture")
        if not re.fullmatch(r"[0-9A-Za-z-]{8,64}", operation_id):
            raise BadInput(f"operation: {operation_id!r} is no operation id; give the UUID that the other till made")
        order = Order(
            operation_id=operation_id,
            kind=Kind(kind),
            terminal=terminal,
            reference=reference or operation_id,
            taken_over=True,
        )
        return self._engine.complete(order, patience_s=patience_s)

    def settle(self, name: str, *, patience_s: float | None = None) -> Outcome:
        """Find out what became of the operation with this reference or operation id; at once if it is settled.

        Raises:
            UnknownReference: there is none.
        """
        _check_patience(patience_s)
        return self._engine.settle(name, patience_s=patience_s)

    def recover(self, terminal: str | None = None) -> Report:
        """Settle everything that can be settled, on one terminal or on all, and look for late success."""
        return self._recovery.recover(terminal)

    def watch(self) -> Watch:
        """Go on settling in a thread of its own what is in doubt; it ends with the till, or with ``stop``.

        What comes of it is told to those who asked: ``on_settled``, ``on_alarm``, ``on_overdue``.
        """
        self._watch.start()
        return self._watch

    def on_settled(self, call: Callable[[Outcome], None]) -> None:
        """Call this, in the thread of the watch, when a bill that was in doubt is settled, whoever settled it."""
        self._listen("settled", call)

    def on_alarm(self, call: Callable[[Outcome], None]) -> None:
        """Call this when a terminal contradicts what had been final: money moved of which the till knew nothing."""
        self._listen("alarm", call)

    def on_overdue(self, call: Callable[[Outcome], None]) -> None:
        """Call this when a bill has been in doubt for three minutes and still is; once for each."""
        self._listen("overdue", call)

    def on_ended(self, call: Callable[[Outcome], None]) -> None:
        """Call this once for each operation that ends in this program, in the thread that ended it.

        For metrics and traces: it is durable, and the caller has not heard it yet. Do not begin an operation in it, and
        be quick; what it raises is only logged.
        """
        self._observer.on_ended.append(call)

    def on_written(self, call: Callable[[float], None]) -> None:
        """Call this with the seconds that each durable write took, waiting for others included; as ``on_ended``."""
        self._observer.on_written.append(call)

    @property
    def looked_at(self) -> datetime | None:
        """When the watch of this till last looked at everything and could; None if it never did."""
        return self._watch.looked_at

    def resolve(self, name: str, outcome: str, *, by: str, reason: str) -> Outcome:
        """Write down a person's ruling where the terminal can no longer tell.

        ``outcome`` is approved, declined, cancelled or not_performed; ``by`` and ``reason`` are kept with it.

        Raises:
            UnknownReference: there is no such operation.
            BadInput: it is settled already, or the ruling is incomplete.
        """
        if outcome not in [str(state) for state in FINAL]:
            raise BadInput(f"outcome: {outcome!r} is no ruling; give approved, declined, cancelled or not_performed")
        return self._recovery.resolve(name, State(outcome), by=by, reason=reason)

    def device(self, terminal: str) -> Mapping[str, str]:
        """What the terminal says of itself; the safe way to test its address and its keys."""
        return self._engine.terminal(terminal).device()

    def read_card(self, terminal: str) -> Mapping[str, str]:
        """Ask the guest for his card without paying (2.1); every text of the answer, card numbers masked.

        Path and form are not published (``read_card_path``); no money moves, and nothing is written.

        Raises:
            BadInput: no such terminal, or its release cannot.
            TerminalOccupied: somebody else is using it.
            NotDelivered, Unconfirmed: the terminal gave no authentic answer.
        """
        return self._engine.read_card(terminal)

    def print_text(self, terminal: str, text: str) -> None:
        """Print a text on the terminal's paper; path and form are not published (``print_path``).

        Raises:
            BadInput: no such terminal.
            TerminalOccupied: somebody else is using it.
            NotDelivered, Unconfirmed: the terminal gave no authentic answer.
        """
        self._engine.print_text(terminal, text)

    def device_differences(self, terminal: str) -> tuple[str, ...]:
        """Where the terminal says something else of itself than the configuration does, in sentences."""
        told, configured = self.device(terminal).get("apiVersion"), self._settings_of(terminal).release.name
        if told is None or told == configured or told.startswith(f"{configured}."):
            return ()
        return (f"{terminal}: api is configured as {configured}, and the terminal says {told}; mend the configuration",)

    def close(self) -> None:
        """End the watch, close the connections and the journal; what was recorded stays."""
        self._watch.stop()
        for terminal in self._terminals.values():
            terminal.close()
        self._communication.close()
        super().close()

    def _wire(self, terminal: TerminalSettings, clock: SystemClock) -> LoggedWire:
        """The way to a terminal, on which every request and reply is noted: certification asks for it."""
        keys = (
            (terminal.integration_key, terminal.secret_key) if terminal.release.signs else (terminal.integration_key,)
        )
        return LoggedWire(
            HttpWire(terminal.origin, terminal.certificate),
            append=self._communication.append,
            terminal=terminal.name,
            host=terminal.origin.partition("://")[2],
            secrets=keys,
            now=clock.now,
            unit=terminal.amount_unit,
        )

    def _listen(self, news: str, call: Callable[[Outcome], None]) -> None:
        self._watch.listen(News(news), call)

    def _conduct(self, order: Order, patience_s: float | None, mode: str | None, on_dialog: OnDialog | None) -> Outcome:
        if mode is not None and mode not in list(Mode):
            raise BadInput(f"mode: {mode!r} is none; give sync or async, or leave it to the configuration")
        _check_patience(patience_s)
        chosen = Mode(mode) if mode is not None else None
        return self._engine.conduct(order, patience_s=patience_s, mode=chosen, on_dialog=on_dialog)


def _check_patience(patience_s: float | None) -> None:
    sound = isinstance(patience_s, int | float) and not isinstance(patience_s, bool) and 0 <= patience_s < math.inf
    if patience_s is not None and not sound:
        raise BadInput(f"patience_s: {patience_s!r} is no number of seconds; give 0 or more")


def _order(
    kind: Kind,
    terminal: str,
    reference: str,
    *,
    amount: Money | None = None,
    target_receipt: str | None = None,
    table: str | None = None,
    despite: str | None = None,
) -> Order:
    return Order(
        operation_id=new_operation_id(datetime.now(UTC)),
        kind=kind,
        terminal=terminal,
        reference=reference,
        amount=amount,
        target_receipt=target_receipt,
        table=table,
        despite=despite,
    )


def _draw(journal: Journal, terminal: str, floor: int) -> AbstractContextManager[Number]:
    return journal.rising(terminal, floor=floor)
