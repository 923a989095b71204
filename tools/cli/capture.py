"""Capture: close a terminal's day, and compare what it counted with what is on record here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.dialogs import dialogs_of
from tools.cli.exits import Exit
from tools.cli.guard import may_be_running
from tools.cli.opening import till_of
from tools.cli.options import mode_option, patience_option, terminal_option
from tools.cli.paper import paragraph, say, say_json
from tools.cli.report import closing_of, report

if TYPE_CHECKING:
    from tillproof import DueCapture


@click.command(
    epilog=examples(
        "tillproof capture --terminal bar --reference close-2025-01-31",
        "tillproof capture --terminal bar --due",
    )
)
@terminal_option
@click.option("--reference", metavar="TEXT", help="Your own name for it; else one is made of terminal and time.")
@click.option("--due", "only_if_due", is_flag=True, help="Only if one is due; else say why not, and end with 0.")
@mode_option
@patience_option
@shared
@click.pass_obj
def capture(
    ask: Ask, *, terminal: str, reference: str | None, only_if_due: bool, mode: str | None, patience_s: float | None
) -> Exit:
    """Close a terminal's day, and compare its totals.

    Everything since the last capture is sent for clearing. Then what the terminal
    counted is compared with the journal. Exit code 30 where the two differ: the day
    is closed all the same, and somebody has to look.
    """
    with may_be_running(f"the capture on {terminal!r}"), till_of(ask) as till:
        if only_if_due and not (found := till.capture_due(terminal)).due:
            return _not_due(ask, terminal, found)
        outcome = till.capture(
            terminal=terminal, reference=reference, patience_s=patience_s, mode=mode, on_dialog=dialogs_of(ask)
        )
        closing = closing_of(till, outcome)
    return report(ask, outcome, closing)


def _not_due(ask: Ask, terminal: str, found: DueCapture) -> Exit:
    if ask.as_json:
        say_json({"due": False, "since": found.since, "reason": found.reason})
    else:
        say([paragraph(f"No capture is due on {terminal}: {found.reason}")])
    return Exit.SETTLED
