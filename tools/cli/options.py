"""Options that several commands have, and what their values may be."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import click

from tools.cli.suggestions import terminals

_F = TypeVar("_F", bound=Callable[..., Any])

_LONGEST_PATIENCE_S = 3600
_MODES = ("sync", "async")


def _seconds(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    """A finite number of seconds; float() alone would take nan, with which no wait ends."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= _LONGEST_PATIENCE_S:
        raise click.BadParameter(f"{value!r} is not a number of seconds from 0 to {_LONGEST_PATIENCE_S}")
    return seconds


terminal_option = click.option(
    "--terminal",
    required=True,
    metavar="NAME",
    shell_complete=terminals,
    help="Terminal, as in the configuration.",
)
patience_option = click.option(
    "--patience",
    "patience_s",
    callback=_seconds,
    metavar="SECONDS",
    help="How long a lost reply is looked for before the answer is in doubt.",
)
mode_option = click.option(
    "--mode",
    type=click.Choice(_MODES),
    help="How the terminal is asked; else the terminal's own mode, which `status` tells.",
)
reference_option = click.option(
    "--reference", required=True, metavar="TEXT", help="Your own name for this attempt, such as bill-1042."
)


def money_options(command: _F) -> _F:
    """Amount and currency."""
    command = click.option("--currency", required=True, metavar="CODE", help="ISO 4217 code, such as NOK.")(command)
    return click.option("--amount", required=True, metavar="AMOUNT", help="In major units, such as 125.00.")(command)
