"""Completion: what a shell suggests behind TAB, and that it never disturbs whoever is typing."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.cli.shop import PROGRAM, ROOT, Shop
from tools.cli import main
from tools.cli.completion import SHELLS

_AWKWARD = "Bjørg's bord $(touch here) *"


@pytest.fixture
def program(shop: Shop) -> Path:
    """The command under its own name, in a folder for the search path of a shell."""
    program = shop.folder / "bin" / "tillproof"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {shlex.join(PROGRAM)} "$@"\n', "utf-8")
    program.chmod(0o755)
    return program


@pytest.fixture
def press_tab(shop: Shop, program: Path) -> Callable[..., list[str]]:
    """What bash suggests for a line, whose last word is being typed; nothing may come on stderr."""

    def press(*words: str, environment: dict[str, str] | None = None) -> list[str]:
        script = (
            'eval "$(tillproof completion bash)"\n'
            f"COMP_WORDS=({shlex.join(['tillproof', *words])})\n"
            f"COMP_CWORD={len(words)}\n"
            "_tillproof_completion tillproof\n"
            'printf "%s\\n" "${COMPREPLY[@]}"\n'
        )
        return _said("/bin/bash", script, shop, program, environment)

    return press


def _said(
    shell: str, script: str, shop: Shop, program: Path, environment: Mapping[str, str] | None = None
) -> list[str]:
    """The lines that a shell with the program on its path prints; it complains of nothing."""
    done = subprocess.run(
        [shell, "-c", script],
        cwd=shop.folder,
        env={
            **os.environ,
            "PATH": f"{program.parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            **shop.environment,
            **(environment or {}),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stderr == ""
    return [line for line in done.stdout.split("\n") if line]


needs_bash = pytest.mark.skipif(not Path("/bin/bash").exists(), reason="no bash")


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_gets_its_script(shell: str) -> None:
    """It names the program and the variable that click looks for, and nothing else is printed."""
    printed = CliRunner().invoke(main, ["completion", shell])
    assert (printed.exit_code, printed.stderr) == (0, "")
    assert f"_TILLPROOF_COMPLETE={shell}_complete" in printed.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_each_script_is_one_of_its_shell(shell: str) -> None:
    """The shell itself reads it, where it is installed."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"no {shell}")
    script = CliRunner().invoke(main, ["completion", shell]).stdout
    done = subprocess.run([program, "-n"], input=script, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


_COMPLETES = {
    "zsh": (
        "compdef() { : }\n"  # what compinit would bring; the suggestions of click's function are only printed
        "_describe() { print -l ${(P)2%%:*} ${(P)3%%:*} }\n"
        "compadd() { print -l ${(P)${@[-1]}} }\n"
        'eval "$(tillproof completion zsh)"\n'
        "words=(tillproof {words}); CURRENT=$#words; _tillproof_completion"
    ),
    "fish": 'tillproof completion fish | source; complete -C "tillproof {words}" | cut -f 1',
}


@pytest.mark.parametrize(
    ("words", "expected"), [("rec", ["receipt", "recover"]), ("pay --terminal c", ["cellar"])], ids=["command", "name"]
)
@pytest.mark.parametrize("shell", _COMPLETES)
def test_the_other_shells_complete_as_well(
    shop: Shop, program: Path, shell: str, words: str, expected: list[str]
) -> None:
    """Commands and names of terminals, where the shell is installed."""
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell}")
    shop.configure(shop.terminal(), shop.terminal("cellar"))
    assert sorted(_said(shell, _COMPLETES[shell].replace("{words}", words), shop, program)) == expected


def test_another_shell_is_refused_with_those_that_there_are() -> None:
    """And with 2."""
    printed = CliRunner().invoke(main, ["completion", "tcsh"])
    assert printed.exit_code == 2
    assert "'bash', 'zsh', 'fish'" in " ".join(printed.stderr.split())


@needs_bash
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("rec",), ["receipt", "recover"]),
        (("journal", "re"), ["rebuild"]),
        (("pay", "--terminal", ""), ["bar", "cellar"]),
        (("capture", "--terminal", "c"), ["cellar"]),
        (("receipt", "x", "--copy", "m"), ["merchant"]),
    ],
)
def test_commands_choices_and_terminals_are_completed(
    press_tab: Callable[..., list[str]], shop: Shop, words: tuple[str, ...], expected: list[str]
) -> None:
    """Although each command is loaded only when it is asked for, and there is no journal yet."""
    shop.configure(shop.terminal(), shop.terminal("cellar"))
    assert press_tab(*words) == expected


@needs_bash
def test_operations_are_completed_by_reference_and_by_id(press_tab: Callable[..., list[str]], shop: Shop) -> None:
    """Newest first; and what can only be done to the unsettled is offered nothing else."""
    first = shop.pay().json["operation_id"]
    shop.pay("--reference", "bill-1043")
    assert press_tab("show", "bill-") == ["bill-1043", "bill-1042"]
    assert press_tab("receipt", first[:18]) == [first]
    assert press_tab("settle", "") == []


@needs_bash
def test_only_what_is_unsettled_can_be_ruled_on(press_tab: Callable[..., list[str]], shop: Shop) -> None:
    """The one of today's bills that waits for a person."""
    shop.pay("--reference", "bill-1041")
    shop.escalated()
    assert press_tab("resolve", "bill-") == ["bill-1042"]
    assert press_tab("show", "bill-") == ["bill-1042", "bill-1041"]


@needs_bash
def test_a_reference_that_bash_would_run_is_quoted(press_tab: Callable[..., list[str]], shop: Shop) -> None:
    """TAB and Enter show that bill, and run nothing that stands in its name."""
    shop.pay("--reference", _AWKWARD)
    (offered,) = press_tab("show", "Bj")
    assert shlex.split(offered) == [_AWKWARD]
    assert not (shop.folder / "here").exists()


@needs_bash
@pytest.mark.parametrize("broken", ["journal = ", "[terminals", "", None])
def test_trouble_is_silent(press_tab: Callable[..., list[str]], shop: Shop, broken: str | None) -> None:
    """The command will tell, once it is typed; here nothing but no suggestion comes."""
    if broken is None:
        shop.config.unlink()
    else:
        shop.config.write_text(broken, "utf-8")
    assert press_tab("pay", "--terminal", "") == []
    assert press_tab("show", "") == []


@needs_bash
def test_the_configuration_that_stands_in_the_line_counts(press_tab: Callable[..., list[str]], shop: Shop) -> None:
    """As it will when the line is run."""
    other = shop.folder / "other.toml"
    other.write_text('journal = "other.journal"\n' + shop.terminal("terrace"), "utf-8")
    assert press_tab("-c", str(other), "pay", "--terminal", "") == ["terrace"]
    assert press_tab("pay", "-c", str(other), "--terminal", "") == ["terrace"]


def test_tab_makes_no_journal(shop: Shop) -> None:
    """It only looks."""
    environment = {"_TILLPROOF_COMPLETE": "bash_complete", "COMP_WORDS": "tillproof show ", "COMP_CWORD": "2"}
    printed = shop.run_apart(environment=environment)
    assert (printed.out.strip(), printed.err) == ("", "")
    assert not shop.journal.exists()
