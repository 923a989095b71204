"""The journal itself: what is in it, and all that can be done with its file."""

from __future__ import annotations

import click

from tools.cli.ask import examples, shared
from tools.cli.commands import Commands

_COMMANDS = {
    "list": "listing:list_",
    "head": "verify",
    "verify": "verify",
    "rebuild": "rebuild",
    "archive": "archive",
    "backup": "backup",
    "export": "export",
    "wire": "wire",
}


@click.group(
    commands=Commands(_COMMANDS),
    epilog=examples(
        "tillproof journal list", "tillproof journal verify", "tillproof journal backup /mnt/stick/till.db"
    ),
)
@shared
def journal() -> None:
    """List, check, copy, export and mend the journal."""
