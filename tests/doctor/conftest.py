"""Fixtures of the doctor's tests."""

from __future__ import annotations

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
def keys() -> tuple[str, str]:
    """Integration key and secret key; a test that plants others names them."""
    return INTEGRATION_KEY, SECRET_KEY


@pytest.fixture
def shop(tmp_path: Path, profile: str, assumptions: Assumptions, keys: tuple[str, str]) -> Iterator[Shop]:
    """A shop whose guests pay at once, and whose files are its owner's alone."""
    tmp_path.chmod(0o700)
    integration_key, secret_key = keys
    server = build_server(
        name="bar",
        integration_key=integration_key,
        secret_key=secret_key,
        profile=profile,
        takes_s=0.0,
        admin_port=0,
        tip_rate=0.0,
        assumptions=assumptions,
    )
    with server:
        shop = Shop(folder=tmp_path, server=server, profile=profile)
        shop.environment |= {"SHOP_INTEGRATION_KEY": integration_key, "SHOP_SECRET_KEY": secret_key}
        shop.config.chmod(0o600)
        shop.guest("Approved")
        yield shop


@pytest.fixture(autouse=True)
def mounts(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the system says of its file systems: one local disk, wherever these tests run."""
    told = tmp_path_factory.mktemp("proc") / "mountinfo"
    told.write_text("36 35 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n", encoding="utf-8")
    monkeypatch.setattr("tools.doctor.filesystem.MOUNTS", told)
    return told
