"""Every screen that a shop may have: narrow, without colours, a pipe, an old code page; and names with Æ, Ø and Å."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.cli.shop import Printed, Shop
from tools.pictures import Screen, printed_by

_OPERATOR = "Kåre Ødegård"
_PAID, _RULED, _OPEN = "bord-7-Bjørg", "bord-8-Øyvind", "bord-9-Åse-Æ"
_BILL = ("--terminal", "bar", "--amount", "125.00", "--currency", "NOK", "--reference")

COMMANDS = (
    ("status",),
    ("recover",),
    ("show", _PAID),
    ("show", _RULED),
    ("show", _OPEN),
    ("doctor", "--quick"),
    ("day",),
    ("journal", "list"),
    ("journal", "verify"),
    ("journal", "wire", _PAID),
    ("receipt", _PAID),
    ("device", "--terminal", "bar"),
)

ENDS = (0, 1, 20, 30)
"""Nothing here is wrong usage (2); what the doctor and the doubt end with is theirs."""


@pytest.fixture
def kitchen(shop: Shop) -> Shop:
    """A shop whose bills and persons have letters that are not English; one bill was ruled on, and one waits."""
    shop.run("pay", *_BILL, _PAID)
    _lose(shop, _RULED)
    shop.run("resolve", _RULED, "--outcome", "approved", "--by", _OPERATOR, "--reason", "står på bankens liste")
    _lose(shop, _OPEN)
    return shop


def _lose(shop: Shop, reference: str) -> None:
    """A payment in doubt, of which another till's payment has erased the proof."""
    shop.faults("dropped_while_paying")
    shop.guest("Approved", takes_s=0.5)
    shop.run("pay", *_BILL, reference, "--patience", "0")
    shop.wait_until_idle()
    shop.another_till_pays()
    shop.run("recover")


def _walk(shop: Shop, **environment: str) -> Iterator[tuple[tuple[str, ...], Printed]]:
    for command in COMMANDS:
        printed = shop.run_apart(*command, environment=environment)
        assert printed.code in ENDS, printed
        yield command, printed


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "utf-8"])
def test_every_command_speaks_in_any_code_page(kitchen: Shop, encoding: str) -> None:
    """A console that has the letters shows them; one that has not shows question marks, and no command breaks."""
    said = dict(_walk(kitchen, PYTHONIOENCODING=encoding))
    for command, name in ((("show", _PAID), _PAID), (("journal", "list"), _OPEN), (("show", _RULED), _OPERATOR)):
        assert name.encode(encoding, "replace").decode(encoding) in said[command].out


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {}, {"FORCE_COLOR": "1"}], ids=str)
def test_a_pipe_gets_no_colours(kitchen: Shop, environment: Mapping[str, str]) -> None:
    """Nor anything else that steers a console."""
    assert [command for command, said in _walk(kitchen, **environment) if "\x1b" in said.out + said.err] == []


@pytest.mark.parametrize("columns", ["40", "80"])
def test_no_width_breaks_a_command(kitchen: Shop, columns: str) -> None:
    """On a narrow console lines are cut by the console; what is printed is the same, and 80 columns are enough."""
    lines = [line for _, said in _walk(kitchen, COLUMNS=columns) for line in said.out.splitlines()]
    alone = [line for line in lines if len(line) > 80 and str(kitchen.folder) not in line]
    assert [
        line for line in alone if "->" not in line and "<-" not in line
    ] == []  # the wire's lines are to be searched


@pytest.mark.skipif(os.name == "nt", reason="there is no pseudo terminal")
@pytest.mark.parametrize("columns", [40, 80])
def test_watch_fits_a_screen_without_colours(kitchen: Shop, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The live view on a small screen, with NO_COLOR and in an old code page; seen when it has looked a few times."""
    for name, value in kitchen.environment.items():
        if not name.startswith("TILLPROOF"):
            monkeypatch.setenv(name, value)
    looks = {"NO_COLOR": "1", "PYTHONIOENCODING": "cp1252"}
    config = ("-c", str(Path(kitchen.environment["TILLPROOF_CONFIG"])))
    printed = printed_by(*config, "watch", folder=kitchen.folder, until="4 s", columns=columns, looks=looks)
    assert "Traceback" not in printed
    assert "stranger_seen" not in printed  # a line of the log would be written across the view
    screen = Screen()
    screen.write(printed)
    assert re.search(r"\x1b\[[\d;]*3[0-7]m", printed) is None
    assert max(map(len, re.sub(r"\x1b\[[\d;]*m", "", screen.text).splitlines())) <= columns


def test_a_terminal_is_named_in_english_letters(shop: Shop) -> None:
    """Its name is part of file names; another one is refused, in any code page, with what it may be."""
    shop.configure(shop.terminal('"kjøkken"'))
    refused = shop.run_apart("status", environment={"PYTHONIOENCODING": "cp1252"})
    assert refused.code == 2
    assert "kjøkken" in refused.told
    assert "letters, digits, hyphens" in refused.told
