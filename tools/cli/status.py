"""Status: what is there, and what is unsettled now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.errors import NoJournal
from tools.cli.exits import Exit
from tools.cli.opening import records_of, settings_of
from tools.cli.paper import fields, paragraph, say, say_json
from tools.cli.times import age, age_s
from tools.cli.words import advice, alarm_lines, headline, named, with_times

if TYPE_CHECKING:
    from tillproof import Head, Operation, Outcome, Settings

_HEAD_SHOWN = 16


@click.command(epilog=examples("tillproof status --json"))
@shared
@click.pass_obj
def status(ask: Ask) -> Exit:
    """Tell what is unsettled, and the money in doubt.

    Asks no terminal and changes nothing; works beside a running till. Exit code 30
    while anything is unsettled, else 0: made for a monitor.
    """
    settings = settings_of(ask)
    try:
        records = records_of(ask)
    except NoJournal:
        _tell(ask, settings, None, [])
        return Exit.SETTLED
    with records:
        found = records.head()
        unsettled = [(records.operation(outcome.operation_id), outcome) for outcome in records.unsettled()]
    _tell(ask, settings, found, unsettled)
    return Exit.UNSETTLED if unsettled else Exit.SETTLED


def _tell(ask: Ask, settings: Settings, found: Head | None, unsettled: list[tuple[Operation, Outcome]]) -> None:
    sums = in_doubt(outcome for _, outcome in unsettled)
    if ask.as_json:
        say_json(
            {
                "terminals": [
                    {"name": name, "url": terminal.origin + terminal.base_path, "api": terminal.release.name}
                    for name, terminal in settings.terminals.items()
                ],
                "journal": {
                    "path": str(settings.journal),
                    "exists": found is not None,
                    "facts": found.seq if found else 0,
                    "head": found.digest if found else None,
                },
                "unsettled": [
                    {**with_times(*pair), "age_s": age_s(pair[0].opened_at), "advice": advice(pair[1])}
                    for pair in unsettled
                ],
                "in_doubt": [
                    {"currency": currency, "kind": kind, "amount_minor": minor, "operations": count}
                    for (currency, kind), (minor, count) in sums.items()
                ],
            }
        )
        return
    say([*_places(settings, found), *_unsettled(unsettled), *_money(sums)])


def _places(settings: Settings, found: Head | None) -> list[str]:
    lines = ["terminals"]
    lines += fields(
        (name, f"{terminal.origin}{terminal.base_path}  release {terminal.release.name}")
        for name, terminal in settings.terminals.items()
    )
    lines += ["journal", f"  {settings.journal}"]
    if found is None:
        return [*lines, "  not there yet: the first operation makes it"]
    return [*lines, f"  {found.seq} facts, head {found.digest[:_HEAD_SHOWN]}"]


def _unsettled(pairs: list[tuple[Operation, Outcome]]) -> list[str]:
    if not pairs:
        return ["unsettled", "  nothing"]
    lines = ["unsettled"]
    for operation, outcome in pairs:
        lines += [
            paragraph(f"{headline(outcome)}: {outcome.reference}", first="  "),
            *alarm_lines(outcome),
            *fields(
                [
                    ("what", f"{named(outcome)}, {age(age_s(operation.opened_at))} old"),
                    ("why", "" if outcome.alarm else outcome.reason or "the till stopped before anything came back"),
                    ("do now", advice(outcome)),
                ],
                indent=4,
            ),
        ]
    return lines


def _money(sums: dict[tuple[str, str], tuple[int, int]]) -> list[str]:
    if not sums:
        return []
    return [
        "money in doubt",
        *(
            paragraph(f"{amount_text(minor, currency)} in {count} {kind}{'s' if count > 1 else ''}", first="  ")
            for (currency, kind), (minor, count) in sums.items()
        ),
    ]


def in_doubt(outcomes: Iterable[Outcome]) -> dict[tuple[str, str], tuple[int, int]]:
    """Minor units and count of what is in doubt, by currency and kind: a refund is not a payment less."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for outcome in outcomes:
        if outcome.word == "in_doubt" and outcome.amount is not None:
            key = (outcome.amount.currency, str(outcome.kind))
            minor, count = sums.get(key, (0, 0))
            sums[key] = (minor + outcome.amount.amount_minor, count + 1)
    return sums


def amount_text(minor: int, currency: str) -> str:
    """A sum as text. A sum may be more than one terminal can take, so it is no ``Money``; its decimals are."""
    from tillproof import Money  # noqa: PLC0415 - heavy

    decimals = len(str(Money(1, currency)).split()[0].partition(".")[2])
    whole, rest = divmod(minor, 10**decimals)
    return f"{whole}.{rest:0{decimals}d} {currency}" if decimals else f"{whole} {currency}"
