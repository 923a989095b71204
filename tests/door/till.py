"""A small POS in a process of its own, for tests that kill it.

``python -m tests.door.till CONFIG TERMINAL FIRST LAST`` pays bills one after the other, and says on a line of its own
when each is done.
"""

from __future__ import annotations

import sys

import tillproof

_MOST_ATTEMPTS = 20


def main(config: str, terminal: str, first: str, last: str) -> None:
    """Pay the bills from ``first`` to ``last``."""
    with tillproof.open(config) as till:
        for number in range(int(first), int(last) + 1):
            word, attempt = "", 0
            # A till that died before the order left is answered "not performed"; the guest pays under a new reference.
            while word != "approved" and attempt < _MOST_ATTEMPTS:
                attempt += 1
                word = till.pay(f"{number}.00", "NOK", terminal=terminal, reference=f"bill-{number}/{attempt}").word
            print(f"bill-{number}", word, flush=True)  # noqa: T201 - what this program is for


if __name__ == "__main__":
    main(*sys.argv[1:])
