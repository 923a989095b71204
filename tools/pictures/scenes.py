"""The scenes: what has happened at the till before a command is typed, and what it then shows."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.pictures.screen import shown_by
from tools.simulator import Cue, FaultPlan, SimulatorServer, build_server

_INTEGRATION_KEY = "example-key"
_SECRET_KEY = "example-secret"  # noqa: S105 - the simulator's, which guards nothing

_TERMINAL = """
[terminals.{name}]
url = "http://127.0.0.1:{port}/api/v2"
api = "2.2"
integration_key_file = "integration.key"
secret_key_file = "secret.key"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The command as a person types it, and what shows it."""

    command: str
    show: Callable[[], str]


def demo(*, bills: int = 24, kills: int = 1) -> str:
    """A short lunch; the picture's own, unless told otherwise."""
    numbers = ("--bills", str(bills), "--terminals", "2", "--kills", str(kills), "--seed", "7")
    return shown_by("demo", *numbers, folder=Path(tempfile.gettempdir()))


def _doctor() -> str:
    with _shop("bar") as (folder, _):
        _pay(folder, "bar", "bill-1042")
        return shown_by("doctor", folder=folder)


def _explain() -> str:
    with _shop("bar") as (folder, servers):
        servers["bar"].replace_plan(FaultPlan(script=["lost_after_processing"]))
        _pay(folder, "bar", "bill-1042", "--table", "12")
        return shown_by("explain", "bill-1042", folder=folder)


def _watch() -> str:
    """One guest has paid meanwhile, and one is still standing at the terminal."""
    with _shop("bar", "terrace") as (folder, servers):
        for reference, terminal, takes_s in (("bill-1042", "bar", 2.0), ("bill-1043", "terrace", 9.0)):
            servers[terminal].replace_plan(FaultPlan(script=["dropped_while_paying"], cues=[Cue(n=1, takes_s=takes_s)]))
            _pay(folder, terminal, reference, "--patience", "0")
        return shown_by("watch", folder=folder, until="settled")


def _pay(folder: Path, terminal: str, reference: str, *more: str) -> None:
    bill = ("--terminal", terminal, "--reference", reference, "--amount", "125.00", "--currency", "NOK")
    shown_by("pay", *bill, *more, folder=folder)


SCENES: Mapping[str, Scene] = {
    "demo": Scene(command="tillproof demo --bills 24 --terminals 2 --kills 1 --seed 7", show=demo),
    "doctor": Scene(command="tillproof doctor", show=_doctor),
    "explain": Scene(command="tillproof explain bill-1042", show=_explain),
    "watch": Scene(command="tillproof watch", show=_watch),
}


@contextmanager
def _shop(*names: str) -> Iterator[tuple[Path, Mapping[str, SimulatorServer]]]:
    """A folder with a configuration, and a simulated terminal for each name."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tillproof-")))
        servers = {name: stack.enter_context(_terminal(name)) for name in names}
        for file, key in (("integration.key", _INTEGRATION_KEY), ("secret.key", _SECRET_KEY)):
            (folder / file).write_text(key, "utf-8")
            (folder / file).chmod(0o600)
        tables = (_TERMINAL.format(name=name, port=server.port) for name, server in servers.items())
        (folder / "tillproof.toml").write_text('journal = "tillproof.db"\n' + "".join(tables), "utf-8")
        (folder / "tillproof.toml").chmod(0o600)
        yield folder, servers


def _terminal(name: str) -> SimulatorServer:
    return build_server(name=name, integration_key=_INTEGRATION_KEY, secret_key=_SECRET_KEY, takes_s=0.3, tip_rate=0.0)
