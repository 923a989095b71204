"""A POS with the mistake that Tillproof cannot mend: after a restart it gives the same bills new references."""

from __future__ import annotations

import os
import sys

from tools.demo import pos
from tools.demo.bills import Bill


def _made_anew(bill: Bill, attempt: int) -> str:
    return f"bill-{bill.number:04d}/{os.getpid()}-{attempt}"


if __name__ == "__main__":
    Bill.reference = _made_anew  # type: ignore[assignment, method-assign]
    pos.main(sys.argv[1:])
