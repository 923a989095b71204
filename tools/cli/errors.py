"""What only the command line has to say no to. Each carries its exit code and the kind that ``--json`` names."""

from __future__ import annotations

from typing import ClassVar

from tools.cli.exits import Exit


class CommandError(Exception):
    """A command cannot do what was asked; the message says why and what to do."""

    exit: ClassVar[Exit] = Exit.USAGE
    kind: ClassVar[str] = "BadInput"


class NoJournal(CommandError):
    """There is no journal yet where one is needed."""

    kind = "JournalRefused"


class NoReceipt(CommandError):
    """The terminal gave no such receipt for this operation."""

    kind = "NoReceipt"


class Interrupted(CommandError):
    """Somebody pressed Ctrl-C while an order was under way."""

    exit = Exit.INTERRUPTED
    kind = "KeyboardInterrupt"


class NotWritten(CommandError):
    """A file that was asked for could not be written."""

    exit = Exit.FAULT
    kind = "NotWritten"
