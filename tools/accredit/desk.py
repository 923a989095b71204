"""The simulator's admin port, from the side of whoever prepares a case and reads what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests

from tools.accredit.record import Entry, Row

_T = TypeVar("_T", Row, Entry)

_TIMEOUT_S = 10.0
_OK = 200
# Longer than any step; whoever is killed in the middle leaves a terminal that comes back by itself.
_OUTAGE_S = 900.0


class NoSimulator(Exception):
    """No simulator answers there; start one with `tillproof simulate --admin-port N` and give that port's address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the terminal is and does; ``now`` in unix seconds, by the clock of its ledger and log."""

    name: str
    profile: str
    now: float
    down: bool
    idle: bool


class Desk:
    """One simulator's admin port. Every call raises `NoSimulator` when nobody fitting answers."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname or parts.path not in {"", "/"}:
            raise NoSimulator(f"{url!r} is no address of an admin port; it looks like http://127.0.0.1:8086")
        self._url = url.rstrip("/")
        self._session = requests.Session()
        # A proxy of the environment has no business between two programs of one machine.
        self._session.trust_env = False

    def close(self) -> None:
        """Give the connection back."""
        self._session.close()

    def state(self) -> State:
        """What the terminal is and does now."""
        told = self._asked("GET", "/state")
        try:
            return State(
                name=told["name"],
                profile=told["profile"],
                now=float(told["now"]),
                down=bool(told["down"]),
                idle=told["running"] is None,
            )
        except (TypeError, KeyError, ValueError):
            raise self._stranger() from None

    def rows(self, *, since: float) -> tuple[Row, ...]:
        """The requests made since then, in the order of their arrival."""
        rows = [self._read(Row, told) for told in self._asked("GET", "/requests")]
        return tuple(sorted((row for row in rows if row.at >= since), key=lambda row: row.at))

    def entries(self, *, since: float) -> tuple[Entry, ...]:
        """The operations started since then, without those of another till."""
        entries = [self._read(Entry, told) for told in self._asked("GET", "/ledger")]
        return tuple(entry for entry in entries if entry.started_at >= since and entry.arrived != "foreign")

    def begin(self, script: Mapping[str, object]) -> None:
        """Let the terminal live through a script from now on."""
        self._asked("POST", "/script", script)

    def unplug(self) -> None:
        """Let it refuse connections."""
        self._asked("POST", "/reboot", {"reboot_s": _OUTAGE_S})

    def plug_in(self) -> None:
        """Let it serve again, in a moment."""
        self._asked("POST", "/reboot", {"reboot_s": 0.001})

    def _asked(self, method: str, path: str, document: object = None) -> Any:  # noqa: ANN401 - whatever JSON holds
        try:
            response = self._session.request(
                method, self._url + path, json=document, timeout=_TIMEOUT_S, allow_redirects=False
            )
            told = response.json()
        except ValueError:
            raise self._stranger() from None
        except (OSError, requests.RequestException):
            raise NoSimulator(f"nobody answers at {self._url}: start `tillproof simulate --admin-port N`") from None
        if response.status_code != _OK:
            raise NoSimulator(f"the simulator at {self._url} refused {path}: {told}")
        return told

    def _read(self, kind: type[_T], told: Mapping[str, Any]) -> _T:
        # By name, so that a simulator may tell more than is read here.
        try:
            return kind(**{field.name: told[field.name] for field in fields(kind)})
        except (TypeError, KeyError):
            raise self._stranger() from None

    def _stranger(self) -> NoSimulator:
        return NoSimulator(f"what answers at {self._url} is no admin port of this simulator")
