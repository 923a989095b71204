"""The demo as a command: a folder, a screen, the rush, the report, and an exit code."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tillproof import JournalError, TillproofError
from tools.demo.bills import terminal_names
from tools.demo.board import board_for
from tools.demo.errors import DemoError, WrongTurn
from tools.demo.report import document, opening, rows, verdict
from tools.demo.rush import play
from tools.demo.story import FAILED, PASSED, USAGE, Plan, Story


def run(*, bills: int, terminals: int, kills: int, fault_rate: float, seed: int, as_json: bool) -> int:
    """Play a lunch rush and return an exit code.

    - 0: nobody was charged twice and nothing was lost. What is left in doubt, if anything, was given to a person, with
      a reason, and is named: that is an end that the product promises, and no failure of it.
    - 1: the audit found a difference between the ledgers and the journal, or the demo broke down.
    - 2: these numbers cannot be played.
    - 30: no difference, but something stays in doubt that a recovery should have been able to settle, and three did
      not.

    The folder with journal, configuration and logs is removed when there is nothing to look into, and else kept and
    named. ``as_json`` prints one JSON document on stdout, and the progress on stderr.
    """
    try:
        plan = Plan(bills=bills, terminals=terminals, kills=kills, fault_rate=fault_rate, seed=seed)
    except WrongTurn as problem:
        _complain(f"error: {problem}")
        return USAGE
    folder = Path(tempfile.mkdtemp(prefix="tillproof-demo-"))
    try:
        story = _play(plan, folder=folder, as_json=as_json)
    except (DemoError, JournalError, TillproofError) as problem:
        _complain(f"error: {type(problem).__name__}: {problem}")
        _complain(f"Journal, configuration and logs are kept in {folder}")
        return FAILED
    except KeyboardInterrupt:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    if story.exit_code == PASSED and not story.audit.with_person:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        _complain(f"Journal, configuration and logs are kept in {folder}")
    return story.exit_code


def _play(plan: Plan, *, folder: Path, as_json: bool) -> Story:
    console = Console(stderr=as_json, highlight=False, markup=False)
    # A pipe gets whole lines, however long; only a screen has an edge.
    console.soft_wrap = not console.is_terminal
    console.print(opening(plan))
    with board_for(console, terminals=terminal_names(plan.terminals), bills=plan.bills) as board:
        story = play(plan, folder=folder, board=board)
    if as_json:
        json.dump(document(story), sys.stdout, indent=2)
        sys.stdout.write("\n")
    else:
        _show(story, console)
    return story


def _show(story: Story, console: Console) -> None:
    if console.is_terminal:
        table = Table(title="The terminals' ledgers against the journal", show_header=False, expand=True)
        table.add_column(no_wrap=True)
        table.add_column(ratio=1)
        for row in rows(story):
            table.add_row(*row)
        console.print(table)
    else:
        for name, value in rows(story):
            console.print(f"{name}: {value}")
    *lines, sentence = verdict(story)
    for line in lines:
        console.print(line)
    console.print(sentence, style="bold green" if story.exit_code == PASSED else "bold red")


def _complain(line: str) -> None:
    sys.stderr.write(line + "\n")
