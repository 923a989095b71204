"""List: what is in the journal, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.exits import Exit
from tools.cli.opening import records_of
from tools.cli.paper import say, say_json, table
from tools.cli.times import local
from tools.cli.words import with_times

if TYPE_CHECKING:
    from tillproof import Operation, Outcome


@click.command(
    "list", epilog=examples("tillproof journal list --limit 50", "tillproof journal list --unsettled --json")
)
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many, newest first."
)
@click.option("--unsettled", is_flag=True, help="Only what is in doubt or has an alarm; oldest first, all of it.")
@shared
@click.pass_obj
def list_(ask: Ask, *, limit: int, unsettled: bool) -> Exit:
    """List operations, newest first."""
    with records_of(ask) as records:
        operations = (
            [records.operation(outcome.operation_id) for outcome in records.unsettled()]
            if unsettled
            else records.newest(limit)
        )
        pairs = [(operation, records.outcome_of(operation.order.operation_id)) for operation in operations]
    if ask.as_json:
        say_json({"operations": [with_times(operation, outcome) for operation, outcome in pairs]})
    else:
        say(table([_row(*pair) for pair in pairs], indent=0) if pairs else ["There is none."])
    return Exit.SETTLED


def _row(operation: Operation, outcome: Outcome) -> tuple[str, ...]:
    return (
        f"{local(operation.opened_at):%Y-%m-%d %H:%M}",
        f"{outcome.word}{'!' if outcome.alarm else ''}",
        str(outcome.kind),
        str(outcome.amount or ""),
        outcome.terminal,
        outcome.reference,
    )
