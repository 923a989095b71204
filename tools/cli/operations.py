"""Operations: pay, refund, reverse, capture. Each prints what became of the money, and its exit code says it too."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.exits import Exit, exit_of
from tools.cli.guard import may_be_running
from tools.cli.opening import till_of
from tools.cli.paper import say, say_json
from tools.cli.words import told

if TYPE_CHECKING:
    from tillproof import Outcome, Till

_F = TypeVar("_F", bound=Callable[..., Any])

_LONGEST_PATIENCE_S = 3600


def _seconds(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    """A finite number of seconds; float() alone would take nan, with which no wait ends."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= _LONGEST_PATIENCE_S:
        raise click.BadParameter(f"{value!r} is not a number of seconds from 0 to {_LONGEST_PATIENCE_S}")
    return seconds


terminal_option = click.option("--terminal", required=True, metavar="NAME", help="Terminal, as in the configuration.")
patience_option = click.option(
    "--patience",
    "patience_s",
    callback=_seconds,
    metavar="SECONDS",
    help="How long a lost reply is looked for before the answer is in doubt.",
)
_reference_option = click.option(
    "--reference", required=True, metavar="TEXT", help="Your own name for this attempt, such as bill-1042."
)


def _money_options(command: _F) -> _F:
    command = click.option("--currency", required=True, metavar="CODE", help="ISO 4217 code, such as NOK.")(command)
    return click.option("--amount", required=True, metavar="AMOUNT", help="In major units, such as 125.00.")(command)


@click.command(
    epilog=examples("tillproof pay --terminal bar --amount 125.00 --currency NOK \\", "    --reference bill-1042")
)
@terminal_option
@_money_options
@_reference_option
@patience_option
@shared
@click.pass_obj
def pay(ask: Ask, *, terminal: str, amount: str, currency: str, reference: str, patience_s: float | None) -> Exit:
    """Let a guest pay, and wait for it.

    The same reference never charges twice: asked again, it tells what became of the
    first attempt. A new attempt takes a new reference.
    """
    return _conduct(
        ask,
        f"payment {reference!r}",
        lambda till: till.pay(amount, currency, terminal=terminal, reference=reference, patience_s=patience_s),
    )


@click.command(
    epilog=examples(
        "tillproof refund --terminal bar --amount 40.00 --currency NOK \\", "    --reference bill-1042/back"
    )
)
@terminal_option
@_money_options
@_reference_option
@patience_option
@shared
@click.pass_obj
def refund(ask: Ask, *, terminal: str, amount: str, currency: str, reference: str, patience_s: float | None) -> Exit:
    """Give a guest money back, and wait for it.

    The terminal keeps no link to the sale; name it in the reference.
    """
    return _conduct(
        ask,
        f"refund {reference!r}",
        lambda till: till.refund(amount, currency, terminal=terminal, reference=reference, patience_s=patience_s),
    )


@click.command(epilog=examples("tillproof reverse --receipt 000123 --terminal bar --reference bill-1042/undo"))
@click.option("--receipt", required=True, metavar="NUMBER", help="Six digits, from the receipt of the payment.")
@terminal_option
@_reference_option
@patience_option
@shared
@click.pass_obj
def reverse(ask: Ask, *, receipt: str, terminal: str, reference: str, patience_s: float | None) -> Exit:
    """Undo a payment, whole, by its receipt number."""
    return _conduct(
        ask,
        f"reversal {reference!r}",
        lambda till: till.reverse(receipt, terminal=terminal, reference=reference, patience_s=patience_s),
    )


@click.command(epilog=examples("tillproof capture --terminal bar --reference close-2025-01-31"))
@terminal_option
@click.option("--reference", metavar="TEXT", help="Your own name for it; else one is made of terminal and time.")
@patience_option
@shared
@click.pass_obj
def capture(ask: Ask, *, terminal: str, reference: str | None, patience_s: float | None) -> Exit:
    """Close a terminal's day.

    Everything since the last capture is sent for clearing.
    """
    return _conduct(
        ask,
        f"the capture on {terminal!r}",
        lambda till: till.capture(terminal=terminal, reference=reference, patience_s=patience_s),
    )


def _conduct(ask: Ask, what: str, act: Callable[[Till], Outcome]) -> Exit:
    with may_be_running(what), till_of(ask) as till:
        outcome = act(till)
    return report(ask, outcome)


def report(ask: Ask, outcome: Outcome) -> Exit:
    """Print one outcome, and say its exit code."""
    if ask.as_json:
        say_json(outcome.as_dict())
    else:
        say(told(outcome))
    return exit_of(outcome)
