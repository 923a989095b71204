"""The page for people who use no Python: its tables are fresh, its scripts are read, its sessions are run."""

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from tests.simulator.roads import PATIENCE_S, SocketRoad
from tests.simulator.till import KEY, SECRET
from tools.simulator import Assumptions, Fault
from tools.simulator.commands import COMMANDS
from tools.simulator.document import PAGE, fresh, write
from tools.simulator.questions import QUESTIONS
from tools.simulator.scripting import read_scripts
from tools.simulator.setup import read_setups
from tools.simulator.table import Table

TEXT = PAGE.read_text("utf-8")

needs_shell = pytest.mark.skipif(
    not all(shutil.which(program) for program in ("sh", "curl", "openssl")), reason="sh, curl or openssl is missing"
)


def block(fence: str) -> str:
    """Return the one block that begins like this."""
    [found] = re.findall(rf"^{fence}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.fixture
def road() -> Iterator[SocketRoad]:
    """Serve a terminal with its admin port; its guests are slower than the shell, so that it has to poll."""
    with SocketRoad(takes_s=1.0) as road:
        yield road


def run(kind: str, road: SocketRoad, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the page's own block against a running simulator."""
    file = folder / f"{kind}.sh"
    file.write_text(block(f"<!-- typed: {kind} -->\n```sh"), encoding="utf-8")
    environment = {
        **os.environ,
        "TERMINAL": f"http://127.0.0.1:{road.server.port}",
        "ADMIN": f"http://127.0.0.1:{road.server.admin_port}",
        "TILLPROOF_INTEGRATION_KEY": KEY,
        "TILLPROOF_SECRET_KEY": SECRET,
        "NO_PROXY": "127.0.0.1",
        **more,
    }
    return subprocess.run(
        ["sh", str(file)],  # noqa: S607 - whichever shell the reader has
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=6 * PATIENCE_S,
    )


def test_the_tables_are_fresh() -> None:
    """What is on the page is what the code says; if not, run `python -m tools.simulator.document`."""
    assert fresh(TEXT) == TEXT


def test_every_switch_and_every_fault_is_on_the_page() -> None:
    """A new one cannot stay untold."""
    untold = [field.name for field in fields(Assumptions) if f"\n| `{field.name}` |" not in TEXT]
    untold += [fault for fault in Fault if not re.search(rf"^\|[a-z_, ]*\b{fault}\b", TEXT, re.MULTILINE)]
    assert untold == []


def test_a_stale_table_is_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The writer mends what somebody changed by hand, and touches nothing else."""
    page = tmp_path / "simulator.md"
    page.write_text(TEXT.replace("| `async_memory` | a whole number | `1` |", "| `async_memory` | 7 |"), "utf-8")
    assert fresh(page.read_text("utf-8")) != page.read_text("utf-8")
    monkeypatch.setattr("tools.simulator.document.PAGE", page)
    write()
    assert page.read_text("utf-8") == TEXT


def test_the_admin_port_is_told_whole() -> None:
    """Every path is on the page, and no other."""
    told = set(re.findall(r"^\| `(?:GET|POST) (/[a-z]+)`", TEXT, re.MULTILINE))
    assert told == {*QUESTIONS, *COMMANDS}


def test_the_script_on_the_page_can_be_played() -> None:
    """Every key of it is understood."""
    table = Table(tomllib.loads(block("```toml")))
    [setup] = read_setups(table, folder=Path())
    script = read_scripts(table, [setup.name])["bar"]
    table.finish()
    assert setup.assumptions.reboot_s == 20
    assert len(script.events) == 4


@needs_shell
def test_the_session_on_the_page_pays_in_both_modes(road: SocketRoad, tmp_path: Path) -> None:
    """Exactly what stands there: signed, checked, paid twice, and nothing left behind."""
    done = run("pay", road, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("outcome: Approved") == 3
    assert "it is ours" in done.stdout
    assert "/status: 202" in done.stdout
    told = [(entry["mode"], entry["amount_minor"], entry["outcome"]) for entry in road.admin("/ledger")]
    assert told == [("sync", 12_500, "Approved"), ("async", 9_900, "Approved")]
    assert {row["status"] for row in road.admin("/requests")} <= {200, 202}


@needs_shell
def test_the_session_on_the_page_believes_no_wrong_hash(road: SocketRoad, tmp_path: Path) -> None:
    """It stops at the first reply that is not the terminal's."""
    road.admin("/faults", {"question_script": ["wrong_hash"]})
    done = run("pay", road, tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "not the terminal's" in done.stderr
    assert road.admin("/ledger") == []


@needs_shell
def test_the_orders_on_the_page_are_understood(road: SocketRoad, tmp_path: Path) -> None:
    """The guest waits, another till pays, the script begins."""
    done = run("admin", road, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert '"arrived": "foreign"' in done.stdout
