"""What is loaded, and when: an import brings next to nothing, and a payment waits for no import of ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.door.conftest import Configure, Serve

_ROOT = Path(__file__).parents[2]

_OURS = {"engine", "journal", "recovery", "tools", *(file.stem for file in _ROOT.glob("tillproof*.py"))}

_PAYMENT = """
import json, sys, tillproof
with tillproof.open(sys.argv[1]) as till:
    before = set(sys.modules)
    word = till.pay("125.00", "NOK", terminal="bar", reference="bill-1", mode=sys.argv[2]).word
    print(json.dumps([word, sorted(set(sys.modules) - before)]))
"""


@pytest.mark.parametrize("mode", ["sync", "async"])
@pytest.mark.parametrize("fault", ["none", "lost_after_processing"])
def test_the_first_payment_loads_nothing_of_ours(serve: Serve, configure: Configure, mode: str, fault: str) -> None:
    """What it needs was loaded when the till was opened, also to settle a reply that is lost: a guest stands there."""
    done = subprocess.run(
        [sys.executable, "-c", _PAYMENT, str(configure(serve(fault))), mode],
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    word, loaded = json.loads(done.stdout)
    ours = [name for name in loaded if name.partition(".")[0] in _OURS]
    assert (word, ours) == ("approved", [])


_IMPORT = """
import sys, tillproof
assert dir(tillproof) == sorted(tillproof.__all__)
print(*(name for name in sys.modules if name.partition(".")[0] in {"engine", "journal", "recovery"}))
"""


def test_the_import_of_the_door_loads_only_faces() -> None:
    """A program that imports it at its start, and opens its till later, waits for nothing; and is told every name."""
    done = subprocess.run([sys.executable, "-c", _IMPORT], cwd=_ROOT, capture_output=True, text=True, check=True)
    assert sorted(done.stdout.split()) == ["engine", "journal", "journal.later"]
