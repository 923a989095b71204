"""The help teaches, the exit codes are one list, and the printed pages are fresh."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import metadata

import click
import pytest
from click.testing import CliRunner

import engine
import journal
from tools.cli import ERRORS, MEANINGS, Exit, main
from tools.cli.exits import exit_of_error


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of all commands and groups."""
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


@pytest.mark.parametrize("path", [(), *commands(main)], ids=" ".join)
def test_help_has_an_example_and_fits_80_columns(path: tuple[str, ...]) -> None:
    """Every command shows how it is typed."""
    result = CliRunner().invoke(main, [*path, "--help"])
    lines = result.output.splitlines()
    assert result.exit_code == 0
    assert "  Examples:" in lines
    assert f"    tillproof {' '.join(path)}".rstrip() in "\n".join(lines[lines.index("  Examples:") :])
    assert [line for line in lines if len(line) > 80] == []


def test_version_is_told() -> None:
    """Installed or run from its source, it says what it is."""
    result = CliRunner().invoke(main, ["--version"])
    assert result.exit_code == 0
    assert result.output.startswith("tillproof")


@pytest.mark.parametrize("arguments", [("--json", "--version"), ("--version", "--json")])
def test_version_is_told_in_json(arguments: tuple[str, ...]) -> None:
    """One document, on whichever side the option stands; and the number of the text."""
    result = CliRunner().invoke(main, arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    version = json.loads(result.stdout)["version"]
    assert CliRunner().invoke(main, ["--version"]).stdout.strip().endswith(version or "runs from its source")


def test_version_of_the_source_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """It runs without being installed, and then there is no number to tell."""

    def not_there(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", not_there)
    assert CliRunner().invoke(main, ["--version"]).stdout == "tillproof, not installed: it runs from its source\n"
    assert json.loads(CliRunner().invoke(main, ["--json", "--version"]).stdout) == {"version": None}


def test_every_exit_code_has_a_meaning() -> None:
    """The page of commands is printed from this list."""
    assert set(MEANINGS) == set(Exit)


def test_every_error_of_the_list_exists() -> None:
    """A class that is renamed must not fall out of the list unseen."""
    assert [name for name in ERRORS if not hasattr(engine, name) and not hasattr(journal, name)] == []


def test_every_error_of_the_house_has_an_exit_code() -> None:
    """Whatever engine and journal raise on purpose is foreseen here."""
    raised = [
        kind
        for room in (engine, journal)
        for kind in vars(room).values()
        if isinstance(kind, type) and issubclass(kind, Exception)
    ]
    assert len(raised) > 10
    assert [kind for kind in raised if exit_of_error(kind.__new__(kind)) is None] == []


def test_children_end_like_their_class() -> None:
    """The nearest class of the list counts."""
    unknown, refused = engine.UnknownReference("x"), journal.JournalRefused("x")
    assert [exit_of_error(error) for error in (unknown, refused, KeyError())] == [Exit.USAGE, Exit.FAULT, None]
