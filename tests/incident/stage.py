"""A second till, in an empty folder, before a terminal that plays an incident."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.cli.shop import INTEGRATION_KEY, SECRET_KEY, Shop
from tools.cli import replaying
from tools.incident import Ending, Incident, read_incident, replay_of
from tools.simulator import Fleet

_KEYS = {"SHOP_INTEGRATION_KEY": INTEGRATION_KEY, "SHOP_SECRET_KEY": SECRET_KEY}


def bundled(shop: Shop, *names: str) -> Path:
    """A bundle of these."""
    file = shop.folder / "incident.zip"
    made = shop.run("bundle", *names, "-o", str(file), "--force")
    assert made.code == 0, made.err
    return file


def played(file: Path, folder: Path, *, orders: int = 0) -> list[Ending]:
    """The endings at a fresh till that does what is printed, before a terminal that replays.

    A step of recovery waits until the guest has gone, and until so many orders have ended.
    """
    incident = read_incident(file)
    with _terminal(incident, folder) as till:
        for step in replay_of(incident).steps:
            program, *arguments = shlex.split(step.command)
            assert program == "tillproof"
            if arguments[0] == "recover":
                while till.running() or len(till.ledger()) < orders:
                    pass
            till.run(*arguments)
        again = bundled(till, *(ending.reference for ending in incident.endings))
    return read_incident(again).endings


@contextmanager
def _terminal(incident: Incident, folder: Path) -> Iterator[Shop]:
    document: dict[str, Any] = {**replay_of(incident).document}
    names = {"integration_key_env": "SHOP_INTEGRATION_KEY", "secret_key_env": "SHOP_SECRET_KEY"}
    document["terminal"] = [{**one, **names, "port": 0, "admin_port": 0} for one in document["terminal"]]
    folder.mkdir()
    with Fleet(document, folder=folder, key_of=_KEYS.__getitem__) as fleet:
        till = Shop(folder=folder, server=fleet.servers[0])
        told = [
            {"name": setup.name, "url": setup.url(server.port), **names}
            for setup, server in zip(fleet.setups, fleet.servers, strict=True)
        ]
        till.config.write_text("\n".join(replaying.configuration(incident, told)), encoding="utf-8")
        yield till
