"""The page of recovery: both decision tables, and the words in them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import fields
from enum import StrEnum
from typing import get_type_hints

from recovery import PROSPECTS, VERDICTS, Evidence, ProspectRow, Signs, Verdict, VerdictRow
from tools.reference.markdown import Lines, glossary, heading, table
from tools.reference.meanings import meanings

_RECOVERY = """
A lost answer is not a *no*. Recovery asks the terminal, which remembers the last operation of each kind; our own id
decides whose it is, never amount or time. Each round of questions meets exactly one row of each of the two tables
below; a test walks every combination. **No row sends an order again.** What is found is written into the journal with
the label of its row, and `tillproof show` and `tillproof recover` name it.

That something did *not* happen needs three proofs together: it can no longer arrive (fence, or grace), it is not
running (idle, or grace), and it did not finish (the memory shows what it showed before). In both tables an empty cell
means *whatever it is*.

## Can it still happen?
"""


def recovery() -> Lines:
    """``docs/recovery.md``: both decision tables, and the words in them."""
    yield from heading("Recovery", _RECOVERY)
    yield from _rows(PROSPECTS, Signs, lambda row: row.prospect)
    yield "## What follows"
    yield ""
    yield from _rows(VERDICTS, Evidence, lambda row: row.verdict)
    yield "## The words"
    yield ""
    for names in (Verdict, *{**get_type_hints(Evidence), **get_type_hints(Signs)}.values()):
        yield f"**{names.__name__}.** {inspect.getdoc(names)}"
        yield ""
        yield from glossary(meanings(names))


def _rows(
    rows: Sequence[ProspectRow | VerdictRow], given: type[Signs | Evidence], then: Callable[..., StrEnum]
) -> Lines:
    names = [field.name for field in fields(given)]
    yield from table(
        ("row", *names, "then", "because"),
        [
            (f"**{row.label}**", *(_either(getattr(row, name)) for name in names), f"**{then(row)}**", row.reason)
            for row in rows
        ],
    )


def _either(wanted: frozenset[StrEnum]) -> str:
    """In the order of the enumeration, because a set has none."""
    return " / ".join(member for names in {type(member) for member in wanted} for member in names if member in wanted)
