"""Doubts: what the status tells of everything that is unsettled, and of the money in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tools.cli.paper import fields, paragraph
from tools.cli.sums import Sums, amount_text, counted, sums_of
from tools.cli.times import age, age_s
from tools.cli.words import advice, alarm_lines, headline, named, with_times

if TYPE_CHECKING:
    from tillproof import Operation, Outcome

_NO_ANSWER = "no answer is on record: its guest is paying at this moment, or the till has stopped"


def as_dict(pairs: Sequence[tuple[Operation, Outcome]]) -> dict[str, object]:
    """For JSON: each operation with its outcome, and the sums in doubt."""
    return {
        "unsettled": [
            {**with_times(*pair), "age_s": age_s(pair[0].opened_at), "advice": advice(pair[1])} for pair in pairs
        ],
        "in_doubt": [
            {"currency": currency, "kind": kind, "amount_minor": minor, "operations": count}
            for (currency, kind), (minor, count) in _in_doubt(pairs).items()
        ],
    }


def as_lines(pairs: Sequence[tuple[Operation, Outcome]]) -> list[str]:
    """For a person."""
    lines = ["unsettled"]
    for operation, outcome in pairs:
        lines += [
            paragraph(f"{headline(outcome)}: {outcome.reference}", first="  "),
            *alarm_lines(outcome),
            *fields(
                [
                    ("what", f"{named(outcome)}, {age(age_s(operation.opened_at))} old"),
                    ("why", "" if outcome.alarm else outcome.reason or _NO_ANSWER),
                    ("do now", advice(outcome)),
                ],
                indent=4,
            ),
        ]
    return [*lines, *_money(_in_doubt(pairs))]


def _money(sums: Sums) -> list[str]:
    if not sums:
        return []
    return [
        "money in doubt",
        *(
            paragraph(f"{amount_text(minor, currency)} in {counted(count, kind)}", first="  ")
            for (currency, kind), (minor, count) in sums.items()
        ),
    ]


def _in_doubt(pairs: Sequence[tuple[Operation, Outcome]]) -> Sums:
    return sums_of((outcome for _, outcome in pairs), "in_doubt")
