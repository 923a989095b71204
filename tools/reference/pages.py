"""All pages, by the names of their files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tools.reference.api import api
from tools.reference.commands import commands
from tools.reference.configuration import configuration
from tools.reference.decisions import recovery
from tools.reference.journal_file import INTRODUCTION, schema
from tools.reference.markdown import Lines, heading
from tools.reference.states import states
from tools.reference.switches import switches

DOCS = Path(__file__).resolve().parents[2] / "docs"


def file_of_journal() -> Lines:
    """``docs/schema.md``: the journal as a file of SQLite."""
    yield from heading("The journal's file", INTRODUCTION)
    yield from schema()


PAGES: Mapping[str, Callable[[], Lines]] = {
    "api.md": api,
    "commands.md": commands,
    "configuration.md": configuration,
    "recovery.md": recovery,
    "schema.md": file_of_journal,
    "states.md": states,
    "switches.md": switches,
}


def page(name: str) -> str:
    """The text of one page."""
    return "\n".join(PAGES[name]()).rstrip() + "\n"


def write() -> None:
    """Write all pages."""
    DOCS.mkdir(exist_ok=True)
    for name in PAGES:
        (DOCS / name).write_text(page(name), encoding="utf-8", newline="\n")
