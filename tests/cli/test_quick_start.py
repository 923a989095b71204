"""Commands load what they need and nothing else: a monitor asks for the status every minute, and a guest waits for pay.

Nothing is timed here. What is loaded is what takes the time, and it is the same on every machine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.cli.shop import ROOT, Shop

_SCRIPT = """
import sys
from tools.cli import main
sys.stdout = sys.stderr
main(sys.argv[1:], standalone_mode=False)
loaded = sorted(sys.modules)
import json
sys.__stdout__.write(json.dumps(loaded))
"""

_FOR_TERMINALS = {"requests", "urllib3", "http.client", "ssl", "engine.samport", "engine.conduct", "recovery"}
_FOR_WRITING = {"portalocker", "tempfile", "shutil", "journal.file", "journal.backup"}
_FOR_SOME = {"sqlite_utils", "structlog", "rich", "iso4217", "importlib.metadata", "asyncio", "numpy"}
"""Libraries of which most commands need none: to make tables, to print a line of the log, for a rare currency."""

_FOR_A_LOOK = {
    "engine": (
        "configuration due_capture errors kind mode mode_choice projection read_only_book recall records secret "
        "settings state views"
    ),
    "journal": "archives connection errors fault head later library projection reach reader row schema side",
    "recovery": "",
}
"""The files of each room that a status takes where nothing is unsettled: settings, rows, the end of the chain, and what
is told of a terminal. What an operation is, and what reads facts, is not among them. Finding a file takes a tenth of a
millisecond, and each data class in it three to eight tenths more."""


def _loaded(shop: Shop, *arguments: str) -> set[str]:
    """The modules that a command has loaded in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **shop.environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    "command", [["status"], ["status", "--json"], ["journal", "list"], ["show", "bill-1042"], ["receipt", "bill-1042"]]
)
def test_who_looks_something_up_loads_nothing_to_ask_or_to_write_with(shop: Shop, command: list[str]) -> None:
    """No HTTP, no recovery, no locks, and none of the libraries that only some commands need."""
    shop.pay()
    assert _loaded(shop, *command) & (_FOR_TERMINALS | _FOR_WRITING | _FOR_SOME | {"logging", "difflib"}) == set()


@pytest.mark.parametrize("command", [["status"], ["status", "--json"]])
def test_a_monitor_that_finds_nothing_unsettled_loads_what_it_was_told_and_no_more(
    shop: Shop, command: list[str]
) -> None:
    """It looks every minute. Whoever adds a file to these says what for."""
    shop.pay()
    loaded = [name.partition(".") for name in _loaded(shop, *command)]
    told = {room: {file for home, _, file in loaded if home == room and file} for room in _FOR_A_LOOK}
    assert told == {room: set(files.split()) for room, files in _FOR_A_LOOK.items()}


def test_a_status_in_text_makes_no_json_and_asks_for_no_translation_of_its_help(shop: Shop) -> None:
    """Click would: its own option for help looks for one in every command, and loads a list of all locales for it."""
    shop.pay()
    assert _loaded(shop, "status") & {"json", "locale"} == set()


_ENDING = """
import atexit, gc
atexit.register(lambda: print(gc.get_freeze_count() > 0))
from tools.cli import main
main()
"""


def test_a_command_that_ends_does_not_look_through_its_memory_first(shop: Shop) -> None:
    """All of it is taken out of that search when the process ends, and not before: a watch runs for weeks."""
    command = [sys.executable, "-c", _ENDING, "status"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **shop.environment}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "True"


def test_doubt_is_told_without_them_as_well(shop: Shop) -> None:
    """A status that has much to say is as quick as one that has nothing."""
    shop.in_doubt()
    assert _loaded(shop, "status") & (_FOR_TERMINALS | _FOR_WRITING | _FOR_SOME) == set()


def test_the_help_loads_nothing_of_the_house(shop: Shop) -> None:
    """Not even the journal."""
    assert (
        _loaded(shop, "--help") & {"tillproof", "engine", "journal", "recovery", "sqlite3", "hashlib", *_FOR_SOME}
        == set()
    )


@pytest.mark.parametrize("command", [["recover"], ["settle", "bill-1042"]])
def test_who_asks_a_terminal_loads_only_what_that_takes(shop: Shop, command: list[str]) -> None:
    """No tables are made, no line is printed, and the crown's decimals are known."""
    shop.pay()
    assert _loaded(shop, *command) & (_FOR_SOME - {"importlib.metadata"}) == set()


def test_a_command_is_loaded_when_it_is_called(shop: Shop) -> None:
    """The status does not wait for the files of the others."""
    loaded = _loaded(shop, "status")
    assert loaded >= {"tools.cli.status"}
    assert loaded & {"tools.cli.operations", "tools.cli.settling", "tools.cli.simulate", "tools.cli.journal"} == set()
