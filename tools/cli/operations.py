"""Operations: pay, refund, reverse. Each prints what became of the money, and its exit code says it too."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.dialogs import dialogs_of
from tools.cli.exits import Exit
from tools.cli.guard import may_be_running
from tools.cli.opening import till_of
from tools.cli.options import mode_option, money_options, patience_option, reference_option, terminal_option
from tools.cli.report import report

if TYPE_CHECKING:
    from tillproof import Outcome, Till


@click.command(
    epilog=examples(
        "tillproof pay --terminal bar --amount 125.00 --currency NOK \\",
        "    --reference bill-1042",
        "tillproof pay --terminal bar --amount 125.00 --currency NOK \\",
        "    --reference bill-1043 --mode async --table 12",
    )
)
@terminal_option
@money_options
@reference_option
@click.option(
    "--table", metavar="NAME", help="Where the guests sit: refused while an earlier bill of theirs is in doubt."
)
@click.option("--despite", metavar="REFERENCE", help="The bill of this table that you know to be in doubt.")
@mode_option
@patience_option
@shared
@click.pass_obj
def pay(
    ask: Ask,
    *,
    terminal: str,
    amount: str,
    currency: str,
    reference: str,
    table: str | None,
    despite: str | None,
    mode: str | None,
    patience_s: float | None,
) -> Exit:
    """Let a guest pay, and wait for it.

    The same reference never charges twice: asked again, it tells what became of the
    first attempt. A new attempt takes a new reference. What the terminal shows its
    guest meanwhile goes to stderr, where the terminal tells it.
    """
    return _conduct(
        ask,
        f"payment {reference!r}",
        lambda till: till.pay(
            amount,
            currency,
            terminal=terminal,
            reference=reference,
            table=table,
            despite=despite,
            patience_s=patience_s,
            mode=mode,
            on_dialog=dialogs_of(ask),
        ),
    )


@click.command(
    epilog=examples(
        "tillproof refund --terminal bar --amount 40.00 --currency NOK \\", "    --reference bill-1042/back"
    )
)
@terminal_option
@money_options
@reference_option
@mode_option
@patience_option
@shared
@click.pass_obj
def refund(
    ask: Ask, *, terminal: str, amount: str, currency: str, reference: str, mode: str | None, patience_s: float | None
) -> Exit:
    """Give a guest money back, and wait for it.

    The terminal keeps no link to the sale; name it in the reference.
    """
    return _conduct(
        ask,
        f"refund {reference!r}",
        lambda till: till.refund(
            amount,
            currency,
            terminal=terminal,
            reference=reference,
            patience_s=patience_s,
            mode=mode,
            on_dialog=dialogs_of(ask),
        ),
    )


@click.command(epilog=examples("tillproof reverse --receipt 000123 --terminal bar --reference bill-1042/undo"))
@click.option("--receipt", required=True, metavar="NUMBER", help="Six digits, from the receipt of the payment.")
@terminal_option
@reference_option
@mode_option
@patience_option
@shared
@click.pass_obj
def reverse(
    ask: Ask, *, receipt: str, terminal: str, reference: str, mode: str | None, patience_s: float | None
) -> Exit:
    """Undo a payment, whole, by its receipt number."""
    return _conduct(
        ask,
        f"reversal {reference!r}",
        lambda till: till.reverse(
            receipt,
            terminal=terminal,
            reference=reference,
            patience_s=patience_s,
            mode=mode,
            on_dialog=dialogs_of(ask),
        ),
    )


def _conduct(ask: Ask, what: str, act: Callable[[Till], Outcome]) -> Exit:
    with may_be_running(what), till_of(ask) as till:
        outcome = act(till)
    return report(ask, outcome)
