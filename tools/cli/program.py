"""The program itself: the command ``tillproof`` and those below it."""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Sequence
from typing import Any

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.commands import Commands
from tools.cli.guard import guarded
from tools.cli.paper import prepare_streams, say, say_json


class Program(click.Group):
    """A group that turns every ending into an exit code, and lists its commands in the order of a working day."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002 - click's signature
        windows_expand_args: bool = False,  # noqa: ARG002, FBT001, FBT002 - a reference may hold an asterisk
        **extra: Any,  # noqa: ANN401 - click's signature
    ) -> Any:  # noqa: ANN401 - click's signature
        """Run, and leave with an exit code; or return it when not ``standalone_mode``."""
        if not gc.get_freeze_count():  # what is loaded stays: Python need not look through it for cycles again
            gc.freeze()
        prepare_streams()
        arguments = list(sys.argv[1:] if args is None else args)
        # The parser may stop before it comes to --json, and its complaint has to be JSON all the same.
        ask = Ask(as_json="--json" in arguments)

        def work() -> object:
            _must_be_text(arguments)
            return super(Program, self).main(
                arguments, prog_name or "tillproof", complete_var, standalone_mode=False, obj=ask, **extra
            )

        code = guarded(work, ask)
        if standalone_mode:
            # The process ends, and the system takes back its memory at once. To look through all of it for cycles
            # before that, as Python does, would be a tenth of a status.
            atexit.register(gc.freeze)
            sys.exit(code)
        return code

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """By its name, or by the other one that it has."""
        return super().get_command(ctx, _ALSO.get(cmd_name, cmd_name))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """In the order in which they were added."""
        return list(self.commands)


def _must_be_text(arguments: Sequence[str]) -> None:
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError:
            raise click.UsageError(f"{argument!r} is not text in the encoding of this system") from None


def _version(context: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's signature
    if wanted:
        found = _installed()
        if context.ensure_object(Ask).as_json:
            say_json({"version": found})
        else:
            say([f"tillproof {found}" if found else "tillproof, not installed: it runs from its source"])
        context.exit()


def _installed() -> str | None:
    """The version that is installed; None where the source runs."""
    from importlib import metadata  # noqa: PLC0415 - heavy, and nothing else asks for it

    try:
        return metadata.version("tillproof")
    except metadata.PackageNotFoundError:
        return None


_COMMANDS = {
    "pay": "operations",
    "refund": "operations",
    "reverse": "operations",
    "abort": "abort",
    "complete": "complete",
    "receipt": "receipt",
    "capture": "capture",
    "recover": "settling",
    "settle": "settling",
    "resolve": "settling",
    "watch": "watch",
    "status": "status",
    "show": "show",
    "bundle": "bundle",
    "day": "day",
    "journal": "journal",
    "device": "device",
    "doctor": "doctor",
    "simulate": "simulate",
    "accredit": "accredit",
    "demo": "demo",
    "completion": "completion",
}
"""Each command and the file in which it stands, in the order of a working day."""

_ALSO = {"explain": "show"}

_A_DAY = (
    "tillproof device --terminal bar    is it there, are the keys right?",
    "tillproof pay --terminal bar --amount 125.00 --currency NOK \\",
    "    --reference bill-1042          let a guest pay",
    "tillproof recover                  after a crash, or when in doubt",
    "tillproof watch                    go on settling, all day",
    "tillproof status                   what is unsettled now?",
    "tillproof show bill-1042           all that happened, step by step",
    "tillproof receipt bill-1042 | lp   print it",
    "tillproof capture --terminal bar   close the day, compare the totals",
)


@click.group(
    cls=Program,
    name="tillproof",
    commands=Commands(_COMMANDS),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog=examples(*_A_DAY),
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
@shared
def main() -> None:
    """Card payments that survive a crash: nobody pays twice, no paid bill is lost.

    The exit code tells what became of the money: 0 approved or settled, 10 declined
    or cancelled, 20 not performed, 30 in doubt, 2 wrong input, 1 a fault.
    """
