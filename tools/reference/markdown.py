"""Markdown as these pages use it: a heading with its mark, and tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

Lines: TypeAlias = Iterator[str]


def heading(title: str, prose: str) -> Lines:
    """The title of a page, the mark that it is printed, and its first sentences."""
    yield f"# {title}"
    yield ""
    yield "<!-- Printed from the code by `python -m tools.reference`; do not edit. -->"
    yield ""
    yield prose.strip()
    yield ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Lines:
    """A table; a bar in a cell is no border."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('---' for _ in head)}|"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def glossary(known: Mapping[str, str]) -> Lines:
    """Words and what they mean; words that speak for themselves stand in a line."""
    if any(known.values()):
        yield from table(("word", "meaning"), known.items())
    else:
        yield from (", ".join(known) + ".", "")
