"""The reference pages in ``docs/``, printed from the code: ``python -m tools.reference`` writes them.

A table that stands in the code and in a page differs within a week. So these pages have no source of their own, and a
test fails when one is stale.

We also considered a plugin of the site that reads docstrings while it builds. Its pages are nowhere but in the built
site; these are read in the repository, in a checkout without network, and in every review of a change.
"""

from tools.reference.meanings import meanings
from tools.reference.pages import DOCS, PAGES, page, write

__all__ = ["DOCS", "PAGES", "meanings", "page", "write"]
