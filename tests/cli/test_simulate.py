"""The simulator and the demo as commands."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import ssl
from contextlib import closing

import pytest

import tools.demo
from tests.cli.shop import INTEGRATION_KEY, ROOT, Shop

KEYS = ("--integration-key-env", "SHOP_INTEGRATION_KEY", "--secret-key-env", "SHOP_SECRET_KEY")
BILL = ("--terminal", "cellar", "--amount", "80.00", "--currency", "NOK", "--reference", "bill-7", "--json")


@pytest.mark.skipif(os.name == "nt", reason="no SIGTERM that a process could hear")
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_simulator_says_that_it_is_ready_and_serves_until_it_is_stopped(shop: Shop, stop: signal.Signals) -> None:
    """One line of JSON with its address; a till pays there; the script of faults is played; it ends with 0."""
    script = ("--guest-takes", "0..0", "--script", "lost_after_processing", "--seed", "3", "--name", "cellar")
    with shop.start("simulate", "--json", "--port", "0", "--admin-port", "0", *script, *KEYS) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        port = int(ready["url"].split(":")[2].split("/")[0])
        shop.configure(shop.terminal("cellar", port=port))
        paid = shop.run("pay", *BILL)
        process.send_signal(stop)
        rest, err = process.communicate(timeout=60)
    assert (ready["name"], ready["profile"]) == ("cellar", "2.2")
    assert ready["admin_url"].startswith("http://127.0.0.1:")
    assert paid.json["evidence"] == "latest_slot"
    assert (process.returncode, rest, err) == (0, b"", b"")


LUNCH = """
seed = 3
guest.takes_s = 0

[[operation]]
terminal = "cellar"
fault = "lost_after_processing"

[[terminal]]
name = "cellar"
profile = "2.1"

[[terminal]]
name = "roof"
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGTERM that a process could hear")
def test_simulator_plays_the_terminals_of_a_script(shop: Shop) -> None:
    """Both are named when they are ready, with their releases; what the script leaves out comes from the options."""
    file = shop.folder / "lunch.toml"
    file.write_text(LUNCH, encoding="utf-8")
    with shop.start("simulate", "--json", "--script", str(file), *KEYS) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())["terminals"]
        port = int(ready[0]["url"].split(":")[2].split("/")[0])
        shop.configure(shop.terminal("cellar", port=port).replace("2.2", "2.1"))
        paid = shop.run("pay", *BILL)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert [(one["name"], one["profile"]) for one in ready] == [("cellar", "2.1"), ("roof", "2.2")]
    assert paid.json["evidence"] == "latest_slot"


@pytest.mark.skipif(os.name == "nt", reason="no SIGTERM that a process could hear")
def test_a_first_terminal_shows_its_certificate(shop: Shop) -> None:
    """It speaks TLS under the base of its generation, and whoever trusts the certificate is answered."""
    files = [ROOT / "tests" / "simulator" / f"test_only_{name}.pem" for name in ("certificate", "key")]
    options = ("--profile", "1.x", "--certificate", str(files[0]), "--certificate-key", str(files[1]), "--port", "0")
    context = ssl.create_default_context(cafile=str(files[0]))
    context.check_hostname = False
    with shop.start("simulate", "--json", *options, *KEYS) as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        line = http.client.HTTPSConnection(url.split("/")[2], context=context, timeout=10)
        with closing(line):
            line.request("GET", "/api/v1/DeviceInformation", headers={"Integration-Key": INTEGRATION_KEY})
            status = line.getresponse().status
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert (url.split(":")[0], url.split("/", 3)[3], status) == ("https", "api/v1", 200)


