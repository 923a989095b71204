"""What a terminal shows its guest, on stderr: one line for each text, when it changes, while the operation runs.

Dialogs never influence a payment, so nothing here may fail: not on a closed stderr, not on a strange text.
"""

from __future__ import annotations

from collections.abc import Callable

from tools.cli.ask import Ask
from tools.cli.paper import mention


def dialogs_of(ask: Ask) -> Callable[[str], None] | None:
    """What is to be called with each text of the display; None when nobody wants to see any."""
    return None if ask.quiet else Display()


class Display:
    """The last text, and whether the next one is another."""

    def __init__(self) -> None:
        self._shown = ""

    def __call__(self, text: str) -> None:
        """Show a text of the display, unless it is shown already."""
        text = " ".join(text.split())
        if text == self._shown:
            return
        self._shown = text
        if text:
            mention(f"dialog: {text}")
