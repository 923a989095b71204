"""Rebuild: the table of operations, thrown away and made anew from the facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.bar import bar
from tools.cli.errors import NoJournal
from tools.cli.exits import Exit
from tools.cli.opening import settings_of
from tools.cli.paper import fields, paragraph, say, say_json

if TYPE_CHECKING:
    from journal import Rebuilt


@click.command(epilog=examples("tillproof journal rebuild"))
@shared
@click.pass_obj
def rebuild(ask: Ask) -> Exit:
    """Make the table of operations anew from the facts.

    For a table that somebody has changed, or that `verify` says has rotted. Only if
    the facts fit together; they are not touched. All or nothing, and every change is
    told. A till that runs waits meanwhile with what it has to store, so do it when
    nobody pays. Exit code 1 if it was not done.
    """
    from engine import OPERATIONS  # noqa: PLC0415 - heavy
    from journal import JournalMissing  # noqa: PLC0415
    from journal import rebuild as from_facts  # noqa: PLC0415

    path = settings_of(ask).journal
    try:
        with bar("checking", "making anew") as tell:
            done = from_facts(path, projection=OPERATIONS, tell=tell)
    except JournalMissing:
        raise NoJournal(f"there is no journal yet at {path}, and so nothing to make its table from") from None
    if ask.as_json:
        say_json({"journal": str(path), "facts": done.facts, "operations": done.rows, "changes": list(done.changes)})
    else:
        say(_as_lines(done, str(path)))
    return Exit.SETTLED


def _as_lines(done: Rebuilt, path: str) -> list[str]:
    return [
        "The table of operations is made anew.",
        *fields([("file", path), ("facts", str(done.facts)), ("operations", str(done.rows))]),
        *(paragraph(change, first="  was: ", rest="       ") for change in done.changes),
        *([] if done.changes else ["It says what it said before."]),
    ]
