"""The doctor's room: an examination of a shop, and one line of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from engine import OPERATIONS, SystemClock
from journal import Journal, open_journal
from tests.cli.shop import Shop
from tools.doctor import Line, examine


def examined(shop: Shop, *, quick: bool = False) -> tuple[Line, ...]:
    """What the doctor says of a shop's till."""
    return examine(shop.config, shop.environment, quick=quick)


def lines_of(lines: Sequence[Line], check: str, about: str | None = None) -> list[Line]:
    """All lines of a check."""
    return [line for line in lines if (line.check, line.about) == (check, about)]


def line_of(lines: Sequence[Line], check: str, about: str | None = None) -> Line:
    """The one line of a check."""
    (line,) = lines_of(lines, check, about)
    return line


def verdicts(lines: Sequence[Line], *verdicts: str) -> set[str]:
    """The names of the checks that ended so."""
    return {line.check for line in lines if line.verdict in verdicts}


@contextmanager
def opened(path: Path) -> Iterator[Journal]:
    """The journal of a till, as a till opens it."""
    journal = open_journal(path, projection=OPERATIONS, now=SystemClock().now)
    try:
        yield journal
    finally:
        journal.close()
