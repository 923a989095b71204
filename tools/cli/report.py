"""The report of one operation: its outcome, and the exit code that says it too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.cli.ask import Ask
from tools.cli.exits import Exit, exit_of
from tools.cli.paper import say, say_json
from tools.cli.words import told

if TYPE_CHECKING:
    from tillproof import Outcome


def report(ask: Ask, outcome: Outcome) -> Exit:
    """Print one outcome, and say its exit code."""
    if ask.as_json:
        say_json(outcome.as_dict())
    else:
        say(told(outcome))
    return exit_of(outcome)
