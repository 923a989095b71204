"""What a till does on a disk of its own, in a process of its own: ``python -m tests.door.disk SCENARIO FOLDER PORT``.

Prints one JSON object: what was raised or returned, and what the journal holds afterwards.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

import tillproof
from tests.door.conftest import CONFIGURATION


def fill(folder: Path) -> None:
    """Take all the room that is left."""
    with (folder / "filler").open("ab", buffering=0) as file:
        for size in (4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                pass


def paid(till: tillproof.Till, reference: str) -> str:
    """What the caller hears."""
    try:
        outcome = till.pay("1.00", "NOK", terminal="bar", reference=reference)
    except tillproof.TillproofError as error:
        return f"{type(error).__name__}: {error}"
    return outcome.word


def full_before(till: tillproof.Till, folder: Path) -> dict[str, object]:
    """The disk is full when the guest wants to pay."""
    first = paid(till, "bill-1")
    fill(folder)
    # The log has some room left in pages that it has already; use that up.
    heard = [paid(till, f"bill-{number}") for number in range(2, 40)]
    return {"first": first, "heard": heard}


def full_while_paying(till: tillproof.Till, folder: Path) -> dict[str, object]:
    """The disk becomes full while the guest pays: his intent is stored, and his answer must be as well."""
    paid(till, "bill-1")
    threading.Timer(0.5, fill, [folder]).start()
    heard = paid(till, "bill-2")
    return {"heard": heard, "recorded": till.outcome_of("bill-2").word, "breaks": till.verify().breaks}


def main(scenario: str, folder: str, port: str) -> None:
    """Play a scenario in a folder that is a small file system of its own."""
    config = Path(folder) / "tillproof.toml"
    config.write_text(CONFIGURATION.format(name="bar", port=port), encoding="utf-8")
    with tillproof.open(config) as till:
        found = {"full_before": full_before, "full_while_paying": full_while_paying}[scenario](till, Path(folder))
    print(json.dumps(found))  # noqa: T201 - what this program is for


if __name__ == "__main__":
    main(*sys.argv[1:])
