"""What passes between a till and the terminal, free of sockets."""

from collections.abc import Mapping
from dataclasses import dataclass

from tools.simulator.cue import Cue


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request: `body` is exactly the bytes sent, because the keyed hash covers them.

    `cue` is no part of it: a script's note on it.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""
    cue: Cue | None = None

    def header(self, name: str) -> str | None:
        """Return the value of a header, whatever the case of its name."""
        return _find(self.headers, name)

    @property
    def bare_path(self) -> str:
        """The path without its query: what is hashed and routed (`protocol.md`, Keyed hash)."""
        return self.path.partition("?")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One HTTP reply, as the terminal means it; the line may still do to it what lines do."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the value of a header, whatever the case of its name."""
        return _find(self.headers, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Underway:
    """An operation that the terminal has accepted; its reply exists from `finish_at` on.

    Times are unix seconds. An abort or a reboot may end the operation earlier, so whoever waits
    asks `SimulatedTerminal.due_at` again after every event.
    """

    ordinal: int
    request: Request
    started_at: float
    finish_at: float


def _find(headers: Mapping[str, str], name: str) -> str | None:
    wanted = name.lower()
    return next((value for key, value in headers.items() if key.lower() == wanted), None)
