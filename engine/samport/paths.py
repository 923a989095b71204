"""Where things are: the endpoints of the terminal API (``protocol.md``, *Endpoints*).

Paths that the vendor's pages do not spell out are INFERRED; those that might well be others are switches.
"""

from __future__ import annotations

from engine.kind import Kind
from engine.order import Order
from engine.settings import TerminalSettings

_FAMILIES = {
    Kind.PAYMENT: "/Payments",
    Kind.REFUND: "/Refunds",
    Kind.REVERSAL: "/Reversals",
    Kind.CAPTURE: "/Captures",
}
"""Payments and Captures are seen in public code; the other two families exist, and their names are INFERRED."""


class Paths:
    """The paths of one terminal, from its base on."""

    def __init__(self, settings: TerminalSettings) -> None:
        self._base = settings.base_path
        self._id_in_path = settings.async_id_in_path
        self._abort = settings.abort_path
        self.read_card = self._base + settings.read_card_path
        self.print = self._base + settings.print_path

    def operation(self, kind: Kind) -> str:
        """Synchronous: blocks until done."""
        return self._base + _FAMILIES[kind]

    def latest(self, kind: Kind) -> str:
        """The last operation of this kind."""
        return f"{self.operation(kind)}/latest"

    def start(self, order: Order) -> str:
        """Asynchronous: starts. INFERRED, behind ``async_id_in_path``: the id is in the path, or in the body."""
        family = f"{self.operation(order.kind)}Async"
        return f"{family}/{order.operation_id}" if self._id_in_path else family

    def status(self, order: Order) -> str:
        """Asynchronous: has it finished?"""
        return f"{self.operation(order.kind)}Async/{order.operation_id}/status"

    def dialog(self, order: Order | None = None) -> str:
        """What the terminal shows; without an order, whatever it shows (2.1)."""
        return f"{self._base}/Dialogs/{order.operation_id}" if order else f"{self._base}/Dialogs"

    def abort(self, order: Order | None = None) -> str:
        """End a running operation; without an order, whichever runs (2.2). The first is behind ``abort_path``."""
        return f"{self._base}{self._abort}/{order.operation_id}" if order else f"{self._base}/Aborts"

    @property
    def device(self) -> str:
        """What the terminal says of itself."""
        return f"{self._base}/DeviceInformation"
