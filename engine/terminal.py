"""The terminal port: the few things that the engine and recovery ask of a terminal.

Everything here either returns what the terminal *authentically* said, or raises one of two errors:

- ``NotDelivered``: proof that the order was not taken.
- ``Unconfirmed``: anything else. It may have happened.

There is no third. What is sent may be paid, and whoever cannot prove the contrary has to ask.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any, Protocol

from engine.kind import Kind
from engine.mode import Mode, ModePolicy
from engine.order import Order
from journal import Json


class Ending(StrEnum):
    """How an operation can end at the terminal, as far as we understand it."""

    APPROVED = "approved"
    DECLINED = "declined"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What a capture says that it bundled, of one kind and currency; of one card scheme, where it says that."""

    kind: Kind
    currency: str
    count: int
    amount_minor: int
    scheme: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the terminal says became of an operation, card numbers masked.

    ``ending`` is None when the terminal used a word that we do not know; ``outcome_text`` is that word. Such a reply
    settles nothing. ``operation_id`` is the identity that the terminal echoed. ``receipts`` holds the copies as the
    terminal made them; print from nothing else. ``totals`` are those of a capture.
    """

    operation_id: str | None
    ending: Ending | None
    outcome_text: str
    description: str | None = None
    receipt_number: str | None = None
    approval_code: str | None = None
    total_minor: int | None = None
    currency: str | None = None
    receipts: Mapping[str, Json] = field(default_factory=dict)
    totals: tuple[Total, ...] = ()

    def as_body(self) -> dict[str, Json]:
        """For a fact; what is absent is left out."""
        told = {each.name: getattr(self, each.name) for each in fields(self)}
        told["totals"] = [asdict(total) for total in self.totals]
        return {key: value for key, value in told.items() if value not in (None, {}, [])}

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Reply:
        """Read back what ``as_body`` wrote."""
        given = {"operation_id": None, "ending": None, **body}
        given["ending"] = Ending(given["ending"]) if given["ending"] else None
        given["totals"] = tuple(Total(**{**total, "kind": Kind(total["kind"])}) for total in given.get("totals", ()))
        return cls(**given)


EMPTY = "empty"
"""The identity of a slot with nothing in it."""

UNKNOWN = "unknown"
"""The identity of a slot that was never read; nothing that a terminal shows is equal to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """The terminal's one-place memory for a kind of operation.

    ``identity`` tells contents apart: ``empty``, the operation id where the content carries one of that form, else a
    digest of the content. ``reply`` is None exactly when the slot is empty.
    """

    identity: str
    reply: Reply | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a terminal remembers before an order is sent.

    ``slot`` is the identity of what the slot of the order's kind holds; ``witness`` is another slot that holds
    something, where that one is empty. A terminal that still shows the witness afterwards has not restarted.
    """

    slot: str
    witness: tuple[Kind, str] | None = None


class Activity(StrEnum):
    """Whether the terminal is busy with an operation."""

    IDLE = "idle"
    BUSY = "busy"
    UNTOLD = "untold"
    """This release has no way to say."""


class Progress(StrEnum):
    """What a terminal says of an operation that it is asked for by its id."""

    FINISHED = "finished"
    RUNNING = "running"
    UNKNOWN = "unknown"
    """Not known here, or not any more. It is no "no"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The answer to a question by id; ``reply`` is there exactly when it is finished."""

    progress: Progress
    reply: Reply | None = None


class AbortAnswer(StrEnum):
    """What a terminal says when it is asked to end an operation. Neither is an outcome: it may still be approved."""

    ACCEPTED = "accepted"
    TOO_LATE = "too_late"


OnDialog = Callable[[str], None]
"""Hears what the terminal shows to the guest, as it changes."""


class Charge(Protocol):
    """An order, stamped and signed, ready to leave."""

    @property
    def stamp_ms(self) -> int:
        """Its timestamp in milliseconds since 1970; nothing older is accepted once something newer was heard."""
        ...

    def send(self, on_left: Callable[[], None]) -> Reply:
        """Send it, once, and wait for the guest; ``on_left`` is called when its bytes are out.

        Raises:
            NotDelivered: proof that the terminal did not take it.
            Unconfirmed: everything else.
        """
        ...


class Terminal(Protocol):
    """One terminal. Questions never start, stop or change an operation."""

    @property
    def name(self) -> str:
        """Its name in the configuration; also the name of its lane."""
        ...

    @property
    def patience_s(self) -> float:
        """How long a caller waits for doubt to be settled, in seconds."""
        ...

    @property
    def grace_s(self) -> float:
        """The longest life of an operation on the terminal, in seconds from its dispatch."""
        ...

    @property
    def reboot_s(self) -> float:
        """The shortest time in which the terminal can restart and so forget, in seconds."""
        ...

    @property
    def fences(self) -> bool:
        """Whether an answered question proves that an older order can no longer arrive."""
        ...

    @property
    def wiped_whole(self) -> bool:
        """Whether a restart wipes all slots at once, so that one that still shows something vouches for the rest."""
        ...

    @property
    def shared(self) -> bool:
        """Whether other tills use it too, so that its slots change behind our back."""
        ...

    @property
    def mode_policy(self) -> ModePolicy:
        """Which mode its operations take."""
        ...

    @property
    def aborts_lost(self) -> bool:
        """Whether an operation whose reply was lost is to be cut short, to know sooner what became of it."""
        ...

    def prepare(self, order: Order, mode: Mode, on_dialog: OnDialog | None) -> AbstractContextManager[Charge]:
        """Stamp and sign an order. While the block is open and nothing left, no newer stamp is given away.

        Raises:
            NotDelivered: there is no stamp to be had, so it cannot be sent.
        """
        ...

    def status(self, order: Order, *, after_ms: int = 0) -> Status:
        """Ask for an asynchronous operation by its id. Asked with a stamp above ``after_ms``."""
        ...

    def abort(self, order: Order, mode: Mode) -> AbortAnswer:
        """Ask the terminal to end a running operation.

        Raises:
            BadInput: this release cannot.
            NotDelivered, Unconfirmed: no authentic answer.
        """
        ...

    def latest(self, kind: Kind, *, after_ms: int = 0) -> Slot:
        """What the terminal remembers as the last operation of this kind. Asked with a stamp above ``after_ms``."""
        ...

    def activity(self, *, after_ms: int = 0) -> Activity:
        """Whether an operation is running. Asked with a stamp above ``after_ms``."""
        ...

    def device(self) -> Mapping[str, str]:
        """What the terminal says of itself; a safe test of connection and credentials."""
        ...

    def read_card(self) -> Mapping[str, str]:
        """Ask the guest for his card without paying; the texts of the answer, card numbers masked.

        Raises:
            BadInput: this release cannot.
            NotDelivered, Unconfirmed: no authentic answer.
        """
        ...

    def print_text(self, text: str) -> None:
        """Print a text on the terminal's paper.

        Raises:
            NotDelivered, Unconfirmed: no authentic answer.
        """
        ...

    def close(self) -> None:
        """Close its connections."""
        ...
