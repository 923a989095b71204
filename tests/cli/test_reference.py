"""The pages in ``docs/`` that are printed from the code."""

from __future__ import annotations

import pytest

from engine import FactKind, State
from recovery import PROSPECTS, VERDICTS, Sighting
from tools.reference import DOCS, PAGES, meanings, page


@pytest.mark.parametrize("name", PAGES)
def test_printed_page_is_fresh(name: str) -> None:
    """What is in docs/ is what the code says; if not, run `python -m tools.reference`."""
    assert (DOCS / name).read_text(encoding="utf-8") == page(name)


def test_every_row_of_both_tables_is_printed() -> None:
    """No decision is left out of the page."""
    printed = page("recovery.md")
    assert [row.label for row in (*PROSPECTS, *VERDICTS) if f"| **{row.label}** |" not in printed] == []


def test_every_state_and_every_fact_is_printed() -> None:
    """A new one is a hole in the page of states otherwise."""
    printed = page("states.md")
    assert [name for name in (*State, *FactKind) if f"| `{name}` |" not in printed] == []


def test_meanings_are_read_from_the_source() -> None:
    """What stands under a member is its meaning."""
    told = meanings(Sighting)
    assert set(told) == set(Sighting)
    assert told["silent"] == "No authentic answer."
