"""The doctor on the command line: a page that reads well anywhere, one document, and an exit code."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.shop import Shop
from tools.cli.doctor import _exit
from tools.cli.paper import WIDTH
from tools.doctor import Line, Verdict


@pytest.fixture(autouse=True)
def _local_disk(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever these tests run: what they say of exit codes is not about this machine's disk."""
    told = tmp_path_factory.mktemp("proc") / "mountinfo"
    told.write_text("36 35 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n", encoding="utf-8")
    monkeypatch.setattr("tools.doctor.filesystem.MOUNTS", told)


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port on which nobody listens."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_till_that_is_well_ends_with_0(shop: Shop) -> None:
    """One line a check, and a count at the end."""
    shop.pay()
    told = shop.run("doctor")
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("ok    configuration ")
    assert "ok    credentials bar  the terminal knows our keys, and we know its signature\n" in told.out
    assert told.out.splitlines()[-1].endswith(" ok.")
    assert "FAIL" not in told.out


def test_remedy_stands_below_what_failed(shop: Shop, silent_port: int) -> None:
    """What failed is loud, and with what to begin is the last thing that is read."""
    shop.configure(shop.terminal(port=silent_port))
    told = shop.run("doctor")
    assert told.code == 1
    lines = told.out.splitlines()
    failed = next(number for number, line in enumerate(lines) if line.startswith("FAIL  terminal bar "))
    assert any(line.lstrip().startswith("-> look at power, cable") for line in lines[failed:])
    assert "--    clock bar        not checked: no signed reply came" in lines
    assert lines[-1].endswith("Begin with: terminal bar.")


def test_json_is_one_document_with_every_line(shop: Shop) -> None:
    """With the verdict of each, its remedy, and what was measured."""
    shop.pay()
    told = shop.run("--json", "doctor", "--quick")
    checks = {(line["check"], line["terminal"]): line for line in told.json["checks"]}
    assert told.code == 0
    assert told.json["verdict"] in {"ok", "warn"}
    assert sum(told.json["counts"].values()) == len(told.json["checks"])
    assert checks["clock", "bar"]["verdict"] == "ok"
    assert abs(checks["clock", "bar"]["measured"]["ahead_s"]) < 30
    assert checks["chain", None]["verdict"] == "not_checked"
    assert checks["flush", None]["measured"]["flushes"] > 0
    assert set(checks["chain", None]) == {"check", "terminal", "verdict", "finding", "remedy", "measured"}


def test_missing_configuration_ends_with_2_and_tells_the_rest(shop: Shop) -> None:
    """As every other command ends there; but this one goes on looking."""
    shop.config.unlink()
    told = shop.run("doctor")
    assert told.code == 2
    assert told.out.startswith("FAIL  configuration")
    assert "ok    space" in told.out


def test_missing_key_ends_with_2(shop: Shop) -> None:
    """It is the user's to set."""
    shop.environment["SHOP_SECRET_KEY"] = ""
    told = shop.run("doctor")
    assert told.code == 2
    assert "-> set SHOP_SECRET_KEY" in told.out


def test_doubt_alone_ends_with_30(shop: Shop) -> None:
    """As `status` ends, with the command that settles it; a fault of the machine outweighs it."""
    shop.in_doubt()
    shop.wait_until_idle()
    told = shop.run("doctor")
    assert (told.code, shop.run("status").code) == (30, 30)
    assert "`tillproof recover`" in told.out


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], 0),
        ([("flush", Verdict.WARN, {})], 0),
        ([("chain", Verdict.NOT_CHECKED, {})], 0),
        ([("chain", Verdict.FAIL, {})], 1),
        ([("operations", Verdict.WARN, {"unsettled": 1})], 30),
        ([("operations", Verdict.FAIL, {"unsettled": 1})], 30),
        ([("operations", Verdict.FAIL, {"unsettled": 1}), ("chain", Verdict.FAIL, {})], 1),
        ([("keys", Verdict.FAIL, {}), ("chain", Verdict.FAIL, {})], 2),
    ],
)
def test_exit_code_is_that_of_the_worst(lines: list[tuple[str, Verdict, dict[str, object]]], code: int) -> None:
    """What every command would refuse comes first, then what is broken, then what is in doubt."""
    told = [Line(check=check, verdict=verdict, finding="", measured=measured) for check, verdict, measured in lines]
    assert _exit(told) == code


def test_page_fits_80_columns(shop: Shop) -> None:
    """Every line but those with a path that cannot be broken."""
    shop.in_doubt()
    shop.environment["SHOP_INTEGRATION_KEY"] = "example-wrong-key"
    for line in shop.run("doctor").out.splitlines():
        assert len(line) <= WIDTH or str(shop.folder) in line


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-8"])
def test_page_is_printed_in_any_encoding_and_without_colours(shop: Shop, encoding: str) -> None:
    """A folder with letters that the console does not have is no error, and a pipe gets no control characters."""
    folder = shop.folder / "kj\u00f8kken-\u2192-\u5bff"
    folder.mkdir(mode=0o700)
    shop.configure(shop.terminal(), head=f'journal = "{folder.name}/till.journal"\n')
    told = shop.run_apart("doctor", environment={"PYTHONIOENCODING": encoding, "NO_COLOR": "1"})
    assert told.err == ""
    assert "ok    credentials bar" in told.out
    assert "/kj\u00f8kken-" in told.out
    assert "\x1b" not in told.out


def test_json_keeps_a_path_in_any_encoding(shop: Shop) -> None:
    """JSON is ASCII."""
    folder = shop.folder / "\u5bff"
    folder.mkdir(mode=0o700)
    shop.configure(shop.terminal(), head='journal = "\u5bff/till.journal"\n')
    told = shop.run_apart("doctor", "--json", environment={"PYTHONIOENCODING": "cp1252"})
    space = next(line for line in told.json["checks"] if line["check"] == "space")
    assert str(folder) in space["finding"]


@pytest.mark.skipif(os.name == "nt", reason="no such pipe")
def test_closed_pipe_is_quiet(shop: Shop) -> None:
    """Whoever reads only the first line gets no complaint."""
    with shop.start("doctor") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaint = process.stderr.read()
        process.wait(timeout=60)
    assert complaint == b""


def test_doctor_beside_a_paying_till_changes_nothing_of_the_payment(shop: Shop) -> None:
    """The lane is seen to be in use, the terminal answers, and the guest pays."""
    shop.pay("--reference", "bill-0")
    shop.guest("Approved", takes_s=2.0)
    with shop.start("pay", "--terminal", "bar", "--amount", "9", "--currency", "NOK", "--reference", "one") as paying:
        shop.wait_until_running()
        told = shop.run("doctor", "--json")
        paying.communicate(timeout=60)
    checks = {line["check"]: line for line in told.json["checks"]}
    assert (paying.returncode, told.code) == (0, 0)
    assert (checks["lane"]["verdict"], checks["lane"]["measured"]["pid"]) == ("ok", paying.pid)
    assert checks["operations"]["finding"] == "nothing is in doubt, 1 running"
    assert [entry["outcome"] for entry in shop.ledger()] == ["Approved", "Approved"]


def test_sign_of_life_is_for_people_only(shop: Shop, tmp_path: Path) -> None:
    """In a pipe there is the page and nothing else."""
    told = shop.run_apart("doctor", "--json")
    assert told.err == ""
    assert json.loads(told.out)["checks"]
    assert not list(tmp_path.glob(".tillproof*"))
