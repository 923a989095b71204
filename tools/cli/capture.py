"""Capture: close a terminal's day."""

from __future__ import annotations

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.dialogs import dialogs_of
from tools.cli.exits import Exit
from tools.cli.guard import may_be_running
from tools.cli.opening import till_of
from tools.cli.options import mode_option, patience_option, terminal_option
from tools.cli.report import report


@click.command(epilog=examples("tillproof capture --terminal bar --reference close-2025-01-31"))
@terminal_option
@click.option("--reference", metavar="TEXT", help="Your own name for it; else one is made of terminal and time.")
@mode_option
@patience_option
@shared
@click.pass_obj
def capture(ask: Ask, *, terminal: str, reference: str | None, mode: str | None, patience_s: float | None) -> Exit:
    """Close a terminal's day.

    Everything since the last capture is sent for clearing.
    """
    with may_be_running(f"the capture on {terminal!r}"), till_of(ask) as till:
        outcome = till.capture(
            terminal=terminal, reference=reference, patience_s=patience_s, mode=mode, on_dialog=dialogs_of(ask)
        )
    return report(ask, outcome)
