"""The wire port: one request out, one reply or none back, and the knowledge of what left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class WireRequest:
    """A request, complete: ``path`` and ``body`` are the very bytes that were signed."""

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What became of a request, as far as this side of the wire can know.

    ``status`` is None when no complete reply came; ``failure`` is then a sentence that says why. ``left`` is False
    only when it is certain that nothing was sent. Header names are in lower case. Headers and body are not shown:
    card numbers are still in them.
    """

    left: bool
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    failure: str = ""


class Wire(Protocol):
    """The way to one terminal; HTTP in production, a direct line to the simulator in tests."""

    def exchange(self, request: WireRequest, *, deadline_s: float, on_sent: Callable[[], None]) -> Exchange:
        """Send once and wait for the reply; never raises.

        ``on_sent`` is called when the bytes are out and have had time to arrive, or when the reply begins.
        """
        ...

    def close(self) -> None:
        """Close connections."""
        ...
