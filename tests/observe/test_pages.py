"""The pages of events and metrics."""

from __future__ import annotations

import pytest

from tools.observe.pages import DOCS, PAGES, page


@pytest.mark.parametrize("name", PAGES)
def test_a_printed_page_is_fresh(name: str) -> None:
    """What is in docs/ is what the code says; if not, run `python -m tools.observe`."""
    assert (DOCS / name).read_text(encoding="utf-8") == page(name)
