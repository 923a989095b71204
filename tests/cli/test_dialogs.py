"""What the terminal shows its guest comes on stderr while it runs, and never gets in the way of the payment."""

from __future__ import annotations

import io
import sys

import pytest

from tests.cli.shop import BILL, Shop
from tools.cli.dialogs import Display


def test_dialogs_come_on_stderr_while_the_guest_pays(shop: Shop) -> None:
    """With --json too: stdout stays one document."""
    shop.guest("Approved", takes_s=0.6)
    paid = shop.pay("--mode", "async")
    assert (paid.code, paid.json["outcome"]) == (0, "approved")
    assert paid.err.splitlines() == ["dialog: Insert card", "dialog: Please wait"]


def test_dialogs_are_not_shown_to_whoever_wants_quiet(shop: Shop) -> None:
    """With -q only errors are on stderr."""
    shop.guest("Approved", takes_s=0.3)
    paid = shop.run("-q", "pay", *BILL, "--mode", "async")
    assert (paid.code, paid.err) == (0, "")


def test_dialog_is_one_line_and_comes_again_only_when_it_changed(capsys: pytest.CaptureFixture[str]) -> None:
    """An empty display is no line, but what comes after it is new; nothing can steer the console."""
    display = Display()
    for text in ("Insert card", "Insert card ", "", "Insert\ncard", "Enter PIN\x1b[2J", "Enter PIN\x1b[2J"):
        display(text)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines() == ["dialog: Insert card", "dialog: Insert card", "dialog: Enter PIN?[2J"]


def test_stderr_that_cannot_be_written_does_not_disturb_a_payment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Closed or broken, it swallows the dialog."""

    class Broken(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    closed = io.StringIO()
    closed.close()
    for stream in (Broken(), closed, None):
        monkeypatch.setattr(sys, "stderr", stream)
        Display()("Insert card")
