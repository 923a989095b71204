"""Archiving: what is long over goes into a file of its own."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.bar import bar
from tools.cli.exits import Exit
from tools.cli.opening import records_of
from tools.cli.paper import fields, say, say_json


def _first_day(_: click.Context, __: click.Parameter, value: str) -> date:
    with suppress(ValueError):
        day = date.fromisoformat(value)
        if day.isoformat() == value:  # the parser knows other forms as well, weeks among them
            return day
    raise click.BadParameter(f"{value!r} is no day; give YYYY-MM-DD, such as 2026-01-01")


@click.command(epilog=examples("tillproof journal archive --before 2026-01-01 -o till-2025.db"))
@click.option(
    "--before",
    required=True,
    callback=_first_day,
    metavar="DATE",
    help="The first day that stays, such as 2026-01-01.",
)
@click.option(
    "-o", "--output", "target", required=True, type=click.Path(path_type=Path), metavar="FILE", help="A new file."
)
@shared
@click.pass_obj
def archive(ask: Ask, *, before: date, target: Path) -> Exit:
    """Move what was over before a day into a new FILE.

    Also beside a running till. Only what is settled moves, and nothing that began
    after something that is not.
    References in an archive stay taken. The archive is a journal file that nobody
    writes: name it in a configuration to look things up in it, or to verify it.
    Safe to be cut off: call it again. Keep the archive as you keep the journal.
    """
    with records_of(ask) as records, bar("writing the archive", "taking out") as tell:
        moved = records.archive(target, before=before, tell=tell)
        journal = records.settings.journal
    if ask.as_json:
        told = {"journal": str(journal), "archive": str(target.absolute()) if moved.facts else None}
        say_json({**told, "facts": moved.facts, "operations": moved.subjects, "head": moved.head.digest})
    elif not moved.facts:
        say(["There is nothing to move: no operation was over before that day, or one before it is still open."])
    else:
        shown = [("file", str(target)), ("operations", str(moved.subjects)), ("facts", str(moved.facts))]
        say(["What was over is archived, and the archive fits together.", *fields(shown)])
    return Exit.SETTLED
