"""The safe test of a terminal: is it there, does it know us, and is it what the configuration says?"""

from __future__ import annotations

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.exits import Exit
from tools.cli.opening import till_of
from tools.cli.options import terminal_option
from tools.cli.paper import fields, paragraph, say, say_json


@click.command(epilog=examples("tillproof device --terminal bar"))
@terminal_option
@shared
@click.pass_obj
def device(ask: Ask, *, terminal: str) -> Exit:
    """Ask a terminal who it is.

    The safe test of its address and of both keys; no money moves. Warns where the
    terminal is not what the configuration says.
    """
    with till_of(ask) as till:
        known = dict(till.device(terminal))
        differences = till.device_differences(terminal)
    if ask.as_json:
        say_json({"terminal": terminal, "device": known, "differences": list(differences)})
    else:
        say(
            [
                f"{terminal} answers, and our keys are right.",
                *fields(known.items()),
                *(paragraph(sentence, first="warning: ") for sentence in differences),
            ]
        )
    return Exit.SETTLED
