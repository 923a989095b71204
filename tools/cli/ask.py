"""What is asked of every command: which configuration, JSON or text, how much to log. Before or after its name."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

_F = TypeVar("_F", bound=Callable[..., Any])

CONFIG_VARIABLE = "TILLPROOF_CONFIG"
CONFIG_FILE = "tillproof.toml"


class Ask:
    """The answers; the later one wins where an option is given twice.

    No data class, because every command waits for it, and Python builds those anew at each start.
    """

    __slots__ = ("as_json", "config", "lang", "quiet", "verbose")

    def __init__(self, *, as_json: bool = False) -> None:
        self.config: str | None = None
        self.as_json = as_json
        self.verbose = 0
        self.quiet = False
        self.lang: str | None = None

    @property
    def path(self) -> Path:
        """The configuration file."""
        return Path(self.config or os.environ.get(CONFIG_VARIABLE) or CONFIG_FILE)


def _note(context: click.Context, parameter: click.Parameter, value: object) -> None:
    # Only what was given is noted: the defaults of a command must not undo what stands before its name.
    if value and parameter.name:
        setattr(context.find_root().ensure_object(Ask), parameter.name, value)


def _note_language(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    """Refused at once: after a payment it would be too late to hear that there is no such language."""
    if value:
        from engine import BadInput, language_named  # noqa: PLC0415 - heavy

        try:
            _note(context, parameter, str(language_named(value)))
        except BadInput as error:
            raise click.BadParameter(str(error)) from None


def _show_help(context: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's signature
    if wanted and not context.resilient_parsing:
        click.echo(context.get_help())
        context.exit()


def shared(command: _F) -> _F:
    """Give a command the options that all have."""
    for decorate in reversed(_OPTIONS):
        command = decorate(command)
    return command


def examples(*lines: str) -> str:
    """The end of a command's help; click keeps the lines as they are."""
    return "\b\n" + "\n".join(("Examples:", *(f"  {line}" for line in lines)))


_OPTIONS = (
    click.option(
        "-c",
        "--config",
        metavar="FILE",
        callback=_note,
        expose_value=False,
        is_eager=True,
        help=f"Configuration; else ${CONFIG_VARIABLE}, else ./{CONFIG_FILE}.",
    ),
    click.option(
        "--json",
        "as_json",
        is_flag=True,
        callback=_note,
        expose_value=False,
        is_eager=True,
        help="Print one JSON document, and nothing else, on stdout.",
    ),
    click.option(
        "-v",
        "--verbose",
        count=True,
        callback=_note,
        expose_value=False,
        is_eager=True,
        help="Log more on stderr; twice for all. Else $TILLPROOF_LOG.",
    ),
    click.option(
        "-q",
        "--quiet",
        is_flag=True,
        callback=_note,
        expose_value=False,
        is_eager=True,
        help="Log errors only; show no dialogs.",
    ),
    click.option(
        "--lang",
        metavar="en|sv|nb|da|fi",
        callback=_note_language,
        expose_value=False,
        is_eager=True,
        help="Say what became of the money in this language, for the cashier.",
    ),
    # Click has one of its own, which looks for a translation of its sentence: every command would wait for that.
    click.option(
        "-h",
        "--help",
        is_flag=True,
        callback=_show_help,
        expose_value=False,
        is_eager=True,
        help="Show this message and exit.",
    ),
)
