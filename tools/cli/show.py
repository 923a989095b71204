"""Show: everything that is on record of one operation, as a story."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.exits import Exit, exit_of
from tools.cli.opening import records_of
from tools.cli.paper import fields, paragraph, say, say_json
from tools.cli.suggestions import operations
from tools.cli.words import EVIDENCE, advice, alarm_lines, headline, named, with_times

if TYPE_CHECKING:
    from tillproof import Fact, Operation, Outcome, Records
    from tools.cli.story import Chapter


@click.command(epilog=examples("tillproof show bill-1042"))
@click.argument("name", metavar="REFERENCE|ID", shell_complete=operations)
@shared
@click.pass_obj
def show(ask: Ask, *, name: str) -> Exit:
    """Tell the story of one operation; also called explain.

    What happened when, on what evidence, what became of it and what to do now. Asks
    no terminal. --json holds the raw facts as well. The exit code is the outcome's.
    """
    with records_of(ask) as records:
        outcome = records.outcome_of(name)
        if ask.as_json:
            say_json(told(records, name))
        else:
            say(page(records, name))
    return exit_of(outcome)


def told(records: Records, name: str) -> dict[str, object]:
    """Everything of one operation, for JSON."""
    operation, outcome, facts, story = _known(records, name)
    chapters = [chapter.as_dict() for chapter in story]
    return {
        **with_times(operation, outcome),
        "advice": advice(outcome),
        "story": chapters,
        "facts": [_raw(fact) for fact in facts],
    }


def page(records: Records, name: str, hide: Callable[[str], str] = str) -> list[str]:
    """The same in sentences. Each goes through ``hide`` before it is broken into lines, in which nothing is found."""
    from tools.cli.story import lines  # noqa: PLC0415 - brings the house

    _, outcome, _, story = _known(records, name)
    return [
        paragraph(hide(f"{outcome.reference}: {named(outcome)}")),
        f"id {outcome.operation_id}",
        "",
        *lines([replace(chapter, text=hide(chapter.text)) for chapter in story]),
        "",
        *_end(outcome, hide),
    ]


def _known(records: Records, name: str) -> tuple[Operation, Outcome, Sequence[Fact], Sequence[Chapter]]:
    from tools.cli.story import tell  # noqa: PLC0415 - brings the house

    operation = records.operation(name)
    outcome = records.outcome_of(operation.order.operation_id)
    facts = records.facts_of(operation.order.operation_id)
    return operation, outcome, facts, tell(operation, facts, lambda identity: _name_slot(records, identity))


def _name_slot(records: Records, identity: str) -> str:
    from tillproof import UnknownReference  # noqa: PLC0415 - heavy

    try:
        return records.operation(identity).order.reference
    except UnknownReference:
        return "one that is not ours"


def _raw(fact: Fact) -> dict[str, object]:
    return {"seq": fact.seq, "at": fact.at, "kind": fact.kind, "body": fact.body, "digest": fact.digest}


def _end(outcome: Outcome, hide: Callable[[str], str]) -> list[str]:
    return [
        *alarm_lines(outcome),
        *fields(
            [
                ("outcome", headline(outcome)),
                ("evidence", EVIDENCE[outcome.evidence]),
                ("receipt", outcome.receipt_number),
                ("do now", hide(advice(outcome))),
            ],
            indent=0,
        ),
    ]
