"""Fixtures of the command line's tests."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.shop import INTEGRATION_KEY, SECRET_KEY, Shop
from tools.simulator import Assumptions, build_server


@pytest.fixture
def profile() -> str:
    """The terminal's release; a test that needs another one names it."""
    return "2.2"


@pytest.fixture
def assumptions() -> Assumptions:
    """How the terminal behaves where that is not known; a test that needs another guess names it."""
    return Assumptions()


@pytest.fixture
def shop(tmp_path: Path, profile: str, assumptions: Assumptions) -> Iterator[Shop]:
    """A shop whose guests pay at once."""
    server = build_server(
        name="bar",
        integration_key=INTEGRATION_KEY,
        secret_key=SECRET_KEY,
        profile=profile,
        takes_s=0.0,
        admin_port=0,
        tip_rate=0.0,
        assumptions=assumptions,
    )
    with server:
        shop = Shop(folder=tmp_path, server=server, profile=profile)
        shop.guest("Approved")
        yield shop


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """The command line configures the log for its process, and the other tests share this one."""
    yield
    logger = logging.getLogger("tillproof")
    logger.handlers.clear()
    logger.setLevel(logging.NOTSET)
