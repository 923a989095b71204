"""Compile the catalogues and print the page; complain about what is wrong: ``python -m tests.sentences``."""

from __future__ import annotations

import sys

from engine.sentences import catalogue
from tests.sentences.complaints import complaints
from tests.sentences.files import TRANSLATED, renew
from tests.sentences.page import PAGE, page


def main() -> int:
    """Exit code 1 while there is a complaint."""
    found = [what for language in TRANSLATED for what in complaints(language, renew(language))]
    catalogue.cache_clear()
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    sys.stderr.writelines(f"{what}\n" for what in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
