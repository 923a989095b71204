"""The page of commands: their tree, and the exit codes."""

from __future__ import annotations

import inspect
import textwrap

import click

from tools.cli import ERRORS, MEANINGS, main
from tools.reference.markdown import Lines, heading, table

_COMMANDS = """
Every command takes the options of `tillproof` itself, before or after its name. With `--json` it prints exactly one
document on stdout; logs and complaints go to stderr. A fault is then `{"error": {"kind": "…", "message": "…"}}`, with
`"operation"` inside where one is known, and with the same exit code.

## Exit codes
"""


def commands() -> Lines:
    """``docs/commands.md``: the tree of commands, and the exit codes."""
    yield from heading("Commands", _COMMANDS)
    yield from table(("code", "meaning"), [(str(int(code)), meaning) for code, meaning in MEANINGS.items()])
    yield "What is raised ends with these, children of a class like the class; anything else is a fault of ours: 1."
    yield ""
    yield from table(("raised", "code"), [(f"`{name}`", str(int(code))) for name, code in ERRORS.items()])
    yield from _command(main, "tillproof", 2)


def _command(command: click.Command, path: str, depth: int) -> Lines:
    arguments = [str(item.metavar) for item in command.params if isinstance(item, click.Argument)]
    yield f"{'#' * depth} `{' '.join([path, *arguments])}`"
    yield ""
    yield inspect.cleandoc(command.help or "")
    yield ""
    if command.epilog:
        # Its first two lines are click's mark and the word "Examples".
        yield "```sh"
        yield textwrap.dedent("\n".join(command.epilog.splitlines()[2:]))
        yield "```"
        yield ""
    common = {item.name for item in main.params} if command is not main else set()
    options = [item for item in command.params if isinstance(item, click.Option) and item.name not in common]
    if options:
        yield from table(("option", "meaning", "default"), [_option(item) for item in options])
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from _command(inner, f"{path} {name}", depth if command is main else depth + 1)


def _option(option: click.Option) -> tuple[str, str, str]:
    names = ", ".join(f"`{name}`" for name in option.opts)
    if isinstance(option.type, click.Choice):
        value = " or ".join(map(str, option.type.choices))
    else:
        value = "" if option.is_flag or option.count else option.metavar or option.type.name.split()[0].upper()
    default = f"`{option.default}`" if option.show_default and option.default is not None else ""
    return f"{names} {value}".strip(), option.help or "", "required" if option.required else default
