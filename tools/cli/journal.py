"""The journal itself: what is in it, and all that can be done with its file."""

from __future__ import annotations

import click

from tools.cli.ask import shared
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


@click.group(commands=Commands(_COMMANDS))
@shared
def journal() -> None:
    """List what is in the journal, check it, copy it, export it, mend its table."""
