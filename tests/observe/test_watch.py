"""The watch of the command line, when it serves metrics."""

from __future__ import annotations

import signal
import socket
import sys
import urllib.request
from contextlib import closing

import pytest

from tests.cli.conftest import assumptions, profile, shop
from tests.cli.shop import Shop

__all__ = ["assumptions", "profile", "shop"]


@pytest.fixture
def port() -> int:
    """One that nobody listens at."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_a_watch_serves_metrics_while_it_runs(shop: Shop, port: int) -> None:
    """A till without a program of its own is told of as well."""
    shop.in_doubt(guest_takes_s=60)
    with shop.start("watch", "--metrics-port", str(port)) as process:
        assert process.stdout is not None
        process.stdout.readline()  # by then it serves
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as reply:
            told = reply.read().decode()
        process.send_signal(signal.SIGTERM)
        _, complaints = process.communicate(timeout=30)
    assert 'tillproof_money_in_doubt_minor_units{currency="NOK",terminal="bar"} 12500.0' in told
    assert process.returncode == 30
    assert b"Traceback" not in complaints


def test_a_port_that_is_taken_is_wrong_usage(shop: Shop) -> None:
    """It says which, and ends with 2."""
    taken = shop.server.port
    refused = shop.run("watch", "--metrics-port", str(taken))
    assert refused.code == 2
    assert f"metrics port: 127.0.0.1:{taken} cannot be had" in refused.told


def test_a_port_that_there_cannot_be_is_wrong_usage(shop: Shop) -> None:
    """The option is named."""
    refused = shop.run("watch", "--metrics-port", "70000")
    assert refused.code == 2
    assert "--metrics-port" in refused.told


def test_without_the_extra_the_remedy_is_named(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no traceback is shown."""
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    refused = shop.run("watch", "--metrics-port", "9464")
    assert refused.code == 2
    assert "pip install 'tillproof[prometheus]'" in refused.told
