"""The pages in ``docs/`` that are printed from the code."""

from __future__ import annotations

import re

import pytest

from engine import TERMINAL_SETTINGS, FactKind, State
from recovery import PROSPECTS, VERDICTS, Sighting
from tools.reference import DOCS, PAGES, meanings, page
from tools.reference.switches import WRONG


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


def test_every_assumption_is_on_the_page_of_switches() -> None:
    """What is marked in the code as not published, and what the model was searched without."""
    marked = {name for name, setting in TERMINAL_SETTINGS.items() if re.search("INFERRED|OPEN", setting.meaning)}
    model = (DOCS / "model.md").read_text("utf-8").partition("| configured |")[2].partition("\n\n")[0]
    searched = set(re.findall(r"^\| `(\w+)` \|", model, flags=re.MULTILINE))
    assert (len(marked) > 5, len(searched) > 5) == (True, True)
    assert sorted((marked | searched) - set(WRONG) - {"on_lost_reply"}) == []  # that one is a wish, and no assumption
    assert set(WRONG) <= set(TERMINAL_SETTINGS)


def test_an_assertion_of_the_model_stands_beside_its_switch() -> None:
    """Read from the page of the model, so that the two cannot differ."""
    printed = dict(
        re.findall(r"^## `(\w+)`\n.*?\*\*In the model\.\*\* ([^\n]+)$", page("switches.md"), re.MULTILINE | re.DOTALL)
    )
    assert set(printed) == set(WRONG)
    assert printed["fence"] == "`paid_and_said_not`."
    assert printed["grace_s"] == "`paid_and_said_not`, without a fence."
    assert printed["reply_stamps_rise"] == "Not in it."


def test_meanings_are_read_from_the_source() -> None:
    """What stands under a member is its meaning."""
    told = meanings(Sighting)
    assert set(told) == set(Sighting)
    assert told["silent"] == "No authentic answer."