def test_an_option_is_stronger_than_the_script(shop: Shop) -> None:
    """The release of the command line is played, that of the script is not; nothing listens here, the port is taken."""
    file = shop.folder / "lunch.toml"
    file.write_text("[terminal]\nprofile = '1.x'\nport = 0\n", encoding="utf-8")
    refused = shop.run("simulate", *KEYS, "--script", str(file), "--json")
    assert "terminal.certificate = None" in refused.json["error"]["message"]
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = shop.run("simulate", *KEYS, "--script", str(file), "--json", "--profile", "2.0", "--port", port)
    assert refused.code == 2
    assert f"port = '127.0.0.1:{port}'" in refused.json["error"]["message"]


@pytest.mark.parametrize(
    ("text", "options", "why"),
    [
        ("[[operation]]\nfault = 'sunshine'", (), "operation[1].fault = 'sunshine': write one of none"),
        ("sed = 1", (), "sed = 1: take it out"),
        ("terminal = 5", (), "terminal = 5: write a table"),
        ("guest = 5", (), "guest = 5: write a table"),
        ("[", (), "write it in TOML"),
        ("[[terminal]]\nname = 'a'\n[[terminal]]\nname = 'b'", ("--port", "9"), "port: the script has several"),
    ],
)
def test_a_script_that_cannot_be_played_ends_with_2(shop: Shop, text: str, options: tuple[str, ...], why: str) -> None:
    """Key, value and remedy are named before anything listens."""
    file = shop.folder / "lunch.toml"
    file.write_text(text, encoding="utf-8")
    refused = shop.run("simulate", *KEYS, "--script", str(file), "--json", *options)
    assert refused.code == 2
    assert why in refused.json["error"]["message"]


def test_a_first_terminal_asks_for_its_certificate(shop: Shop) -> None:
    """The refusal shows how to make one."""
    refused = shop.run("simulate", *KEYS, "--profile", "1.x", "--json")
    assert refused.code == 2
    assert "openssl req -x509" in refused.json["error"]["message"]


def test_simulator_without_keys_ends_with_2(shop: Shop) -> None:
    """It names the variable."""
    refused = shop.run("simulate", "--json", "--integration-key-env", "NOT_SET_ANYWHERE")
    assert refused.code == 2
    assert "NOT_SET_ANYWHERE" in refused.json["error"]["message"]


def test_simulator_on_a_taken_port_ends_with_2(shop: Shop) -> None:
    """It says to take another."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = shop.run("simulate", "--port", str(taken.getsockname()[1]), *KEYS)
    assert refused.code == 2
    assert "give another, or 0 for a free one" in refused.told


@pytest.mark.parametrize(
    "option",
    [
        ("--script", "none,typo"),
        ("--guest-takes", "8..2"),
        ("--guest-takes", "soon"),
        ("--guest-takes", "nan..nan"),
        ("--fault-rate", "1.5"),
        ("--port", "70000"),
        ("--profile", "3.0"),
        ("--script", "nowhere.toml"),
    ],
)
def test_simulator_with_bad_options_ends_with_2(shop: Shop, option: tuple[str, str]) -> None:
    """An option that means nothing is refused before anything listens."""
    refused = shop.run("simulate", *KEYS, *option, "--json")
    assert refused.code == 2
    assert refused.json["error"]["message"]


def test_demo_hands_its_options_on(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was asked for is what is played; its exit code is the command's."""
    played = []

    def run(**options: object) -> int:
        played.append(options)
        return 1

    monkeypatch.setattr(tools.demo, "run", run)
    ended = shop.run("demo", "--bills", "5", "--terminals", "2", "--kills", "0", "--fault-rate", "0.5", "--seed", "7")
    assert ended.code == 1
    assert played == [{"bills": 5, "terminals": 2, "kills": 0, "fault_rate": 0.5, "seed": 7, "as_json": False}]


def test_demo_draws_a_seed_and_tells_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run without a seed can be played again."""
    seeds = []

    def run(*, seed: int, as_json: bool, **_: object) -> int:
        seeds.append(seed)
        return 0 if as_json else 1

    monkeypatch.setattr(tools.demo, "run", run)
    ended = shop.run("demo", "--json")
    assert (ended.code, ended.out) == (0, "")
    assert f"--seed {seeds[0]}" in ended.told
