"""The terminals of one script in one process, each behind its own ports."""

import ssl
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Self

from tools.simulator.errors import ScriptRefused
from tools.simulator.guest import Guest
from tools.simulator.request_log import Row
from tools.simulator.script import Script
from tools.simulator.scripting import read_scripts
from tools.simulator.server import SimulatorServer
from tools.simulator.setup import Setup, read_setups
from tools.simulator.table import Table
from tools.simulator.terminal import SimulatedTerminal


def load_script(file: Path) -> dict[str, object]:
    """Read a script's file; raise `ScriptRefused` when it cannot be read as TOML."""
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as problem:
        raise ScriptRefused(key="script", value=str(file), remedy=f"name a file ({problem.strerror})") from None
    except ValueError as problem:
        raise ScriptRefused(key="script", value=str(file), remedy=f"write it in TOML ({problem})") from None


class Fleet:
    """Servers of the terminals that a document names; their ports are bound, and serve inside `with`.

    `key_of` turns the name of an environment variable into the key that it holds. `on_event` hears the
    name of the terminal with every row. Scripts begin with the making of the fleet.
    """

    def __init__(
        self,
        document: Mapping[str, object],
        *,
        folder: Path,
        key_of: Callable[[str], str],
        on_event: Callable[[str, Row], None] | None = None,
    ) -> None:
        table = Table(document)
        self.setups: Sequence[Setup] = read_setups(table, folder=folder)
        scripts = read_scripts(table, [setup.name for setup in self.setups])
        table.finish()
        terminals = [_terminal(setup, key_of) for setup in self.setups]
        self.servers: list[SimulatorServer] = []
        with ExitStack() as undo:
            for setup, terminal in zip(self.setups, terminals, strict=True):
                listen = None if on_event is None else partial(on_event, setup.name)
                self.servers.append(_server(setup, terminal, scripts[setup.name], listen))
                undo.callback(self.servers[-1].stop)
            undo.pop_all()

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            for server in self.servers:
                undo.enter_context(server)
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()


def _terminal(setup: Setup, key_of: Callable[[str], str]) -> SimulatedTerminal:
    terminal = SimulatedTerminal(
        name=setup.name,
        integration_key=key_of(setup.integration_key_env),
        secret_key=key_of(setup.secret_key_env) if setup.profile.keyed_hash else "",
        profile=setup.profile,
        now=time.time,
        guest=Guest(),
        first_receipt=setup.first_receipt,
        assumptions=setup.assumptions,
    )
    terminal.skew_s = setup.skew_s
    return terminal


def _server(
    setup: Setup, terminal: SimulatedTerminal, script: Script, on_event: Callable[[Row], None] | None
) -> SimulatorServer:
    script.begin(terminal)
    try:
        return SimulatorServer(
            terminal,
            script.plan,
            host=setup.host,
            port=setup.port,
            admin_port=setup.admin_port,
            on_event=on_event,
            certificate=setup.certificate,
        )
    except ssl.SSLError as problem:
        remedy = f"name a certificate and its key, both PEM ({problem.reason})"
        raise ScriptRefused(key="certificate", value=setup.certificate, remedy=remedy) from None
    except OSError as problem:
        where = f"{setup.host}:{setup.port}"
        remedy = f"it or the admin port cannot be listened on ({problem.strerror}); give another, or 0 for a free one"
        raise ScriptRefused(key="port", value=where, remedy=remedy) from None
