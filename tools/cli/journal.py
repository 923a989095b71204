"""The journal itself: list what is in it, and check that it fits together."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.backup import backup
from tools.cli.exits import Exit
from tools.cli.opening import records_of
from tools.cli.paper import fields, paragraph, say, say_json, table
from tools.cli.times import local
from tools.cli.wire import wire
from tools.cli.words import with_times

if TYPE_CHECKING:
    from tillproof import Operation, Outcome, Verification


@click.group()
@shared
def journal() -> None:
    """List what is in the journal, check it, copy it, or show the log beside it."""


@journal.command(
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


@journal.command(epilog=examples("tillproof journal verify"))
@shared
@click.pass_obj
def verify(ask: Ask) -> Exit:
    """Read the whole journal and say whether it fits together.

    Checks the chain of digests, that no entry is missing, and that the table of
    operations is what the facts say. Exit code 1 if anything does not fit.
    """
    with records_of(ask, unverified=True) as records:
        found = records.verify()
        path = records.settings.journal
    from journal import sqlite_report  # noqa: PLC0415 - heavy, and the door comes first

    if ask.as_json:
        say_json(
            {
                "journal": str(path),
                "facts": found.facts,
                "head": found.head,
                "breaks": list(found.breaks),
                "sqlite": asdict(sqlite_report()),
            }
        )
    else:
        say([*_verified(found, str(path)), *fields([("SQLite", str(sqlite_report()))])])
    return Exit.FAULT if found.breaks else Exit.SETTLED


def _verified(found: Verification, path: str) -> list[str]:
    if not found.breaks:
        return [
            "The journal fits together.",
            *fields([("file", path), ("facts", str(found.facts)), ("head", found.head)]),
        ]
    return [
        f"The journal does NOT fit together, in {len(found.breaks)} place(s).",
        *fields([("file", path), ("facts", str(found.facts)), ("head", found.head)]),
        *(paragraph(sentence, first="  !!! ", rest="      ") for sentence in found.breaks),
        "Keep this file for whoever has to look into it; do not delete anything.",
    ]


journal.add_command(backup)
journal.add_command(wire)
