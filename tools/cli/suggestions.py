"""What a shell suggests behind TAB: terminals of the configuration, operations of the journal.

It only reads, and says nothing at all where something is wrong: a person is in the middle of a line, and the command
itself will tell him.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterable
from contextlib import suppress

import click

from tools.cli.ask import Ask
from tools.cli.opening import records_of, settings_of
from tools.cli.paper import plain

COMPLETE_VARIABLE = "_TILLPROOF_COMPLETE"

_NEWEST = 200
"""So many operations are looked through; whoever wants an older one knows its name."""


def terminals(context: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """The names of the configured terminals."""
    return _fitting(begun, lambda ask: settings_of(ask).terminals, context)


def operations(context: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """The references of the newest operations; ids only where no reference begins like that."""
    return _fitting(begun, _references, context) or (_fitting(begun, _ids, context) if begun else [])


def unsettled(context: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """The references of what is not settled: nothing else can be aborted, settled or ruled on."""
    return _fitting(begun, _unsettled, context)


def _references(ask: Ask) -> list[str]:
    with records_of(ask) as records:
        return [operation.order.reference for operation in records.newest(_NEWEST)]


def _ids(ask: Ask) -> list[str]:
    with records_of(ask) as records:
        return [operation.order.operation_id for operation in records.newest(_NEWEST)]


def _unsettled(ask: Ask) -> list[str]:
    with records_of(ask) as records:
        return [outcome.reference for outcome in records.unsettled()]


def _fitting(begun: str, names: Callable[[Ask], Iterable[str]], context: click.Context) -> list[str]:
    with suppress(Exception):
        ask = context.find_root().ensure_object(Ask)
        return [_typed(name) for name in names(ask) if name.startswith(begun) and plain(name) == name]
    return []


def _typed(name: str) -> str:
    """A name as it has to stand in the line. Bash takes it as it is, and it may hold a blank or ``$(...)``."""
    return shlex.quote(name) if os.environ.get(COMPLETE_VARIABLE, "").startswith("bash") else name
