"""A Samport terminal: the terminal port over the vendor's API, v1 and v2, synchronous and asynchronous."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from engine.clock import Clock
from engine.errors import BadInput, Unconfirmed
from engine.kind import Kind
from engine.mode import Mode, ModePolicy
from engine.order import Order
from engine.samport.charges import AsyncCharge, SyncCharge, order_body
from engine.samport.freshness import Heard
from engine.samport.judgement import judge_abort, judge_answer, judge_status
from engine.samport.masking import mask_card_numbers
from engine.samport.paths import Paths
from engine.samport.reading import EMPTY_SLOT, read_slot, read_texts
from engine.samport.voice import Draw, Voice
from engine.samport.wire import Wire
from engine.settings import TerminalSettings
from engine.terminal import AbortAnswer, Activity, Charge, OnDialog, Slot, Status


class SamportTerminal:
    """One terminal; see ``engine/terminal.py`` for what each method promises."""

    def __init__(self, settings: TerminalSettings, *, wire: Wire, draw: Draw, heard: Heard, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._paths = Paths(settings)
        self._voice = Voice(settings, wire=wire, draw=draw, heard=heard, clock=clock)

    @property
    def name(self) -> str:
        """Its name in the configuration."""
        return self._settings.name

    @property
    def patience_s(self) -> float:
        """Seconds."""
        return self._settings.patience_s

    @property
    def grace_s(self) -> float:
        """Seconds."""
        return self._settings.grace_s

    @property
    def reboot_s(self) -> float:
        """Seconds."""
        return self._settings.reboot_s

    @property
    def fences(self) -> bool:
        """INFERRED, behind the switch ``fence``: stamps are checked per terminal, on arrival. v1 has no stamps."""
        return self._settings.fence and self._settings.release.signs

    @property
    def wiped_whole(self) -> bool:
        """INFERRED, behind the switch of the same name."""
        return self._settings.wiped_whole

    @property
    def shared(self) -> bool:
        """As configured."""
        return self._settings.shared

    @property
    def mode_policy(self) -> ModePolicy:
        """As configured."""
        return self._settings.mode

    @property
    def aborts_lost(self) -> bool:
        """As configured; never on a shared terminal, where an abort without an id may hit somebody else's guest."""
        return self._settings.aborts_lost and not self._settings.shared and self._settings.release.modeless_abort

    @contextmanager
    def prepare(self, order: Order, mode: Mode, on_dialog: OnDialog | None) -> Iterator[Charge]:
        """Stamp and sign an order; the right to the next stamp is kept until its bytes are out."""
        settings = self._settings
        synchronous = mode is Mode.SYNC
        path = self._paths.operation(order.kind) if synchronous else self._paths.start(order)
        id_in_body = None if synchronous or settings.async_id_in_path else order.operation_id
        body = order_body(order, settings.amount_unit, id_in_body)
        with self._voice.turn() as number:
            request = self._voice.request("POST", path, body, number.value)
            if synchronous:
                yield SyncCharge(
                    order=order,
                    request=request,
                    number=number,
                    voice=self._voice,
                    unit=settings.amount_unit,
                    timeout_s=settings.payment_timeout_s,
                )
            else:
                yield AsyncCharge(
                    order=order,
                    request=request,
                    number=number,
                    voice=self._voice,
                    paths=self._paths,
                    unit=settings.amount_unit,
                    clock=self._clock,
                    on_dialog=on_dialog,
                    timeout_s=settings.payment_timeout_s,
                )

    def status(self, order: Order, *, after_ms: int = 0) -> Status:
        """Ask ``…/status``. Before 2.1 the terminal forgets an ending once it has told it."""
        exchange, trust = self._voice.say_anew("GET", self._paths.status(order), after_ms)
        return judge_status(exchange, trust, order, self._settings.amount_unit)

    def latest(self, kind: Kind, *, after_ms: int = 0) -> Slot:
        """Ask ``…/latest`` of this kind. A 404 means none since the last capture, or since a restart."""
        document = self._voice.ask(self._paths.latest(kind), after_ms)
        slot = EMPTY_SLOT if document is None else read_slot(document, self._settings.amount_unit)
        if slot is None:
            raise Unconfirmed("the terminal shows a last operation without an outcome")
        return slot

    def activity(self, *, after_ms: int = 0) -> Activity:
        """Ask ``/Dialogs`` without an id, where the release has it. INFERRED: it is empty exactly when idle."""
        if not (self._settings.release.dialogs_without_id and self._settings.idle_by_dialogs):
            return Activity.UNTOLD
        document = self._voice.ask(self._paths.dialog(), after_ms)
        if document is None:
            return Activity.UNTOLD
        return Activity.BUSY if any(document.values()) else Activity.IDLE

    def abort(self, order: Order, mode: Mode) -> AbortAnswer:
        """Ask ``/Abort/{id}``, or ``/Aborts`` for a synchronous operation, which has no id at the terminal."""
        if mode is Mode.ASYNC:
            path = self._paths.abort(order)
        elif not self._settings.release.modeless_abort:
            raise BadInput(
                f"terminal: {self.name} (release {self._settings.release.name}) cannot abort a synchronous operation "
                "from here; use the terminal's own red key"
            )
        else:
            path = self._paths.abort()
        return judge_abort(*self._voice.say_anew("POST", path))

    def device(self) -> Mapping[str, str]:
        """Ask ``/DeviceInformation``."""
        document = self._voice.ask(self._paths.device) or {}
        return _masked({key: str(value) for key, value in document.items() if isinstance(value, str | int)})

    def read_card(self) -> Mapping[str, str]:
        """Ask the guest for his card without paying (2.1). OPEN: path and form; every text in the answer is told."""
        if not self._settings.release.read_card:
            raise BadInput(f"terminal: {self.name} (release {self._settings.release.name}) cannot read a card; 2.1 can")
        document = judge_answer(*self._voice.say_anew("POST", self._paths.read_card))
        if document is None:
            raise Unconfirmed("the terminal knows no way to read a card there: is read_card_path right?")
        return _masked(read_texts(document))

    def print_text(self, text: str) -> None:
        """Print a text on the terminal's paper. OPEN: path and form."""
        body = json.dumps({"text": text}, ensure_ascii=False).encode()
        if judge_answer(*self._voice.say_anew("POST", self._paths.print, body=body)) is None:
            raise Unconfirmed("the terminal knows no way to print there: is print_path right?")

    def close(self) -> None:
        """Close its connections."""
        self._voice.close()


def _masked(texts: Mapping[str, str]) -> Mapping[str, str]:
    """In documents of unknown form a card number may stand anywhere, as a name as well."""
    return {mask_card_numbers(name): mask_card_numbers(text) for name, text in texts.items()}
