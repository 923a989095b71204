"""Abort: ask a terminal to end what is running. An accepted abort is a request, and never an outcome."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.exits import Exit
from tools.cli.opening import till_with_journal
from tools.cli.paper import fields, paragraph, say, say_json
from tools.cli.suggestions import unsettled
from tools.cli.words import named

if TYPE_CHECKING:
    from tillproof import Outcome

_EXITS: Mapping[str, Exit] = {"accepted": Exit.SETTLED, "too_late": Exit.NOT_PERFORMED}

_HEADLINES: Mapping[str, str] = {"accepted": "ABORT ASKED FOR", "too_late": "TOO LATE TO ABORT"}

_MEANINGS: Mapping[str, str] = {
    "accepted": "The terminal took the request. That is no outcome: it may still be approved.",
    "too_late": "The terminal can no longer stop it. That is no outcome either: it goes on, and how it ends is open.",
}


@click.command(epilog=examples("tillproof abort bill-1042"))
@click.argument("name", metavar="REFERENCE|ID", shell_complete=unsettled)
@shared
@click.pass_obj
def abort(ask: Ask, *, name: str) -> Exit:
    """Ask a terminal to stop an operation.

    Works beside the till that waits for it. It is a request and never an outcome: the
    guest may have paid already, so wait for the outcome. Exit code 0 when the terminal
    took the request, 20 when it is too late for one, 2 when the operation is settled
    or this release of the terminal cannot abort, 1 when no authentic answer came.
    """
    with _may_have_arrived(name), till_with_journal(ask) as till:
        answer = str(till.abort(name))
        outcome = till.outcome_of(name)
    if ask.as_json:
        say_json(_as_dict(outcome, answer))
    else:
        say(_as_lines(outcome, answer))
    return _EXITS[answer]


def _as_dict(outcome: Outcome, answer: str) -> dict[str, object]:
    return {
        "reference": outcome.reference,
        "operation_id": outcome.operation_id,
        "kind": str(outcome.kind),
        "terminal": outcome.terminal,
        "abort": answer,
        "advice": _advice(outcome.reference, answer),
    }


def _as_lines(outcome: Outcome, answer: str) -> list[str]:
    return [
        paragraph(f"{_HEADLINES[answer]}: {outcome.reference}"),
        *fields([("what", named(outcome)), ("id", outcome.operation_id)]),
        paragraph(_advice(outcome.reference, answer)),
    ]


def _advice(name: str, answer: str) -> str:
    return f"{_MEANINGS[answer]} {_wait(name)}"


def _wait(name: str) -> str:
    return f"Wait for the outcome: `tillproof settle {shlex.quote(name)}` tells it."


@contextmanager
def _may_have_arrived(name: str) -> Iterator[None]:
    """No answer to an abort leaves open whether it was heard, and what becomes of the operation."""
    from tillproof import Unconfirmed  # noqa: PLC0415 - heavy

    try:
        yield
    except Unconfirmed as error:
        error.add_note(f"The abort may have been heard or not. {_wait(name)}")
        raise
