"""The bar: on a terminal only, and only when something takes longer than a moment."""

from __future__ import annotations

import io
import sys

import pytest

from tools.cli import bar as file_of_bar
from tools.cli.bar import bar


class Console(io.StringIO):
    """A terminal that keeps what was shown on it."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def test_pipe_gets_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor anything to tell it to."""
    pipe = io.StringIO()
    monkeypatch.setattr(sys, "stderr", pipe)
    with bar("copying") as tell:
        assert tell is None
    assert pipe.getvalue() == ""


def test_what_is_over_at_once_gets_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a letter of it."""
    console = Console()
    monkeypatch.setattr(sys, "stderr", console)
    with bar("copying") as tell:
        assert tell is not None
        tell(1, 2)
    assert console.getvalue() == ""


@pytest.mark.parametrize(("done", "step"), [(1, "copying"), (2, "checking")])
def test_what_takes_longer_is_shown_with_its_step(monkeypatch: pytest.MonkeyPatch, done: int, step: str) -> None:
    """And the bar is gone afterwards."""
    console = Console()
    monkeypatch.setattr(sys, "stderr", console)
    monkeypatch.setattr(file_of_bar, "_MOMENT_S", 0.0)
    with bar("copying", "checking") as tell:
        assert tell is not None
        tell(done, 2)
        while step not in console.getvalue():
            pass
