"""Plain ``requests``: the same orders, signed in the same way, posted without a journal, replies believed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import requests

from tools.bench import shop
from tools.bench.paper import new_id
from tools.simulator.signing import header_value, request_hash, stamp_of

_PATH = f"{shop.BASE_PATH}/Payments"
_QUESTION = f"{shop.BASE_PATH}/DeviceInformation"
_TIMEOUT_S = 180.0


class _Line:
    """A session with one terminal, and the last stamp sent there."""

    def __init__(self, port: int, *, trust_env: bool) -> None:
        self._origin = f"http://127.0.0.1:{port}"
        self._session = requests.Session()
        self._session.trust_env = trust_env
        self._stamp_ms = 0

    def pay(self) -> None:
        order = {
            "amounts": {"base": 12_500, "currencySymbol": "NOK"},
            "customData": {"tillproofOperationId": new_id()},
        }
        reply = self._say("POST", _PATH, json.dumps(order).encode())
        if reply["transactionOutcome"] != "Approved":
            raise ValueError(f"the guest did not pay: {reply}")

    def ask(self) -> None:
        self._say("GET", _QUESTION, b"")

    def look(self) -> None:
        """As after a broken line: a question on a new connection."""
        self._session.close()
        self.ask()

    def close(self) -> None:
        self._session.close()

    def _say(self, method: str, path: str, body: bytes) -> Mapping[str, Any]:
        self._stamp_ms = max(int(time.time() * 1000), self._stamp_ms + 1)
        stamp = stamp_of(self._stamp_ms / 1000)
        digest = request_hash(secret=shop.SECRET_KEY, stamp=stamp, method=method, path=path, body=body)
        headers = {
            "Authorization": header_value(stamp=stamp, digest=digest),
            "Integration-Key": shop.INTEGRATION_KEY,
            "Content-Type": "application/json; charset=utf-8",
        }
        reply = self._session.request(
            method, self._origin + path, data=body or None, headers=headers, timeout=_TIMEOUT_S
        )
        reply.raise_for_status()
        told: Mapping[str, Any] = reply.json()
        return told


class Post:
    """A session for each caller. It is what a till is measured against, not what a till should be."""

    def __init__(self, lines: list[_Line], does: Callable[[_Line], None]) -> None:
        self._lines = lines
        self._does = does

    def operate(self, caller: int) -> float:
        """One payment, or whatever else it does."""
        self._does(self._lines[caller])
        return 0.0

    def close(self) -> None:
        """Close the sessions."""
        for line in self._lines:
            line.close()


_DEEDS: Mapping[str, Callable[[_Line], None]] = {"pay": _Line.pay, "ask": _Line.ask, "look": _Line.look}


def contend(folder: Path, *, callers: int, given: Mapping[str, Any]) -> Post:  # noqa: ARG001 - it keeps nothing
    """Open it at the terminals behind ``ports``; ``trust_env`` is what requests does by itself.

    It pays, unless it ``does`` "ask" a question about nothing, or "look" after a broken line.
    """
    lines = [_Line(port, trust_env=given.get("trust_env", True)) for port in given["ports"][:callers]]
    return Post(lines, _DEEDS[given.get("does", "pay")])
