"""Show: everything that is on record of one operation, as a story."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.exits import Exit, exit_of
from tools.cli.opening import records_of
from tools.cli.paper import fields, paragraph, say, say_json
from tools.cli.suggestions import operations
from tools.cli.words import EVIDENCE, advice, alarm_lines, headline, named, with_times

if TYPE_CHECKING:
    from tillproof import Fact, Outcome, Records


@click.command(epilog=examples("tillproof show bill-1042"))
@click.argument("name", metavar="REFERENCE|ID", shell_complete=operations)
@shared
@click.pass_obj
def show(ask: Ask, *, name: str) -> Exit:
    """Tell the story of one operation.

    What happened when, on what evidence, what became of it and what to do now. Asks
    no terminal. --json holds the raw facts as well. The exit code is the outcome's.
    Its other name is explain.
    """
    with records_of(ask) as records:
        from tools.cli.story import lines, tell  # noqa: PLC0415 - brings the house

        operation = records.operation(name)
        outcome = records.outcome_of(operation.order.operation_id)
        facts = records.facts_of(operation.order.operation_id)
        story = tell(operation, facts, lambda identity: _name_slot(records, identity))
    if ask.as_json:
        told = {"advice": advice(outcome), "story": [chapter.as_dict() for chapter in story]}
        say_json({**with_times(operation, outcome), **told, "facts": [_raw(fact) for fact in facts]})
    else:
        say(
            [
                paragraph(f"{outcome.reference}: {named(outcome)}"),
                f"id {outcome.operation_id}",
                "",
                *lines(story),
                "",
                *_end(outcome),
            ]
        )
    return exit_of(outcome)


def _name_slot(records: Records, identity: str) -> str:
    from tillproof import UnknownReference  # noqa: PLC0415 - heavy

    try:
        return records.operation(identity).order.reference
    except UnknownReference:
        return "one that is not ours"


def _raw(fact: Fact) -> dict[str, object]:
    return {"seq": fact.seq, "at": fact.at, "kind": fact.kind, "body": fact.body, "digest": fact.digest}


def _end(outcome: Outcome) -> list[str]:
    return [
        *alarm_lines(outcome),
        *fields(
            [
                ("outcome", headline(outcome)),
                ("evidence", EVIDENCE[outcome.evidence]),
                ("receipt", outcome.receipt_number),
                ("do now", advice(outcome)),
            ],
            indent=0,
        ),
    ]
