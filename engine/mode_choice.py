"""The choice of a mode: hold the connection while the guest pays, or start and ask.

Synchronous is the fastest; asynchronous loses less when a link is bad, because no connection stays open for long.
``auto`` starts with the first and moves a terminal whose link keeps losing replies to the second, and back when it has
been calm. What counts is what the journal says, so every process of the till decides alike and a restart forgets
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.mode import Mode, ModePolicy

if TYPE_CHECKING:
    from engine.operation import Operation

WINDOW = 20
"""How many of the youngest operations are looked at."""

_RECENT = 10
_TOO_MANY_LOST = 2
"""Two lost replies in ten operations are a link, and not an accident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeChoice:
    """The mode for the next operation, and why."""

    mode: Mode
    reason: str


def choose_mode(policy: ModePolicy, youngest: Sequence[Operation]) -> ModeChoice:
    """The mode for the next operation on a terminal; ``youngest`` are its last ``WINDOW`` operations, newest first."""
    if policy is not ModePolicy.AUTO:
        return ModeChoice(mode=Mode(policy), reason="configured")
    sent = [operation for operation in youngest if operation.dispatch is not None]
    lost = [operation.link_lost for operation in sent]
    if sent and sent[0].dispatch is not None and sent[0].dispatch.mode is Mode.ASYNC:
        if len(sent) == WINDOW and not any(lost):
            return ModeChoice(mode=Mode.SYNC, reason=f"calm: none of the last {WINDOW} operations lost its reply")
        return ModeChoice(mode=Mode.ASYNC, reason=f"until {WINDOW} operations in a row have lost no reply")
    recent = sum(lost[:_RECENT])
    if recent >= _TOO_MANY_LOST:
        reason = f"{recent} of the last {min(len(lost), _RECENT)} operations lost their reply"
        return ModeChoice(mode=Mode.ASYNC, reason=reason)
    return ModeChoice(mode=Mode.SYNC, reason="the link has been good enough")
