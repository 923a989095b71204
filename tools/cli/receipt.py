"""Receipt: the terminal's own text, alone on stdout, so that it can go straight to a printer.

A receipt is printed only from what the terminal made, never built from data (``protocol.md``, *Receipts*). So nothing
is wrapped, cleaned or added here, not even a line break.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from tools.cli.ask import Ask, examples, shared
from tools.cli.errors import NoReceipt
from tools.cli.exits import Exit
from tools.cli.opening import records_of
from tools.cli.paper import complain, say_exactly, say_json
from tools.cli.suggestions import operations

if TYPE_CHECKING:
    from tillproof import Records

COPIES = ("customer", "merchant")
FORMS = ("plain", "escpos", "embedded")

_FORM_FEED = "\f"
"""Between two copies: a printer cuts there, or takes the next sheet."""


@click.command(
    epilog=examples(
        "tillproof receipt bill-1042 | lp",
        "tillproof receipt bill-1042 --copy merchant --format embedded",
    )
)
@click.argument("name", metavar="REFERENCE|ID", shell_complete=operations)
@click.option("--copy", "wanted", type=click.Choice(COPIES), help="Only this one, also if the till need not print it.")
@click.option("--format", "form", type=click.Choice(FORMS), default="plain", show_default=True, help="Its form.")
@shared
@click.pass_obj
def receipt(ask: Ask, *, name: str, wanted: str | None, form: str) -> Exit:
    """Print a receipt, as the terminal made it.

    Nothing but its text goes to stdout, unchanged: no header, no wrapping. Without
    --copy come all copies that the terminal wants printed, customer first, a form feed
    between them. Offer one after every attempt, also after declined and cancelled ones.
    """
    with records_of(ask) as records:
        reference = records.outcome_of(name).reference
        printed = records.receipt_copies(name)
        texts = _texts(records, name, form, [copy for copy in COPIES if copy in printed and wanted in {None, copy}])
    if not any(text is not None for text in texts.values()):
        raise NoReceipt(_why_none(reference, printed, wanted, form))
    if ask.as_json:
        copies = {copy: {"should_print": printed[copy], "text": text} for copy, text in texts.items()}
        say_json({"reference": reference, "copies": copies})
    else:
        _print({copy: text for copy, text in texts.items() if wanted or printed[copy]}, form)
    return Exit.SETTLED


def _texts(records: Records, name: str, form: str, copies: Sequence[str]) -> Mapping[str, str | None]:
    return {copy: records.receipt(name, copy, form) for copy in copies}


def _print(texts: Mapping[str, str | None], form: str) -> None:
    say_exactly(_FORM_FEED.join(text for text in texts.values() if text is not None))
    if not texts:
        complain("note: the terminal wants no copy printed; --copy customer prints one all the same")
    for copy in (copy for copy, text in texts.items() if text is None):
        complain(f"warning: the terminal made no {copy}'s copy in the form {form}, so that one is missing")


def _why_none(reference: str, printed: Mapping[str, bool], wanted: str | None, form: str) -> str:
    if not printed:
        return (
            f"the terminal gave no receipt for {reference!r}; `tillproof show` tells what became of it. "
            "A till must not make one of its own"
        )
    if wanted and wanted not in printed:
        return f"the terminal gave no {wanted}'s copy for {reference!r}; it gave: {', '.join(printed)}"
    return f"the terminal gave the receipt for {reference!r} in another form than {form}; try --format plain"
