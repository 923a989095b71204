"""What outcomes and evidence are called towards people, and what is to be done about them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tools.cli.paper import fields, paragraph

if TYPE_CHECKING:
    from tillproof import Operation, Outcome

EVIDENCE: Mapping[str, str] = {
    "reply": "the terminal's authentic reply to the order itself",
    "status_by_id": "the terminal's authentic answer, asked by our id",
    "latest_slot": "the terminal's memory, which shows it under our id",
    "nothing_left": "not one byte of the order had left this machine",
    "authentic_refusal": "the terminal's authentic refusal",
    "fenced_absence": "proved: it cannot arrive any more, does not run, did not finish",
    "absence_after_grace": "proved: the longest life of an operation is over, and it did not finish",
    "person": "a person's ruling",
    "none": "none yet",
}

_DONE: Mapping[str, str] = {
    "payment": "The guest has paid.",
    "refund": "The guest gets the money back.",
    "reversal": "The payment is undone.",
    "capture": "The day is closed.",
}

_DOUBT: Mapping[str, str] = {
    "payment": "Nobody knows yet whether the guest paid. Park the bill, do not charge again; run `tillproof recover`.",
    "refund": "Nobody knows yet whether the guest gets the money back. Do not refund again; run `tillproof recover`.",
    "reversal": "Nobody knows yet whether the payment is undone. Do not reverse again; run `tillproof recover`.",
    "capture": "Nobody knows yet whether the day is closed. Do not capture again; run `tillproof recover`.",
}

_NEW_REFERENCE = "For another attempt take a new reference."


def advice(outcome: Outcome) -> str:
    """What to do now, in one or two sentences."""
    if outcome.alarm is not None:
        return _alarmed(outcome)
    match outcome.word:
        case "approved":
            return _DONE[outcome.kind]
        case "declined" | "cancelled":
            return f"No money moved. {_NEW_REFERENCE}"
        case "not_performed":
            return f"It did not happen, and no money moved. {_NEW_REFERENCE}"
        case _:
            return _ruling_wanted(outcome) if getattr(outcome, "needs_person", False) else _DOUBT[outcome.kind]


def _alarmed(outcome: Outcome) -> str:
    found = (
        f"{_DONE[outcome.kind]} It was on record as something else, and may have been done a second time since: "
        "look at the bill, and give back what is too much."
        if outcome.word == "approved"
        else "The terminal contradicts what is on record: compare with its own list or with the bank's."
    )
    return f"{found} Then close the alarm: {_resolve(outcome)}"


def _ruling_wanted(outcome: Outcome) -> str:
    return (
        "The terminal can no longer tell, and nobody may do it again before it is known. Look into the terminal's own "
        f"list or the bank's, then write down what you found: {_resolve(outcome)}"
    )


def _resolve(outcome: Outcome) -> str:
    return f"`tillproof resolve {shlex.quote(outcome.reference)} --outcome … --by NAME --reason TEXT`."


def named(outcome: Outcome) -> str:
    """The operation in a few words: *payment of 125.00 NOK on bar*."""
    return f"{outcome.kind}{f' of {outcome.amount}' if outcome.amount else ''} on {outcome.terminal}"


def headline(outcome: Outcome) -> str:
    """The ending in capitals; loud while an alarm is open."""
    word = outcome.word.replace("_", " ").upper()
    return f"{word}, AND AN ALARM IS OPEN" if outcome.alarm is not None else word


def told(outcome: Outcome) -> list[str]:
    """An outcome as a block of lines: what it is, on what evidence, and what to do."""
    return [
        paragraph(f"{headline(outcome)}: {outcome.reference}"),
        *fields(
            [
                ("what", named(outcome)),
                ("receipt", outcome.receipt_number),
                ("why", outcome.reason),
                ("evidence", EVIDENCE[outcome.evidence]),
                ("id", outcome.operation_id),
            ]
        ),
        *alarm_lines(outcome),
        paragraph(advice(outcome)),
    ]


def alarm_lines(outcome: Outcome) -> list[str]:
    """What nobody may overlook."""
    return [paragraph(outcome.alarm, first="  !!! ", rest="  !!! ")] if outcome.alarm is not None else []


def with_times(operation: Operation, outcome: Outcome) -> dict[str, object]:
    """An operation for JSON: its outcome, its state, and since when."""
    return {
        **outcome.as_dict(),
        "state": str(operation.state),
        "opened_at": operation.opened_at,
        "updated_at": operation.updated_at,
    }
