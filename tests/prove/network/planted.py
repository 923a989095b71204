"""Mistakes that were made elsewhere, planted in the shipped wire; each with the cell that must give it away."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from unittest import mock

import requests

from engine import Ending, Reply
from engine.samport import charges, connection, http_wire, judgement
from engine.samport.credentials import KeyedHash
from engine.samport.http_wire import HttpWire
from engine.samport.signing import Trust
from engine.samport.wire import Exchange, WireRequest
from tests.prove.network import desk
from tests.prove.network.cells import Cell

_REDIRECTS = range(301, 309)
_EXCHANGE = HttpWire.exchange
_JUDGE_ORDER = judgement.judge_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A mistake. ``gives_away`` stands in the complaint that the trial must make about it."""

    name: str
    plant: Callable[[], AbstractContextManager[Any]]
    cell: Cell | None
    """None where the mistake shows in the environment's trial."""
    gives_away: str


def _retried(wire: HttpWire, request: WireRequest, **how: Any) -> Exchange:
    done = _EXCHANGE(wire, request, **how)
    return _EXCHANGE(wire, request, **how) if done.left and done.status is None else done


def _redirected(wire: HttpWire, request: WireRequest, **how: Any) -> Exchange:
    done = _EXCHANGE(wire, request, **how)
    return _EXCHANGE(wire, request, **how) if done.status in _REDIRECTS else done


def _trusting(_hash: KeyedHash, _request: WireRequest, exchange: Exchange, _before: int) -> Trust:
    return Trust.UNSIGNED if exchange.status is None else Trust.AUTHENTIC


def _declined(exchange: Exchange, trust: Trust, order: Any, unit: Any) -> Reply:
    if exchange.left and exchange.status is None:
        return Reply(operation_id=order.operation_id, ending=Ending.DECLINED, outcome_text="Declined")
    return _JUDGE_ORDER(exchange, trust, order, unit)


def _with_a_session(wire: HttpWire, request: WireRequest, _call: Any) -> Exchange:
    """As everybody writes it: the library looks into the environment."""
    reply = requests.request(
        request.method, wire._origin + request.path, headers=dict(request.headers), data=request.body, timeout=2
    )
    return Exchange(left=True, status=reply.status_code, headers=dict(reply.headers), body=reply.content)


def _slow_terminal() -> AbstractContextManager[Any]:
    """The till is told that no terminal restarts within 20 s, and this one does."""
    told = desk.CONFIGURATION.replace("{reboot_s}", "20")
    return mock.patch.object(desk, "CONFIGURATION", told)


def _paid(fault: str) -> Cell:
    return Cell(fault=fault, target="pay", mode="sync")


PLANTED = (
    Planted(
        name="blind retry: a broken exchange is sent again, as HTTP adapters do",
        plant=lambda: mock.patch.object(HttpWire, "exchange", _retried),
        cell=_paid("lost_after"),
        gives_away="left 2 times",
    ),
    Planted(
        name="redirects are followed",
        plant=lambda: mock.patch.object(HttpWire, "exchange", _redirected),
        cell=_paid("redirect"),
        gives_away="left 2 times",
    ),
    Planted(
        name="the hash of replies is ignored",
        plant=lambda: mock.patch.object(KeyedHash, "trust", _trusting),
        cell=_paid("forged_approval"),
        gives_away="is approved in the journal and not_performed in the ledger",
    ),
    Planted(
        name="a time-out is taken for declined",
        plant=lambda: mock.patch.object(charges, "judge_order", _declined),
        cell=_paid("hang_after"),
        gives_away="LATE SUCCESS: on record as declined",
    ),
    Planted(
        name="no deadline, only a timeout for each receive",
        plant=lambda: mock.patch.object(connection.Call, "remaining_s", return_value=1.0),
        cell=_paid("drip"),
        gives_away="with a deadline of",
    ),
    Planted(
        name="replies are read to the end, however long",
        plant=lambda: mock.patch.object(http_wire, "MAX_REPLY_BYTES", 1 << 40),
        cell=_paid("huge_body"),
        gives_away="bytes",
    ),
    Planted(
        name="reboot_s is longer than a restart takes",
        plant=_slow_terminal,
        cell=Cell(fault="rebooted_after", target="refund", mode="sync"),
        gives_away="is not_performed in the journal and approved in the ledger",
    ),
    Planted(
        name="the environment is asked for proxies and authorities",
        plant=lambda: mock.patch.object(HttpWire, "_exchange", _with_a_session),
        cell=None,
        gives_away="went to the proxy",
    ),
)
