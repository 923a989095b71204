"""Several terminals in one process."""

import socket
import threading
import time
from pathlib import Path

import pytest
import requests

from tests.simulator.roads import CERTIFICATE, PATIENCE_S
from tests.simulator.till import KEY, SECRET, Till
from tools.simulator import Fleet, Row, ScriptRefused, run_until_interrupted

KEYS = {"BAR_KEY": KEY, "BAR_SECRET": SECRET, "CELLAR_KEY": "another-key"}
BAR = {"name": "bar", "integration_key_env": "BAR_KEY", "secret_key_env": "BAR_SECRET"}
CELLAR = {
    "name": "cellar",
    "profile": "1.x",
    "integration_key_env": "CELLAR_KEY",
    "certificate": str(CERTIFICATE[0]),
    "certificate_key": str(CERTIFICATE[1]),
    "admin_port": 0,
}


def fleet(*terminals: dict[str, object], **document: object) -> Fleet:
    """Make a fleet of these terminals, or of both."""
    return Fleet({"terminal": list(terminals or (BAR, CELLAR)), **document}, folder=Path(), key_of=KEYS.__getitem__)


def ask(port: int, key: str = KEY) -> int:
    """Ask a 2.x terminal who it is; return the status."""
    request = Till(now=time.time, key=key).get("/DeviceInformation")
    url = f"http://127.0.0.1:{port}{request.path}"
    return requests.get(url, headers=dict(request.headers), timeout=PATIENCE_S).status_code


def test_each_terminal_has_its_own_release_ports_and_keys() -> None:
    """One process, two terminals; a 1.x terminal needs no secret."""
    made = fleet()
    bar, cellar = made.servers
    urls = [setup.url(1) for setup in made.setups]
    assert urls == ["http://127.0.0.1:1/api/v2", "https://127.0.0.1:1/api/v1"]
    with made:
        assert [ask(bar.port), ask(bar.port, "another-key")] == [200, 401]
        state = requests.get(f"http://127.0.0.1:{cellar.admin_port}/state", timeout=PATIENCE_S).json()
    assert (bar.admin_port, state["name"], state["profile"]) == (None, "cellar", "1.x")


def test_each_terminal_plays_its_own_lines() -> None:
    """A fault that is meant for one does not strike the other."""
    made = fleet({**BAR, "admin_port": 0}, {**BAR, "name": "roof"}, question=[{"terminal": "roof", "fault": "slow"}])
    rows: list[tuple[str, str]] = []
    with made:
        assert [ask(server.port) for server in made.servers] == [200, 200]
        rows = [(server._station.terminal.name, server._station.terminal.log.rows[0].fault) for server in made.servers]
    assert rows == [("bar", "none"), ("roof", "slow")]


def test_whoever_listens_hears_the_name_of_the_terminal() -> None:
    """A log of two terminals can be read."""
    heard: list[tuple[str, str]] = []

    def listen(name: str, row: Row) -> None:
        heard.append((name, row.path))

    with Fleet({"terminal": BAR}, folder=Path(), key_of=KEYS.__getitem__, on_event=listen) as made:
        ask(made.servers[0].port)
    assert heard == [("bar", "/api/v2/DeviceInformation")]


def test_a_fleet_runs_until_it_is_interrupted() -> None:
    """Every port is given back."""
    made = fleet()
    over = threading.Event()
    over.set()
    run_until_interrupted(made, until=over)
    for server in made.servers:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S)


def test_a_port_that_is_taken_gives_back_the_others() -> None:
    """The refusal says which, and nothing is left listening."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            other = free.getsockname()[1]
        with pytest.raises(ScriptRefused, match=f"127.0.0.1:{port}.*give another"):
            fleet({**BAR, "port": other}, {**BAR, "name": "roof", "port": port})
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", other), timeout=PATIENCE_S)


def test_an_admin_port_that_is_taken_is_refused() -> None:
    """The terminal's own port is given back."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ScriptRefused, match="admin port cannot be listened on"):
            fleet({**BAR, "admin_port": taken.getsockname()[1]})


def test_a_certificate_that_is_none_is_refused(tmp_path: Path) -> None:
    """A file is there, and holds something else."""
    (tmp_path / "a.pem").write_text("no certificate")
    document = {"terminal": {**CELLAR, "certificate": "a.pem", "certificate_key": "a.pem"}}
    with pytest.raises(ScriptRefused, match="both PEM"):
        Fleet(document, folder=tmp_path, key_of=KEYS.__getitem__)


def test_a_terminal_starts_with_the_clock_and_the_number_that_it_is_given() -> None:
    """Setup beyond ports and keys."""
    made = fleet({**BAR, "skew_s": -3600, "first_receipt": 999_999, "assumptions": {"reboot_s": 20}})
    terminal = made.servers[0]._station.terminal
    with made:
        assert ask(made.servers[0].port) == 401
    found = (terminal.skew_s, terminal.operations.memory.next_receipt, terminal.assumptions.reboot_s)
    assert found == (-3600, "999999", 20)
