"""Settling doubt: recover, settle, resolve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.exits import Exit
from tools.cli.opening import till_of, till_with_journal
from tools.cli.options import patience_option
from tools.cli.paper import complain, fields, paragraph, say, say_json
from tools.cli.report import closing_of, report
from tools.cli.suggestions import terminals, unsettled
from tools.cli.words import EVIDENCE, advice, alarm_lines, headline, named

if TYPE_CHECKING:
    from tillproof import Finding, Report

RULINGS = ("approved", "declined", "cancelled", "not_performed")


@click.command(epilog=examples("tillproof recover", "tillproof recover --terminal bar --json"))
@click.option(
    "--terminal", metavar="NAME", shell_complete=terminals, help="Only this one; else all of the configuration."
)
@shared
@click.pass_obj
def recover(ask: Ask, *, terminal: str | None) -> Exit:
    """Settle everything that is in doubt.

    Asks the terminals; never sends an order. Safe to run twice, beside a running
    till, and to be cut off. Also looks for late success: money that moved although
    it was on record as not moved. Run it at every start of the till.
    """
    with till_of(ask) as till:
        found = till.recover(terminal)
    if ask.as_json:
        say_json(_as_dict(found))
    else:
        say(_as_lines(found))
    return Exit.UNSETTLED if found.unsettled else Exit.SETTLED


def _as_dict(found: Report) -> dict[str, object]:
    return {
        "findings": [
            {**finding.outcome.as_dict(), "row": finding.row, "because": finding.because} for finding in found.findings
        ],
        "unread": dict(found.unread),
        "strangers": list(found.strangers),
        "settled": len(found.findings) - len(found.unsettled),
        "unsettled": len(found.unsettled),
    }


def _as_lines(found: Report) -> list[str]:
    lines = [line for finding in found.findings for line in (*_finding(finding), "")]
    lines += [
        paragraph(f"{terminal}: not read, so late success was not looked for: {sentence}", first="warning: ")
        for terminal, sentence in found.unread.items()
    ]
    lines += [paragraph(sentence, first="warning: ") for sentence in found.strangers]
    if not found.findings:
        return [*lines, "Nothing was unsettled."]
    return [*lines, f"{len(found.findings) - len(found.unsettled)} settled, {len(found.unsettled)} still unsettled."]


def _finding(finding: Finding) -> list[str]:
    outcome = finding.outcome
    return [
        paragraph(f"{headline(outcome)}: {outcome.reference}"),
        *alarm_lines(outcome),
        *fields(
            [
                ("what", named(outcome)),
                ("verdict", finding.row if outcome.alarm is not None else f"{finding.row}: {finding.because}"),
                ("evidence", EVIDENCE[outcome.evidence]),
                ("receipt", outcome.receipt_number),
                ("do now", advice(outcome)),
            ]
        ),
    ]


@click.command(epilog=examples("tillproof settle bill-1042 --patience 10"))
@click.argument("name", metavar="REFERENCE|ID", shell_complete=unsettled)
@patience_option
@shared
@click.pass_obj
def settle(ask: Ask, *, name: str, patience_s: float | None) -> Exit:
    """Settle one operation.

    Finds out what became of it, at once if it is settled. Never sends an order.
    """
    with till_with_journal(ask) as till:
        outcome = till.settle(name, patience_s=patience_s)
        closing = closing_of(till, outcome)
    return report(ask, outcome, closing)


@click.command(
    epilog=examples(
        'tillproof resolve bill-1042 --outcome approved --by "the manager" \\',
        '    --reason "receipt 000123 is in the bank\'s list of 31 January"',
    )
)
@click.argument("name", metavar="REFERENCE|ID", shell_complete=unsettled)
@click.option("--outcome", "ruling", required=True, type=click.Choice(RULINGS), help="What really happened.")
@click.option("--by", required=True, metavar="NAME", help="Who says so.")
@click.option("--reason", required=True, metavar="TEXT", help="What it rests on.")
@shared
@click.pass_obj
def resolve(ask: Ask, *, name: str, ruling: str, by: str, reason: str) -> Exit:
    """Write down a person's ruling.

    For what the terminal can no longer tell, and to close the alarm of a late success.
    Name and reason stay in the journal. Where the terminal may still know, it is asked
    first; if it does tell, that counts and not the ruling.
    """
    with till_with_journal(ask) as till:
        outcome = till.resolve(name, ruling, by=by, reason=reason)
    if outcome.evidence != "person":
        complain("note: the terminal could still tell, so this is its word, and the ruling was not written")
    return report(ask, outcome)
