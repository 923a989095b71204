"""What counts as a complete search, and that a mistake is told as a story."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.prove.model.searching import Search, read, search

_WHOLE = """
State-vector 72 byte, depth reached 115, errors: 0
  1008691 states, stored
"""


def wanted(folder: Path, *switches: str, shortest: bool = True) -> Search:
    """A search of little."""
    calm = ("CRASHES=0", "REBOOTS=0", "STRANGERS=0", "COPIES=0")
    return Search(name="some", switches=(*switches, *calm), folder=folder, shortest=shortest)


def test_a_search_is_complete_when_spin_says_so(tmp_path: Path) -> None:
    """No error, and nothing that was left out."""
    done = read(wanted(tmp_path), _WHOLE)
    assert (done.complete, done.states, done.violated) == (True, 1_008_691, None)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Segmentation fault",
        _WHOLE.replace("errors: 0", "errors: 1"),
        _WHOLE + "error: max search depth too small",
        _WHOLE + "pan: reached -DMEMLIM bound\npan: out of memory",
        "Warning: Search not completed" + _WHOLE,
        "hash array: 16 bits per state" + _WHOLE,
        "pan:1: invalid end state (at depth 4)" + _WHOLE,
    ],
)
def test_anything_less_is_not_complete(tmp_path: Path, said: str) -> None:
    """A search that was cut short, or says nothing, proves nothing."""
    assert not read(wanted(tmp_path), said).complete


needs_spin = pytest.mark.skipif(
    shutil.which("spin") is None or shutil.which("cc") is None, reason="needs spin and a C compiler"
)


@needs_spin
def test_a_mistake_is_told_as_a_story(tmp_path: Path) -> None:
    """The shortest way to the assertion, in the sentences of the model."""
    done = search(wanted(tmp_path, "ABSENCE_WITHOUT_IDLE"))
    assert (done.complete, done.violated) == (False, "paid_and_said_not")
    assert done.story[0].startswith("Till 0 dispatches order 1")
    assert done.story[-1] == "Till 0 says of order 1: not performed."


@needs_spin
def test_what_we_ship_is_searched_to_the_end(tmp_path: Path) -> None:
    """Without the mistake, the same little search is complete."""
    done = search(wanted(tmp_path, shortest=False))
    assert (done.complete, done.violated, done.story) == (True, None, ())
