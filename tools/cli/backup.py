"""A copy of the journal, for the day on which the disk is gone."""

from __future__ import annotations

from pathlib import Path

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.bar import bar
from tools.cli.errors import CommandError
from tools.cli.exits import Exit
from tools.cli.opening import records_of
from tools.cli.paper import fields, say, say_json


@click.command(epilog=examples("tillproof journal backup /mnt/stick/till-2026-11-24.db"))
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
@shared
@click.pass_obj
def backup(ask: Ask, *, target: Path) -> Exit:
    """Copy the journal to a new FILE, also beside a running till.

    The copy is of one moment. It is flushed and verified before it gets its name,
    and only its owner may read it. Do not copy a journal by other means while a
    till runs. Exit code 1 if it could not be made; then there is no FILE.
    """
    if not target.absolute().parent.is_dir():
        raise CommandError(f"file: there is no folder {target.absolute().parent}; make it, or name a file elsewhere")
    # Unverified, because the backup verifies for itself, and says more.
    with records_of(ask, unverified=True) as records, bar("copying", "checking") as tell:
        found = records.back_up(target, tell=tell)
        journal = records.settings.journal
    if ask.as_json:
        copy = {"journal": str(journal), "backup": str(target.absolute())}
        say_json({**copy, "facts": found.facts, "head": found.head})
    else:
        shown = [("file", str(target)), ("facts", str(found.facts)), ("head", found.head)]
        say(["The journal is copied, and the copy fits together.", *fields(shown)])
    return Exit.SETTLED
