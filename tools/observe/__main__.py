"""``python -m tools.observe`` writes the pages of events and metrics anew."""

from __future__ import annotations

from tools.observe.pages import DOCS, PAGES, page

if __name__ == "__main__":
    for name in PAGES:
        (DOCS / name).write_text(page(name), encoding="utf-8")
