"""Complete: take over an operation that another till started, and write its outcome into this journal."""

from __future__ import annotations

import uuid
from contextlib import suppress

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.exits import Exit
from tools.cli.opening import till_of
from tools.cli.options import patience_option, terminal_option
from tools.cli.report import closing_of, report

KINDS = ("payment", "refund", "capture")
"""A reversal is left out: its amount is that of a payment which this journal may not know."""


def _id(_: click.Context, __: click.Parameter, value: str) -> str:
    """An operation's id as it stands in paths: a UUID, and nothing that would lead to another path."""
    with suppress(ValueError):
        if str(uuid.UUID(value)) == value.lower():
            return value
    raise click.BadParameter(f"{value!r} is no operation id; give the UUID under which it was started")


@click.command(
    epilog=examples(
        "tillproof complete 11111111-2222-4333-8444-555555555555 \\",
        "    --terminal bar --reference bill-1042",
    )
)
@click.argument("operation_id", metavar="ID", callback=_id)
@terminal_option
@click.option("--kind", type=click.Choice(KINDS), default="payment", show_default=True, help="What was started.")
@click.option("--reference", metavar="TEXT", help="Your own name for it; else its id.")
@patience_option
@shared
@click.pass_obj
def complete(
    ask: Ask, *, operation_id: str, terminal: str, kind: str, reference: str | None, patience_s: float | None
) -> Exit:
    """Complete what another till started.

    Asks the terminal for an asynchronous operation by its id until it has ended, and
    writes the outcome into this journal. Never sends an order. An operation that this
    journal knows already is settled, as `settle` does.
    """
    with till_of(ask) as till:
        outcome = till.complete(operation_id, terminal=terminal, kind=kind, reference=reference, patience_s=patience_s)
        closing = closing_of(till, outcome)
    return report(ask, outcome, closing)
